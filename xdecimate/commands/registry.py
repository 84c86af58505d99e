"""The commands by name, each imported only when it is called.

Command ``x`` is the function ``x`` of the module ``xdecimate.commands.x``. A listing shows the first line of
its docstring, read from the source, so that ``xdecimate --help`` imports no tool.
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
    *("bench", "model", "check", "compile", "infer", "area", "equivalence", "timing", "fpga"),
    *("energy", "cache"),
)


def _summary(name: str) -> str:
    """First line of the docstring of a command's function."""
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
    function = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)
    return (ast.get_docstring(function) or "").partition("\n")[0]


class LazyCommand(TyperCommand):
    """A command that imports the real one when it gets its arguments."""

    def __init__(self, name: str) -> None:
        super().__init__(name, help=_summary(name))

    @cached_property
    def real(self) -> Any:
        """The command itself, imported now."""
        app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        app.command(self.name)(getattr(import_module(f"xdecimate.commands.{self.name}"), str(self.name)))
        return typer.main.get_command(app)

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        return self.real.make_context(*arguments, **settings)


def commands() -> dict[str, LazyCommand]:
    """All commands by name, in the order of ``NAMES``."""
    return {name: LazyCommand(name) for name in NAMES}
