"""The network compiler: a quantized model in, a program for the cluster out."""
