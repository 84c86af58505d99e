"""ViT-Small/16: images of 224 x 224 in 196 patches and a class token, 10 classes (CIFAR-10)."""

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

WIDTH, HIDDEN, HEADS, BLOCKS = 384, 1536, 6, 12


def vit_small() -> Architecture:
    """The paper's network: only the feed-forward layers are prunable."""
    net = Sketch("vit_small", "ViT-Small/16, 224x224", (3, 224, 224))
    x = net.conv("patches", INPUT, WIDTH, 16, stride=16)
    x = net.add(Reshape, "patches.flat", x, to=(WIDTH, 196))
    x = net.add(ClassToken, "class", net.add(Transpose, "patches.tokens", x, axes=(1, 0)))
    x = net.add(Position, "position", x)
    for block in range(BLOCKS):
        name = f"block{block}"
        inner = attention(net, f"{name}.attention", net.add(LayerNorm, f"{name}.norm1", x), HEADS)
        x = net.add(Add, f"{name}.add1", x, inner)
        inner = feed_forward(net, f"{name}.mlp", net.add(LayerNorm, f"{name}.norm2", x), HIDDEN)
        x = net.add(Add, f"{name}.add2", x, inner)
    x = net.add(FirstToken, "first", net.add(LayerNorm, "norm", x))
    net.add(Linear, "classes", x, channels=10)
    return net.architecture
