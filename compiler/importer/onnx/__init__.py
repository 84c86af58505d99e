"""Reader of ONNX files, one file for each family of operators."""
