"""DS-CNN of MLPerf Tiny: 49 x 10 cepstral coefficients, 12 keywords."""

from compiler.models.architecture import INPUT, Architecture, GlobalAverage, Linear, Sketch, Softmax
from compiler.models.separable import separable


def ds_cnn() -> Architecture:
    """The network of the keyword spotting benchmark; the 1x1 convolutions are prunable."""
    net = Sketch("ds_cnn", "DS-CNN, keywords", (1, 49, 10))
    x = net.relu(net.conv("stem", INPUT, 64, (10, 4), stride=2, before=(4, 1), after=(5, 1)))
    for block in range(4):
        x = separable(net, f"block{block}", x, 64)
    x = net.add(GlobalAverage, "pool", x)
    net.add(Softmax, "softmax", net.add(Linear, "classes", x, channels=12))
    return net.architecture
