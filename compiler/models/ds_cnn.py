"""DS-CNN of MLPerf Tiny; its keywords are 49 frames of 10 cepstral coefficients."""

from compiler.models.architecture import (
    INPUT,
    KEYWORDS,
    Architecture,
    GlobalAverage,
    Linear,
    Sketch,
    Softmax,
    Task,
)
from compiler.models.separable import separable


def ds_cnn(task: Task = KEYWORDS) -> Architecture:
    """The network of the keyword spotting benchmark; the 1x1 convolutions are prunable."""
    net = Sketch("ds_cnn", f"DS-CNN, {task.title}", task.input_shape)
    x = net.relu(net.conv("stem", INPUT, 64, (10, 4), stride=2, before=(4, 1), after=(5, 1)))
    for block in range(4):
        x = separable(net, f"block{block}", x, 64)
    x = net.add(GlobalAverage, "pool", x)
    net.add(Softmax, "softmax", net.add(Linear, "classes", x, channels=task.classes))
    return net.architecture
