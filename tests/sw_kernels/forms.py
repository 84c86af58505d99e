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


def padded(layer: Layer, rng: np.random.Generator) -> WindowLayer:
    """The layer with a random value for its padding, not 0."""
    assert isinstance(layer, WindowLayer)
    return replace(layer, pad_value=int(rng.choice([v for v in range(-128, 128) if v])))
