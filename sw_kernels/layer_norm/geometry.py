"""Shapes of layer normalizations."""

from dataclasses import dataclass

from common.errors import UserError
from reference.layer_norm import MAX_ROW
from sw_kernels.flat import RowsGeometry


@dataclass(frozen=True, kw_only=True)
class LayerNormGeometry(RowsGeometry):
    """Normalization of T rows of C elements; ``UserError`` when rows are too long for its arithmetic."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.C > MAX_ROW:
            raise UserError(f"geometry {self}: C must be at most {MAX_ROW}, not {self.C}")
