"""The mathematics of Heedful: numpy, PyTorch and ONNX. Nothing here knows of the platform, a database or a
user.
"""
