"""From a picture file to numbers: decoding, ONNX export, ONNX Runtime sessions, embedding many pictures."""
