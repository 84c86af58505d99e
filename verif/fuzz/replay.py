"""Cases in files: everything that a run depends on, in words and numbers, with a checksum."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hw.config import CONFIGS
from hw.errors import UserError
from hw.files import write_atomically
from verif.fuzz.case import Case
from verif.lockstep.mismatch import disassemble
from verif.programs.composition import Composition, Unit
from verif.simulation.job import WaitStates

FORMAT = "xdecimate fuzz case 1"


def write_case(path: Path, case: Case, difference: str) -> None:
    """Write a case for ``read_case``; ``difference`` and a listing are there for the reader.

    Raises ``UserError`` when the file cannot be written.
    """
    composition = case.composition
    content = {
        "config": case.config,
        "waits": vars(case.waits),
        "simulation_seed": case.simulation_seed,
        "interrupt_rate": case.interrupt_rate,
        "max_cycles": case.max_cycles,
        "head": _hex(composition.head),
        "entry": composition.entry,
        "passes": composition.passes,
        "counter": composition.counter,
        "units": [
            {"kind": unit.kind, "words": _hex(unit.words), "pinned": sorted(unit.pinned)}
            for unit in composition.units
        ],
        "memory": {f"{address:#010x}": data.hex() for address, data in composition.memory.items()},
    }
    listing = [f"{number:08x}  {disassemble(number)}" for unit in composition.units for number in unit.words]
    whole = {
        "format": FORMAT,
        "difference": difference.splitlines(),
        "listing": listing,
        "checksum": _checksum(content),
        "case": content,
    }
    write_atomically(path, json.dumps(whole, indent=1) + "\n")


def read_case(path: Path) -> Case:
    """The case in a file.

    Raises ``UserError`` when the file cannot be read, is no such file, or was changed or damaged.
    """
    try:
        whole = json.loads(path.read_text())
    except OSError as error:
        raise UserError(
            f"cannot read {path}: {error.strerror}; give a file that xdecimate fuzz wrote"
        ) from error
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are
        raise UserError(f"{path} is damaged ({error}); give a file that xdecimate fuzz wrote") from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise UserError(
            f"{path} is not a case of this version ({FORMAT!r}); give a file that xdecimate fuzz wrote"
        )
    content = whole.get("case")
    if not isinstance(content, dict) or whole.get("checksum") != _checksum(content):
        raise UserError(
            f"{path} is damaged: its checksum does not fit; write it anew with xdecimate fuzz --program"
        )
    try:
        return _case(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(
            f"{path} is damaged ({error!r}); write it anew with xdecimate fuzz --program"
        ) from error


def _case(content: Mapping[str, Any]) -> Case:
    if content["config"] not in CONFIGS:
        raise ValueError(f"no configuration {content['config']!r}")
    composition = Composition(
        head=_words(content["head"]),
        entry=content["entry"],
        units=tuple(
            Unit(unit["kind"], _words(unit["words"]), frozenset(unit["pinned"])) for unit in content["units"]
        ),
        passes=content["passes"],
        counter=content["counter"],
        memory={int(address, 16): bytes.fromhex(data) for address, data in content["memory"].items()},
    )
    return Case(
        config=content["config"],
        composition=composition,
        waits=WaitStates(**content["waits"]),
        simulation_seed=content["simulation_seed"],
        interrupt_rate=content["interrupt_rate"],
        max_cycles=content["max_cycles"],
    )


def _hex(words: tuple[int, ...]) -> str:
    return " ".join(f"{number:08x}" for number in words)


def _words(text: str) -> tuple[int, ...]:
    return tuple(int(number, 16) for number in text.split())


def _checksum(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
