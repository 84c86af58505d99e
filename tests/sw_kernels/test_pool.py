"""Poolings that cannot be."""

import numpy as np
import pytest

from common.errors import UserError
from hw.cluster.config import STANDARD
from reference.pool import Averaging
from reference.quantization import Quantization
from reference.requantization import Tier
from sw_kernels.cluster.plan import plan
from sw_kernels.pool.geometry import PoolGeometry
from sw_kernels.pool.kernels import POOL
from sw_kernels.pool.layer import PoolLayer
from sw_kernels.registry import kernel_named
from tests.sw_kernels.unweighted import CUT


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C=1,I=4,F=2,P=2", "FX=2 must be larger than the paddings PX and PR"),
        ("C=1,I=4,F=2,PB=2", "FY=2 must be larger than the paddings PY and PB"),
        ("C=1,IX=4,IY=4,FX=2,FY=5", r"larger than the padded input IY \+ PY \+ PB = 4"),
        ("C=1,I=4,F=2,PR=-1", "PR must be an integer of at least 0"),
    ],
)
def test_geometries_that_are_refused(text: str, message: str):
    with pytest.raises(UserError, match=message):
        PoolGeometry.parse(text)


def test_layers_that_are_refused():
    geometry = PoolGeometry.parse("C=2,I=4,F=2,P=1")
    inputs = np.zeros(geometry.input_shape, np.int8)
    average, largest = kernel_named(POOL, "average"), kernel_named(POOL, "max")
    averaging = Averaging.of(np.array([4, 2]), Quantization(0.1), Quantization(0.1))
    with pytest.raises(UserError, match="pool average needs averaging"):
        PoolLayer(geometry=geometry, kernel=average, inputs=inputs)
    with pytest.raises(UserError, match="pool max takes no averaging"):
        PoolLayer(geometry=geometry, kernel=largest, inputs=inputs, averaging=averaging)
    with pytest.raises(UserError, match="not of 1"):
        PoolLayer(geometry=geometry, kernel=average, inputs=inputs, averaging=averaging)


def test_a_window_larger_than_l1_is_cut_by_channels():
    """Such a layer is one of those that test_unweighted.py runs."""
    cut = plan(kernel_named(POOL, "max").random_layer(PoolGeometry.parse(CUT[POOL][1]), 1), STANDARD)
    assert cut.strips == 1
    assert len(cut.tiles) > 1


def test_the_inputs_are_shifted_so_that_half_a_product_is_enough():
    """A scale of 1/4 and more has a shift of 32 and less; the cheap arithmetic needs 33."""
    layer = kernel_named(POOL, "average").random_layer(PoolGeometry.parse("C=2,I=4,F=2,P=1"), 1)
    assert isinstance(layer, PoolLayer)
    assert layer.gain > 0
    assert layer.scaled[2] is Tier.HIGH
