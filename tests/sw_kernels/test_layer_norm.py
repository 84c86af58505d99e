"""Layer normalizations: what a row costs, large rows on a cluster, and what cannot be."""

from dataclasses import replace

import pytest

from common.errors import UserError
from hw.cluster.config import STANDARD
from reference.layer_norm import MAX_ROW
from sw_kernels.cluster.plan import plan
from sw_kernels.layer_norm.geometry import LayerNormGeometry
from sw_kernels.layer_norm.kernels import KERNELS
from sw_kernels.layer_norm.layer import LayerNormLayer
from tests.sw_kernels.test_kernels_core import counts_of

(KERNEL,) = KERNELS


def layer_of(geometry: LayerNormGeometry) -> LayerNormLayer:
    layer = KERNEL.random_layer(geometry, 1)
    assert isinstance(layer, LayerNormLayer)
    return layer


def test_an_output_takes_eleven_instructions_and_three_quarters_of_one_for_the_sums():
    counts = [counts_of(layer_of(LayerNormGeometry(C=channels)))[0] for channels in (64, 128)]
    assert abs(counts[1] - counts[0] - 64 * 11.75) < 10  # the inverse root's loops depend on the row


def test_the_channels_parameters_are_in_l1_once():
    cut = plan(layer_of(LayerNormGeometry(C=2048, T=64)), STANDARD)
    assert (cut.constants, cut.private) == (12 * 2048, 0)


def test_what_is_refused():
    with pytest.raises(UserError, match="C must be at most 16384, not 16385"):
        LayerNormGeometry(C=MAX_ROW + 1)
    layer = layer_of(LayerNormGeometry(C=8))
    with pytest.raises(UserError, match="norm of C=4,T=1 must have 4 channels, not 8"):
        replace(layer, geometry=LayerNormGeometry(C=4), inputs=layer.inputs[:, :4])
