"""Forms of padding and dilation that networks have, as geometries of convolutions."""

from dataclasses import replace

import numpy as np

from sw_kernels.layer import Layer
from sw_kernels.window import WindowLayer

FORMS = (
    "C=8,K=6,I=8,F=3,S=2,P=0,PR=1,PB=1",  # SAME of TFLite with stride 2
    "C=1,K=5,IX=10,IY=21,FX=4,FY=10,S=2,PX=1,PY=4,PR=1,PB=5",  # the first layer of DS-CNN, fewer rows
    "C=4,K=3,IX=9,IY=8,F=3,P=2,D=2",
    "C=6,K=2,IX=1,IY=13,FX=1,FY=3,PY=8,PB=0,DY=4",  # one dimension, causal
    "C=7,K=2,IX=12,IY=1,FX=3,FY=1,PX=3,PR=5,DX=3",
    "C=16,K=4,I=3,F=1,PR=2,PB=1",  # one weight, pixels wholly in the padding
    "C=3,K=7,IX=5,IY=4,FX=2,FY=3,P=3,PB=1,DX=4,DY=2,S=2",
    "C=20,K=4,I=2,F=2,S=3,P=5,PR=7,PB=9",
    "C=64,K=9,IX=4,IY=3,F=3,P=1",  # a value alone
)

#: The same of depthwise convolutions, and filters that take each way through the kernel.
DEPTHWISE_FORMS = (
    "C=8,I=6,F=3,P=1",  # two rows at once
    "C=7,IX=5,IY=3,F=3,P=1",  # an odd last row, a last quad of three channels
    "C=3,IX=7,IY=6,FX=3,FY=2,P=1",
    "C=5,IX=8,IY=4,FX=3,FY=1,PX=1",
    "C=12,I=8,F=3,S=2,P=0,PR=1,PB=1",  # one row, three columns
    "C=4,IX=9,IY=7,FX=3,FY=4,SX=3,SY=2,P=2,PR=0",
    "C=6,IX=10,IY=11,F=5,P=2",  # any filter
    "C=9,IX=1,IY=20,FX=1,FY=9,PY=4",
    "C=2,IX=19,IY=1,FX=7,FY=1,PX=3",
    "C=5,IX=12,IY=9,F=3,P=2,D=2",  # rows apart alone, then columns too
    "C=5,IX=12,IY=9,F=3,P=2,DY=3",
    "C=4,IX=9,IY=14,FX=2,FY=6,DX=3,DY=2,PX=1,PY=4,S=2",
    "C=1,I=1,F=1",
    "C=17,I=3,F=1,PR=2,PB=1",
    "C=4,I=2,F=2,S=2,P=5,PR=7,PB=9",  # pixels wholly in the padding
    "C=5,IX=2,IY=3,F=3,P=1,PX=4,PR=4",
    "C=10,IX=5,IY=6,FX=5,FY=6",  # one output
)


def padded(layer: Layer, rng: np.random.Generator) -> WindowLayer:
    """The layer with a random value for its padding, not 0."""
    assert isinstance(layer, WindowLayer)
    return replace(layer, pad_value=int(rng.choice([v for v in range(-128, 128) if v])))
