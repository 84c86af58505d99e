"""Cases in files: everything that a run depends on, in words and numbers, with a checksum."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.files import write_atomically
from hw.config import config_named
from sim.elf import MEMORIES
from sim.rtl.job import WaitStates
from verif.cosim.mismatch import disassemble
from verif.fuzz.case import Case
from verif.programs.composition import Block, Composition

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
    path.parent.mkdir(parents=True, exist_ok=True)
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
            f"{path} is not a case of this version ({FORMAT!r}); give a file that this version wrote"
        )
    content = whole.get("case")
    if not isinstance(content, dict) or whole.get("checksum") != _checksum(content):
        raise UserError(
            f"{path} is damaged: its checksum is wrong; write it again with xdecimate fuzz --program"
        )
    try:
        return _case(content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UserError(
            f"{path} is damaged ({reason}); write it again with xdecimate fuzz --program"
        ) from error


def _case(content: Mapping[str, Any]) -> Case:
    config_named(content["config"])
    head = _words(content["head"])
    composition = Composition(
        head=head,
        entry=_number(content, "entry", 0, len(head) - 1),
        units=tuple(_unit(unit) for unit in content["units"]),
        passes=_number(content, "passes", 1, 2047),
        counter=_number(content, "counter", 1, 31),
        memory=dict(_memory(address, data) for address, data in content["memory"].items()),
    )
    waits = content["waits"]
    one = Case(
        config=content["config"],
        composition=composition,
        waits=WaitStates(**{name: _number(waits, name, 0, 255) for name in waits}),
        simulation_seed=_number(content, "simulation_seed", 1, (1 << 32) - 2),
        interrupt_rate=_number(content, "interrupt_rate", 0, 0xFFFF),
        max_cycles=_number(content, "max_cycles", 1, 1 << 62),
    )
    one.job()  # what is too long for its place raises here
    return one


def _number(content: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = content[name]
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} must be in {low}..{high}, not {value!r}")
    return value


def _unit(content: Mapping[str, Any]) -> Block:
    words = _words(content["words"])
    pinned = frozenset(content["pinned"])
    if not pinned <= set(range(len(words))):
        raise ValueError(f"pinned must number the unit's {len(words)} words, not {sorted(pinned)}")
    return Block(str(content["kind"]), words, pinned)


def _memory(place: str, text: str) -> tuple[int, bytes]:
    address, data = int(place, 16), bytes.fromhex(text)
    if not any(region.base <= address and address + len(data) <= region.end for region in MEMORIES):
        raise ValueError(f"{len(data)} bytes at {address:#010x} must lie in one memory")
    return address, data


def _hex(words: tuple[int, ...]) -> str:
    return " ".join(f"{number:08x}" for number in words)


def _words(text: str) -> tuple[int, ...]:
    words = tuple(int(number, 16) for number in text.split())
    if not all(0 <= word < 1 << 32 for word in words):
        raise ValueError("an instruction has 32 bits")
    return words


def _checksum(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
