"""The paper's networks (arXiv 2503.06183, table of networks): eight cores with 128 kB of L1."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedNetwork:
    """A row of the paper.

    Parameters
    ----------
    network : str
        Our name of it.
    m : int or None
        Pruned to 1:M, or dense.
    isa : str
        ``baseline`` or ``xdecimate``; the dense kernels need only the former.
    accuracy : float
        Top-1 on CIFAR-100 (ResNet18) or CIFAR-10 (ViT-Small), per cent.
    macs_per_cycle : float
        Dense-equivalent.
    mcycles : float
        Millions of cycles.
    megabytes : float
        Weights and indices.
    note : str
        The dense kernel.
    """

    network: str
    m: int | None
    isa: str
    accuracy: float
    macs_per_cycle: float
    mcycles: float
    megabytes: float
    note: str = ""


#: The fastest row of a variant first.
PUBLISHED = (
    PublishedNetwork("resnet18", None, "baseline", 75.28, 11.17, 49.71, 11.22, "4x2"),
    PublishedNetwork("resnet18", None, "baseline", 75.28, 8.33, 66.63, 11.22, "1x2"),
    PublishedNetwork("resnet18", 4, "baseline", 75.78, 8.11, 68.44, 3.66),
    PublishedNetwork("resnet18", 8, "baseline", 75.63, 14.78, 37.57, 2.29),
    PublishedNetwork("resnet18", 16, "baseline", 73.79, 25.85, 21.48, 1.26),
    PublishedNetwork("resnet18", 4, "xdecimate", 75.78, 14.74, 37.67, 4.35),
    PublishedNetwork("resnet18", 8, "xdecimate", 75.63, 23.12, 24.01, 2.98),
    PublishedNetwork("resnet18", 16, "xdecimate", 73.79, 35.87, 15.48, 1.60),
    PublishedNetwork("vit_small", None, "baseline", 95.59, 4.65, 975.23, 21.59),
    PublishedNetwork("vit_small", 4, "baseline", 95.73, 4.80, 944.17, 11.86),
    PublishedNetwork("vit_small", 8, "baseline", 95.02, 6.31, 718.86, 10.09),
    PublishedNetwork("vit_small", 16, "baseline", 95.17, 7.59, 598.04, 8.76),
    PublishedNetwork("vit_small", 4, "xdecimate", 95.73, 6.66, 681.19, 11.86),
    PublishedNetwork("vit_small", 8, "xdecimate", 95.02, 7.48, 606.99, 10.09),
    PublishedNetwork("vit_small", 16, "xdecimate", 95.17, 8.40, 540.23, 8.76),
)


def published(network: str, m: int | None, isa: str) -> PublishedNetwork | None:
    """The paper's fastest row of a variant; None where it has none."""
    wanted = (network, m, "baseline" if m is None else isa)
    return next((row for row in PUBLISHED if (row.network, row.m, row.isa) == wanted), None)
