"""The commands by name, each imported only when it is called.

Command ``x`` is the function ``x`` of the module ``xdecimate.commands.x``, and command ``x y`` is ``x_y``. A
listing shows the first line of its docstring, read from the source, so that ``xdecimate --help`` imports no
tool.
"""

import ast
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

#: In the order of ``xdecimate --help``.
NAMES = (
    *("doctor", "verilog", "run", "test", "fuzz", "formal", "suite", "mutation", "soak", "coverage"),
    *(
        "bench",
        "bench networks",
        "bench accuracy",
        "model",
        "train",
        "accuracy",
        "check",
        "compile",
        "infer",
        "area",
        "equivalence",
    ),
    *("timing", "fpga", "energy", "explore", "cache"),
)


def _summary(name: str) -> str:
    """First line of the docstring of a command's function."""
    symbol = name.replace(" ", "_")
    tree = ast.parse((Path(__file__).parent / f"{symbol}.py").read_text())
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == symbol)
    return (ast.get_docstring(function) or "").partition("\n")[0]


class LazyCommand(TyperCommand):
    """A command that imports the real one when it gets its arguments."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=_summary(name))

    @cached_property
    def real(self) -> Any:
        """The command itself, imported now."""
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        symbol = str(self.name).replace(" ", "_")
        app.command(self.name)(getattr(import_module(f"xdecimate.commands.{symbol}"), symbol))
        return typer.main.get_command(app)

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **settings: Any) -> Any:
        """The context of the command, or of the one that its first argument continues."""
        longer = f"{self.name} {args[0]}" if args else ""
        if longer in NAMES:
            return LazyCommand(longer).make_context(f"{info_name} {args[0]}", args[1:], *rest, **settings)
        return self.real.make_context(info_name, args, *rest, **settings)


def commands() -> dict[str, LazyCommand]:
    """All commands by name, in the order of ``NAMES``."""
    return {name: LazyCommand(name) for name in NAMES}
