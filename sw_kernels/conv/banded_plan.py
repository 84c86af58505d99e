"""The cut of a convolution of banded activations."""

from dataclasses import dataclass

from sw_kernels.cluster.cut import Plan


@dataclass(frozen=True, kw_only=True)
class BandedPlan(Plan):
    """A cut into strips of a band's rows and tiles of channels.

    Parameters
    ----------
    parts : int
        Parts of a tile's channels; as many cores less share the pixels of a strip.
    in_step : bool
        The cores compute the same channels of neighbouring pixels in step.
    turns : bool
        Each core begins with other channels, unless in step; False where the kernel sees to that.
    """

    parts: int
    in_step: bool
    turns: bool = True

    @property
    def part(self) -> int:
        """Channels of a part; the last may have fewer."""
        return -(-self.tiles[0].channels // self.parts)

    @property
    def turn(self) -> int:
        """Channels of a part by which a core begins later than the one before.

        Where a part has fewer channels than cores, the cores that are left over begin with the first.
        """
        turns = self.turns and not self.in_step and self.part > 1
        return max(1, self.part // (self.cores // self.parts)) if turns else 0
