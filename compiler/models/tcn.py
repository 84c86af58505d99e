"""A temporal convolutional network: causal, dilated convolutions over 98 frames, 12 keywords."""

from compiler.models.architecture import INPUT, Add, Architecture, GlobalAverage, Linear, Sketch

CHANNELS = 64


def tcn() -> Architecture:
    """Four residual blocks with dilations 1, 2, 4 and 8; all convolutions are prunable but the first."""
    net = Sketch("tcn", "TCN, keywords", (40, 98))
    x = net.relu(net.conv("stem", INPUT, CHANNELS, 3, before=2, after=0))
    for block in range(4):
        gap = 1 << block
        main = x
        for number in (1, 2):
            # All padding is in front, so that no output depends on a later frame.
            main = net.conv(
                f"block{block}.conv{number}",
                main,
                CHANNELS,
                3,
                dilation=gap,
                before=2 * gap,
                after=0,
                prunable=True,
            )
            main = net.relu(main) if number == 1 else main
        x = net.relu(net.add(Add, f"block{block}.add", main, x))
    x = net.add(GlobalAverage, "pool", x)
    net.add(Linear, "classes", x, channels=12)
    return net.architecture
