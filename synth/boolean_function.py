"""Boolean functions as Liberty writes them: ``!(A & B)``, ``A * B + C'``, ``A B``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import CodeType

_TOKEN = re.compile(r"\s*([A-Za-z_][\w\[\]]*|[01]|[!&|^()*+'])")


@dataclass(frozen=True)
class Function:
    """A function of named inputs.

    Parameters
    ----------
    expression : str
        In operators that Verilog and Python share: ``~ & | ^``, fully in parentheses.
    names : tuple of str
        What it depends on, sorted.
    """

    expression: str
    names: tuple[str, ...]

    def table(self, inputs: tuple[str, ...]) -> int:
        """Its values as an integer: bit i is that where input k has bit k of i."""
        size = 1 << len(inputs)
        full = (1 << size) - 1
        values = {
            name: sum(1 << i for i in range(size) if i >> position & 1)
            for position, name in enumerate(inputs)
        }
        return self.value(values) & full

    def value(self, values: Mapping[str, int]) -> int:
        """The function of integers, bit by bit; of any sign, as ``~`` makes them."""
        return eval(self._code, {"__builtins__": {}}, values)

    @cached_property
    def _code(self) -> CodeType:
        return compile(self.expression, self.expression, "eval")

    def verilog(self, values: dict[str, str]) -> str:
        """The expression with ``values`` in place of the names, of one bit."""
        text = re.sub(r"[A-Za-z_][\w\[\]]*", lambda match: values[match[0]], self.expression)
        return text.replace("(~0)", "1'b1").replace("(0)", "1'b0")


@cache
def parse_function(text: str) -> Function:
    """The function that ``text`` states; ``ValueError`` when it states none."""
    tokens = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if not match:
            raise ValueError(f"{text!r} is not a Boolean function")
        tokens.append(match[1])
        position = match.end()
    parser = _Parser(tokens)
    expression = parser.either() if tokens else ""
    if not tokens or parser.position != len(tokens):
        raise ValueError(f"{text!r} is not a Boolean function")
    return Function(expression, tuple(sorted({token for token in tokens if token.isidentifier()})))


class _Parser:
    """Recursive descent; binding from loose to tight: ``|``, ``&`` or nothing, ``^``, ``!`` and ``'``."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self.position = 0

    def _peek(self) -> str:
        return self._tokens[self.position] if self.position < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.position += 1
        return token

    def either(self) -> str:
        parts = [self._both()]
        while self._peek() in ("|", "+"):
            self._take()
            parts.append(self._both())
        return _join("|", parts)

    def _both(self) -> str:
        parts = [self._exclusive()]
        while (token := self._peek()) and token not in ("|", "+", ")"):
            if token in ("&", "*"):
                self._take()
            parts.append(self._exclusive())
        return _join("&", parts)

    def _exclusive(self) -> str:
        parts = [self._complement()]
        while self._peek() == "^":
            self._take()
            parts.append(self._complement())
        return _join("^", parts)

    def _complement(self) -> str:
        if self._peek() == "!":
            self._take()
            return f"(~{self._complement()})"
        token = self._take()
        if token == "(":
            inner = self.either()
            if self._take() != ")":
                raise ValueError("a parenthesis is not closed")
        elif token.isidentifier() or token in ("0", "1"):
            inner = {"0": "(0)", "1": "(~0)"}.get(token, token)
        else:
            raise ValueError(f"{token!r} stands where a name should be")
        while self._peek() == "'":
            self._take()
            inner = f"(~{inner})"
        return inner


def _join(operator: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({f' {operator} '.join(parts)})"
