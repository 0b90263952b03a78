"""The model zoo: feature extractors and where their pretrained weights come from."""
