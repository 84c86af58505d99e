"""docs/isa.md from the tables: ``python -m reports`` writes it again."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hw.config import BASE_EXTENSIONS, CONFIGS, GROUPS
from hw.instructions import CSRS, EXTENSIONS, INSTRUCTIONS, pseudocode
from hw.isa.compressed import Compressed
from hw.isa.compressed_table import COMPRESSED
from hw.isa.csr import Csr
from hw.isa.instruction import CYCLE_FIGURES, Instruction

TEMPLATE = "isa.md.jinja"
DOCUMENT = Path("docs/isa.md")


def _cell(text: str) -> str:
    """Code in a Markdown table, where a bar would end the cell."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def _assembly(instruction: Instruction | Compressed) -> str:
    return f"{instruction.mnemonic} {instruction.operands}".strip()


def _expansion(row: Compressed) -> str:
    return f"{row.row.mnemonic} {row.arguments}".strip()


def _conditions(alternatives: Iterable[Mapping[str, int]]) -> str:
    """Codes by the values of their fields: ``rd = 0 and imm = 0, or rd = 2``."""
    terms = (" and ".join(f"{name} = {value}" for name, value in fields.items()) for fields in alternatives)
    return ", or ".join(terms)


def _present(extension: str) -> str:
    """Names of the configurations that have an extension."""
    if extension in BASE_EXTENSIONS:
        return "all configurations"
    names = ", ".join(name for name, config in CONFIGS.items() if config.has(extension))
    return names or f"none by default; add `+{extension}` to a configuration's name"


def _banks() -> list[tuple[Csr, Csr]]:
    """First and last register of each bank, and each register that is in none."""
    groups = [list(group) for _, group in groupby(CSRS, key=lambda csr: csr.group)]
    return [(group[0], group[-1]) for group in groups]


def render() -> str:
    """The text of docs/isa.md."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": _cell,
        "assembly": _assembly,
        "pseudocode": pseudocode,
        "expansion": _expansion,
        "conditions": _conditions,
        "present": _present,
    }
    rows = {name: [i for i in INSTRUCTIONS if i.extension == name] for name in EXTENSIONS}
    return environment.get_template(TEMPLATE).render(
        extensions=EXTENSIONS,
        rows=rows,
        compressed=COMPRESSED,
        banks=_banks(),
        cycles=CYCLE_FIGURES,
        total=len(INSTRUCTIONS),
        groups=GROUPS,
    )
