"""A layout of indices that only tests register: a byte for each."""

import numpy as np

from sw_kernels.packing.layout import IndexLayout


class Bytes(IndexLayout):
    """One row per channel: byte i of a row is the index of value i."""

    name = "bytes"

    def bits(self, m: int) -> int:
        return 8

    def fields(self, positions: np.ndarray) -> np.ndarray:
        return positions

    def positions(self, fields: np.ndarray) -> np.ndarray:
        return fields


BYTES = Bytes()
