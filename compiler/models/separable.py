"""Depthwise separable convolutions: a filter for each channel, then a 1x1 convolution."""

from compiler.models.architecture import Shape, Sketch


def separable(
    net: Sketch,
    name: str,
    x: str,
    channels: int,
    *,
    stride: int = 1,
    before: int | Shape = 1,
) -> str:
    """Append both with a ReLU behind each; the 1x1 convolution is prunable."""
    width = net.architecture.shapes[x][0]
    x = net.conv(f"{name}.depthwise", x, width, 3, stride=stride, before=before, after=1, groups=width)
    return net.relu(net.conv(f"{name}.pointwise", net.relu(x), channels, 1, prunable=True))
