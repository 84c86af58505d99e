"""Keyword transformer KWT-1 (arXiv 2104.00769): 98 frames of 40 coefficients, 35 keywords."""

from compiler.models.architecture import (
    INPUT,
    Add,
    Architecture,
    ClassToken,
    FirstToken,
    LayerNorm,
    Linear,
    Position,
    Sketch,
)
from compiler.models.transformer import attention, feed_forward

WIDTH, HIDDEN, HEADS, BLOCKS = 64, 256, 1, 12


def keyword_transformer() -> Architecture:
    """Tokens are frames; each norm follows its sum; only the feed-forward layers are prunable."""
    net = Sketch("keyword_transformer", "transformer, keywords", (98, 40))
    x = net.add(ClassToken, "class", net.add(Linear, "frames", INPUT, channels=WIDTH))
    x = net.add(Position, "position", x)
    for block in range(BLOCKS):
        name = f"block{block}"
        inner = attention(net, f"{name}.attention", x, HEADS)
        x = net.add(LayerNorm, f"{name}.norm1", net.add(Add, f"{name}.add1", x, inner))
        inner = feed_forward(net, f"{name}.mlp", x, HIDDEN)
        x = net.add(LayerNorm, f"{name}.norm2", net.add(Add, f"{name}.add2", x, inner))
    net.add(Linear, "classes", net.add(FirstToken, "first", x), channels=35)
    return net.architecture
