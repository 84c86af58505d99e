"""The cut of a strided view."""

from dataclasses import dataclass

from sw_kernels.cluster.cut import Plan


@dataclass(frozen=True, kw_only=True)
class StridedPlan(Plan):
    """A cut of a view.

    Parameters
    ----------
    tile : tuple of int
        Elements of a tile along each axis.
    sources, targets : tuple of int
        Bytes in the buffers from one index of each axis to the next.
    span : int
        Axis of which a transfer moves all bytes from the first to the last; ``AXES`` if there is none.
    """

    tile: tuple[int, ...]
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    span: int
