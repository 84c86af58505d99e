"""ViT-Small/16: images of 224 x 224 in 196 patches and a class token, 10 classes (CIFAR-10)."""

from compiler.models.architecture import Architecture, Sketch
from compiler.models.vision_transformer import vision_transformer


def vit_small() -> Architecture:
    """The paper's network: only the feed-forward layers are prunable."""
    net = Sketch("vit_small", "ViT-Small/16, 224x224", (3, 224, 224))
    return vision_transformer(net, patch=16, width=384, hidden=1536, heads=6, blocks=12, classes=10)
