"""Autoencoder of MLPerf Tiny: five frames of 128 mel bands, whose error tells anomalous machine sounds."""

from compiler.models.architecture import INPUT, Architecture, Linear, Sketch

_HIDDEN = (128, 128, 128, 128, 8, 128, 128, 128, 128)


def autoencoder() -> Architecture:
    """The network of the anomaly detection benchmark; all layers of 128 inputs or more are prunable."""
    net = Sketch("autoencoder", "autoencoder, machine sounds", (640,))
    x, width = INPUT, 640
    for number, channels in enumerate(_HIDDEN):
        x = net.relu(net.add(Linear, f"layer{number}", x, channels=channels, prunable=width >= 128))
        width = channels
    net.add(Linear, "output", x, channels=640, prunable=True)
    return net.architecture
