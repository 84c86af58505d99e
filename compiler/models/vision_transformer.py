"""Vision transformers: square patches, a class token, and norms before attention and feed-forward layers."""

from math import prod

from compiler.models.architecture import (
    INPUT,
    Add,
    Architecture,
    ClassToken,
    FirstToken,
    LayerNorm,
    Linear,
    Position,
    Reshape,
    Sketch,
    Transpose,
)
from compiler.models.transformer import attention, feed_forward


def vision_transformer(
    net: Sketch, *, patch: int, width: int, hidden: int, heads: int, blocks: int, classes: int
) -> Architecture:
    """Append all layers; only those of the feed-forward parts are prunable."""
    x = net.conv("patches", INPUT, width, patch, stride=patch)
    tokens = prod(net.architecture.shapes[x][1:])
    x = net.add(Reshape, "patches.flat", x, to=(width, tokens))
    x = net.add(ClassToken, "class", net.add(Transpose, "patches.tokens", x, axes=(1, 0)))
    x = net.add(Position, "position", x)
    for block in range(blocks):
        name = f"block{block}"
        inner = attention(net, f"{name}.attention", net.add(LayerNorm, f"{name}.norm1", x), heads)
        x = net.add(Add, f"{name}.add1", x, inner)
        inner = feed_forward(net, f"{name}.mlp", net.add(LayerNorm, f"{name}.norm2", x), hidden)
        x = net.add(Add, f"{name}.add2", x, inner)
    x = net.add(FirstToken, "first", net.add(LayerNorm, "norm", x))
    net.add(Linear, "classes", x, channels=classes)
    return net.architecture
