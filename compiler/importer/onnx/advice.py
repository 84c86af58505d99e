"""The nearest supported form of operators that are not supported."""

_FORMS = {
    "a convolution that has it folded in: export the model in inference mode, or run onnxruntime's "
    "quant_pre_process": ("BatchNormalization",),
    "Resize to the nearest and Conv": ("ConvTranspose", "MaxUnpool", "GridSample"),
    "LayerNormalization": (
        *("GroupNormalization", "InstanceNormalization", "LpNormalization", "MeanVarianceNormalization"),
        *("RMSNormalization", "SimplifiedLayerNormalization", "SkipLayerNormalization"),
    ),
    "convolutions over time, as in a TCN": ("GRU", "LSTM", "RNN"),
    "MatMul and Softmax": ("Attention", "Einsum", "MultiHeadAttention", "RotaryEmbedding"),
    "Softmax": ("Hardmax", "LogSoftmax"),
    "Conv": ("DeformConv",),
    "no operator: let the firmware do it with the output of the model": (
        *("ArgMax", "ArgMin", "NonMaxSuppression", "TopK"),
    ),
    "operators without branches and loops": ("If", "Loop", "Scan"),
    "Concat": ("Tile",),
}
_NEAREST = {kind: form for form, kinds in _FORMS.items() for kind in kinds}


def nearest(kind: str) -> str:
    """The advice for an operator that is not supported."""
    return f"use {_NEAREST.get(kind, 'one of the operators that docs/compiler.md lists')}"
