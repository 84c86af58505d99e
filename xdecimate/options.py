"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

from hw.config import CONFIGS, CoreConfig, config_named
from hw.errors import UserError

JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the figures to FILE.")]
ConfigName = Annotated[
    str, typer.Option("--config", metavar="NAME", help=f"Configuration: {', '.join(CONFIGS)}.")
]


def core_config(name: str) -> CoreConfig:
    """The configuration of this name; ``UserError`` when there is none."""
    try:
        return config_named(name)
    except ValueError as error:
        raise UserError(str(error)) from error
