"""MobileNetV1 of a quarter of the width, of MLPerf Tiny: images of 96 x 96, with a person or without."""

from compiler.models.architecture import INPUT, Architecture, GlobalAverage, Linear, Sketch, Softmax
from compiler.models.separable import separable

#: Output channels and stride of each block.
_BLOCKS = (
    *((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2)),
    *((128, 1),) * 5,
    *((256, 2), (256, 1)),
)


def mobilenet() -> Architecture:
    """The network of the visual wake words benchmark; the 1x1 convolutions are prunable."""
    net = Sketch("mobilenet", "MobileNetV1-0.25, persons", (3, 96, 96))
    x = net.relu(net.conv("stem", INPUT, 8, 3, stride=2, before=0, after=1))
    for number, (channels, stride) in enumerate(_BLOCKS):
        # "Same" padding of an even length at stride 2 has one zero, at the end.
        x = separable(net, f"block{number}", x, channels, stride=stride, before=1 if stride == 1 else 0)
    x = net.add(GlobalAverage, "pool", x)
    net.add(Softmax, "softmax", net.add(Linear, "classes", x, channels=2))
    return net.architecture
