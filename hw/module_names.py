"""Names of Verilog modules: a configuration's or the user's, so that two can stand in one design."""

import re

from pygments.lexers.hdl import SystemVerilogLexer
from pygments.token import Name

from common.errors import UserError

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DECLARED = re.compile(r"^module \\?([^\s(]+)", re.MULTILINE)
#: The head of a module, or of an instance in one: Yosys indents instances by two spaces, statements by more.
_HEAD = re.compile(r"^(module |  )(\\?)([^\s(]+)", re.MULTILINE)


def module_name(*parts: str) -> str:
    """A name of parts: ``rv32im+xdecimate`` and ``core`` give rv32im_xdecimate_core.

    A minus, which leaves out an extension, becomes a word: no other configuration has that name.
    """
    return re.sub(r"[^A-Za-z0-9_]+", "_", "_".join(parts).replace("-", "_without_"))


def check_module_name(name: str) -> None:
    """Raise ``UserError`` unless every tool takes ``name``, unescaped, as the name of a module."""
    if not isinstance(name, str) or not _IDENTIFIER.fullmatch(name):
        raise UserError(
            f"a module's name must consist of letters, digits and _, and not begin with a digit, "
            f"not {name!r}; choose another"
        )
    kind = next(token for token, text in SystemVerilogLexer().get_tokens(name) if text == name)
    if kind not in Name:
        raise UserError(
            f"a module's name must not be a keyword of SystemVerilog, not {name!r}; choose another"
        )


def renamed(verilog: str, top: str, name: str) -> str:
    """Verilog of ``hw.generate`` with ``name`` for its module ``top`` and at the head of all other names."""
    declared = set(_DECLARED.findall(verilog))

    def rename(match: re.Match[str]) -> str:
        head, escape, module = match.groups()
        if module not in declared:
            return match[0]
        if module == top or module.startswith(f"{top}."):
            return f"{head}{escape}{name}{module[len(top) :]}"
        return f"{head}{escape}{name}_{module}"

    return _HEAD.sub(rename, verilog)
