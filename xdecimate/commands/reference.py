"""The reference of the command line, from the commands themselves; Sphinx puts it into docs/commands.md."""

import inspect
from typing import Any

from common.markdown import table
from xdecimate.commands.registry import commands


def _usage(parameters: list) -> str:
    """The arguments of a command, as its ``--help`` has them."""
    arguments = [parameter for parameter in parameters if parameter.param_type_name == "argument"]
    names = [_name(argument) if argument.required else f"[{_name(argument)}]" for argument in arguments]
    return " ".join([*names, "[OPTIONS]"])


def _name(argument: Any) -> str:
    return (argument.metavar or argument.name).upper()


def _cell(text: str | None) -> str:
    """Text for a table: escaped, because a bar would end the cell and two dashes would become one."""
    return " ".join((text or "").split()).replace("|", "\\|").replace("--", "\\-\\-")


def _row(parameter: Any) -> tuple[str, str]:
    """An argument or option with its value, and its meaning."""
    if parameter.param_type_name == "argument":
        return f"`{_name(parameter)}`", _cell(parameter.help)
    names = ", ".join((*parameter.opts, *parameter.secondary_opts))
    kind = getattr(parameter.type_descriptor.annotation, "__name__", "text")
    value = "" if parameter.is_flag else f" {parameter.metavar or kind.replace('str', 'text').upper()}"
    default = parameter.default
    note = "" if default in (None, False, "") or callable(default) else f" Default: {default}."
    return f"`{names}{value}`".replace("|", "\\|"), _cell(parameter.help) + note


def render() -> str:
    """One section per command: its help, its examples, its arguments and options."""
    sections = []
    for name, lazy in commands().items():
        real = lazy.real
        text, _, examples = inspect.cleandoc(real.help or "").partition("Example: ")
        shown = [line.removeprefix("Example: ") for line in examples.splitlines() if line.strip()]
        rows = [_row(parameter) for parameter in real.params if not getattr(parameter, "hidden", False)]
        lines = [f"## {name}\n", text.strip() + "\n", "```sh"]
        lines += [f"xdecimate {name} {_usage(real.params)}", "```\n"]
        if shown:
            lines += ["For example:\n", "```sh", *shown, "```\n"]
        lines += [table(("argument or option", "meaning"), rows)] if rows else []
        sections.append("\n".join(lines))
    return "\n".join(sections)
