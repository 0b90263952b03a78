"""The peers choose in processes of their own, each in its own environment; a question and its answer are files."""
