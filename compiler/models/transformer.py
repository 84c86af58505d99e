"""Parts of transformers: attention of several heads, feed-forward layers."""

from compiler.models.architecture import Gelu, Linear, MatMul, Reshape, Scale, Sketch, Softmax, Transpose


def attention(net: Sketch, name: str, x: str, heads: int) -> str:
    """Append self-attention with scaled queries."""
    tokens, width = net.architecture.shapes[x]
    one = width // heads

    def split(part: str, made: str, axes: tuple[int, ...]) -> str:
        """Queries, keys or values by head."""
        apart = net.add(Reshape, f"{name}.{part}.split", made, to=(tokens, heads, one))
        return net.add(Transpose, f"{name}.{part}.heads", apart, axes=axes)

    queries, keys, values = (
        net.add(Linear, f"{name}.{part}", x, channels=width) for part in ("query", "key", "value")
    )
    queries = net.add(Scale, f"{name}.query.scaled", queries, factor=one**-0.5)
    left, right = split("query", queries, (1, 0, 2)), split("key", keys, (1, 2, 0))
    scores = net.add(MatMul, f"{name}.scores", left, right)
    shares = net.add(Softmax, f"{name}.softmax", scores)
    mixed = net.add(MatMul, f"{name}.mixed", shares, split("value", values, (1, 0, 2)))
    mixed = net.add(Transpose, f"{name}.mixed.tokens", mixed, axes=(1, 0, 2))
    mixed = net.add(Reshape, f"{name}.mixed.joined", mixed, to=(tokens, width))
    return net.add(Linear, f"{name}.project", mixed, channels=width)


def feed_forward(net: Sketch, name: str, x: str, hidden: int) -> str:
    """Append two prunable fully-connected layers with a GELU between them."""
    width = net.architecture.shapes[x][-1]
    x = net.add(Linear, f"{name}.fc1", x, channels=hidden, prunable=True)
    x = net.add(Gelu, f"{name}.gelu", x)
    return net.add(Linear, f"{name}.fc2", x, channels=width, prunable=True)
