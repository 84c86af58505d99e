"""The layer normalization's record and its kernel."""

from sw_kernels.header import FOLDER
from sw_kernels.kernel import Kernel
from sw_kernels.layer_norm.geometry import LayerNormGeometry
from sw_kernels.layer_norm.layer import LayerNormLayer
from sw_kernels.layer_norm.walk import LayerNormWalk
from sw_kernels.operator import Operator

LAYER_NORM = Operator(
    name="layer_norm",
    folder=FOLDER / "layer_norm",
    geometry=LayerNormGeometry,
    layer=LayerNormLayer,
    walk=LayerNormWalk(),
    typical=LayerNormGeometry(C=384, T=32),
    small=LayerNormGeometry(C=64, T=2),
    odd=LayerNormGeometry(C=23, T=3),
)

KERNELS = (Kernel(operator=LAYER_NORM, name="newton", cycles_per_output=20, cycles_per_item=280),)
