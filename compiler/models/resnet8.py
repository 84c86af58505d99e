"""ResNet8 of MLPerf Tiny."""

from compiler.models.architecture import (
    CIFAR10,
    INPUT,
    Add,
    Architecture,
    GlobalAverage,
    Linear,
    Sketch,
    Softmax,
    Task,
)


def resnet8(task: Task = CIFAR10) -> Architecture:
    """The network of the image classification benchmark; the 3x3 convolutions are prunable but the stem."""
    net = Sketch("resnet8", f"ResNet8, {task.title}", task.input_shape)
    x = net.relu(net.conv("stem", INPUT, 16, 3, before=1))
    for stage, channels in enumerate((16, 32, 64), 1):
        stride = 1 if stage == 1 else 2
        # TensorFlow's "same" padding of an even length at stride 2 has one zero, at the end.
        before = 1 if stride == 1 else 0
        name = f"stage{stage}"
        main = net.conv(f"{name}.conv1", x, channels, 3, stride=stride, before=before, after=1, prunable=True)
        main = net.conv(f"{name}.conv2", net.relu(main), channels, 3, before=1, prunable=True)
        if stride > 1:
            x = net.conv(f"{name}.shortcut", x, channels, 1, stride=stride)
        x = net.relu(net.add(Add, f"{name}.add", main, x))
    x = net.add(GlobalAverage, "pool", x)
    net.add(Softmax, "softmax", net.add(Linear, "classes", x, channels=task.classes))
    return net.architecture
