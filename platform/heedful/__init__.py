"""Heedful spends an expert's attention where it changes the model most."""

__version__ = "0.1.0"
