"""ResNet18 for images of 32 x 32: a 3x3 stem without pooling."""

from compiler.models.architecture import (
    CIFAR100,
    INPUT,
    Add,
    Architecture,
    GlobalAverage,
    Linear,
    Sketch,
    Task,
)


def resnet18(task: Task = CIFAR100) -> Architecture:
    """The paper's network: all 3x3 convolutions are prunable but the stem, which has 3 input channels."""
    net = Sketch("resnet18", f"ResNet18, {task.title}", task.input_shape)
    x = net.relu(net.conv("stem", INPUT, 64, 3, before=1))
    for stage, channels in enumerate((64, 128, 256, 512), 1):
        for block in range(2):
            x = _block(net, f"layer{stage}.{block}", x, channels, 2 if stage > 1 and block == 0 else 1)
    x = net.add(GlobalAverage, "pool", x)
    net.add(Linear, "classes", x, channels=task.classes)
    return net.architecture


def _block(net: Sketch, name: str, x: str, channels: int, stride: int) -> str:
    main = net.conv(f"{name}.conv1", x, channels, 3, stride=stride, before=1, prunable=True)
    main = net.conv(f"{name}.conv2", net.relu(main), channels, 3, before=1, prunable=True)
    if stride > 1:
        x = net.conv(f"{name}.shortcut", x, channels, 1, stride=stride)
    return net.relu(net.add(Add, f"{name}.add", main, x))
