"""Layers whose cycles are predicted and measured: those that conflict factors are fitted to, and others."""

from collections.abc import Iterator

from sw_kernels.geometry import Geometry
from sw_kernels.kernel import Kernel
from sw_kernels.registry import kernel_named, operator_named

_SAME = "F=3,P=1,S=1"
_HALF = "F=3,P=1,S=2"

#: Layers of operators that the paper's layers and the networks of MLPerf Tiny leave out.
FITTED: tuple[tuple[str, str, int | None, str], ...] = (
    ("linear", "dense", None, "C=128,K=256,T=98"),
    ("linear", "sparse_xdecimate", 4, "C=384,K=384,T=64"),
    ("linear", "sparse_xdecimate", 8, "C=512,K=128,T=64"),
    ("linear", "sparse_xdecimate", 16, "C=256,K=512,T=64"),
    ("linear", "sparse_software", 8, "C=192,K=192,T=98"),
    ("linear", "dense_4x4", None, "C=192,K=256,T=98"),
    ("matmul", "dense_4x4", None, "H=4,T=98,K=64,N=98"),
    ("layer_norm", "newton", None, "C=192,T=197"),
    ("depthwise", "dense", None, f"C=64,I=28,{_SAME}"),
    ("depthwise", "dense", None, f"C=128,I=28,{_HALF}"),
    ("add", "scaled", None, "N=131072"),
    ("mul", "scaled", None, "N=75648"),
    ("table", "look_up", None, "N=200704"),
    ("softmax", "exponentials", None, "C=64,T=1024"),
    ("pool", "average", None, "C=64,I=48,F=2,S=2"),
    ("pool", "max", None, "C=64,I=64,F=2,S=2"),
)

#: ResNet18's layers, ViT-Small's for 197 tokens, and large ones of the other operators.
CHECKED: tuple[tuple[str, str, int | None, str], ...] = (
    ("conv", "dense_4x2", None, f"C=3,K=64,I=32,{_SAME}"),
    ("conv", "dense_4x2", None, f"C=64,K=64,I=32,{_SAME}"),
    ("conv", "dense_4x2", None, f"C=128,K=128,I=16,{_SAME}"),
    ("conv", "dense_4x2", None, f"C=512,K=512,I=4,{_SAME}"),
    ("conv", "dense_4x2", None, f"C=64,K=128,I=32,{_HALF}"),
    ("conv", "dense_4x2", None, f"C=256,K=512,I=8,{_HALF}"),
    ("conv", "dense_4x2", None, "C=64,K=128,I=32,F=1,S=2"),
    ("conv", "dense_4x2", None, "C=256,K=512,I=8,F=1,S=2"),
    ("conv", "dense_1x2", None, f"C=32,K=32,I=28,{_SAME}"),
    ("conv", "sparse_xdecimate", 4, f"C=256,K=256,I=8,{_SAME}"),
    ("conv", "sparse_xdecimate", 8, f"C=128,K=128,I=16,{_SAME}"),
    ("conv", "sparse_xdecimate", 8, f"C=256,K=512,I=8,{_HALF}"),
    ("conv", "sparse_xdecimate", 16, f"C=64,K=64,I=32,{_SAME}"),
    ("conv", "sparse_xdecimate", 16, f"C=128,K=256,I=16,{_HALF}"),
    ("conv", "sparse_xdecimate", 16, f"C=512,K=512,I=4,{_SAME}"),
    ("conv", "sparse_software", 4, f"C=64,K=64,I=16,{_SAME}"),
    ("conv", "sparse_software", 8, f"C=256,K=256,I=8,{_SAME}"),
    ("conv", "sparse_software", 16, f"C=64,K=64,I=32,{_SAME}"),
    ("conv", "dense_4x2", None, "C=384,K=384,IX=1,IY=197,F=1"),
    ("conv", "sparse_xdecimate", 16, "C=384,K=1536,IX=1,IY=197,F=1"),
    ("linear", "dense", None, "C=384,K=384,T=197"),
    ("linear", "dense_4x4", None, "C=384,K=384,T=197"),
    ("matmul", "dense_4x4", None, "H=6,T=197,K=64,N=197,PA=384,HA=64,PB=384,HB=64"),
    ("matmul", "dense_4x4", None, "H=6,T=197,K=197,N=64,PB=384,HB=64,KN=1,HI=1"),
    ("layer_norm", "newton", None, "C=384,T=197"),
    ("linear", "sparse_xdecimate", 8, "C=1536,K=384,T=197"),
    ("linear", "sparse_xdecimate", 16, "C=384,K=1536,T=197"),
    ("linear", "sparse_software", 16, "C=384,K=1536,T=50"),
    ("depthwise", "dense", None, f"C=32,I=56,{_SAME}"),
    ("depthwise", "dense", None, f"C=96,I=56,{_HALF}"),
    ("depthwise", "dense", None, "C=256,I=14,F=5,P=2"),
    ("depthwise", "dense", None, "C=128,IX=1,IY=96,FX=1,FY=5"),
    ("add", "scaled", None, "N=75648"),
    ("table", "look_up", None, "N=302592"),
    ("softmax", "exponentials", None, "C=197,T=1182"),
    ("softmax", "exponentials", None, "C=16,T=3136"),
    ("pool", "average", None, f"C=128,I=28,{_SAME}"),
    ("pool", "max", None, f"C=64,I=56,{_HALF}"),
    ("strided", "blocks", None, "I=75648,N0=384,N1=197,S0=1,S1=384"),
    ("strided", "elements", None, "I=75648,N0=384,N1=197,S0=1,S1=384"),
    ("strided", "rows", None, "I=75648,N0=6,N1=197,N2=64,S0=64,S1=384,S2=1"),
    ("strided", "rows", None, "I=8192,N0=16,N1=2,N2=16,N3=2,N4=32,S0=512,S1=0,S2=32,S3=0,S4=1"),
    ("concat", "rows", None, "C0=16,C1=32,T=1024"),
    ("add", "sums_xdecmac", None, "N=262144"),
    ("conv", "sparse_xdecmac", 8, f"C=16,K=16,I=32,{_SAME}"),
    ("conv", "sparse_xdecmac", 16, f"C=16,K=16,I=32,{_SAME}"),
    ("conv", "depthwise_xdecmac", None, f"C=64,K=64,G=64,I=44,{_SAME}"),
    ("matmul", "dense_xdecmac", None, "T=197,K=64,N=197"),
    ("matmul", "dense_xdecmac", None, "T=197,K=197,N=64,KN=1"),
)


def parsed(cases: tuple[tuple[str, str, int | None, str], ...]) -> Iterator[tuple[Geometry, Kernel]]:
    """Geometry and kernel of each case."""
    for name, kernel, m, geometry in cases:
        operator = operator_named(name)
        yield operator.geometry.parse(geometry), kernel_named(operator, kernel, m)
