"""Libraries to map to: the embedded one, a Liberty file, or a PDK where its tools install it."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from common.errors import UserError
from synth.cells import embedded
from synth.library import Library, read_library

_SCAN = "scan flip-flops and their clock gates: test insertion puts them in"
_TRISTATE = "drives a shared wire, which the core has none of"
_DELAY = "delay cell, to repair hold times after placement"
_CLOCK = "for clock trees: balanced edges, larger than the plain gate"

#: By a library's name or its beginning: cells that are not mapped to, and why not.
DONT_USE: dict[str, dict[str, str]] = {
    "sky130_fd_sc_hd": {
        "sky130_fd_sc_hd__lpflow_*": "isolates or shifts levels between power domains",
        "sky130_fd_sc_hd__probe*": "for probing a die, metal up to the top layer",
        "sky130_fd_sc_hd__macro_sparecell": "spare gates for late repairs",
        "sky130_fd_sc_hd__clk*": _CLOCK,
        "sky130_fd_sc_hd__dly*": _DELAY,
        "sky130_fd_sc_hd__ebufn_*": _TRISTATE,
        "sky130_fd_sc_hd__einv*": _TRISTATE,
        "sky130_fd_sc_hd__sd*": _SCAN,
        "sky130_fd_sc_hd__sedf*": _SCAN,
    },
    "sg13g2_stdcell": {
        "sg13g2_dlygate*": _DELAY,
        "sg13g2_ebufn_*": _TRISTATE,
        "sg13g2_einvn_*": _TRISTATE,
        "sg13g2_lgcp_*": "clock gate: the flow inserts none",
        "sg13g2_slgcp_*": _SCAN,
        "sg13g2_sdf*": _SCAN,
        "sg13g2_sighold": "keeps a shared wire, which the core has none of",
    },
    "osu0": {
        "CLKBUF*": _CLOCK,
        "TBUF*": _TRISTATE,
        "PAD*": "pad",
    },
}

#: The same for a mapping to a period.
DONT_USE_WITH_A_PERIOD: dict[str, dict[str, str]] = {
    "sky130_fd_sc_hd": {
        "sky130_fd_sc_hd__edf*": "ABC sees one load for a register's enable pins, and buffers no net to them",
    },
}


@dataclass(frozen=True)
class Pdk:
    """Paths of a PDK's standard cells below ``root`` or $PDK_ROOT.

    Parameters
    ----------
    typical, worst : str
        Patterns of the Liberty files of the typical corner and of the slow one for sign-off; the typical one
        serves where a copy has no other.
    root : str
        A fixed place; empty: $PDK_ROOT, as OpenLane and ciel lay it out.
    package : str
        Debian's package, where there is one.
    """

    typical: str
    worst: str
    root: str = ""
    package: str = ""


def _osu(name: str) -> Pdk:
    file = f"{name}/{name}_stdcells.lib"
    return Pdk(file, file, "/usr/share/qflow/tech", f"qflow-tech-{name}")


PDKS = {
    "sky130A": Pdk(
        "sky130A/libs.ref/sky130_fd_sc_hd/lib/sky130_fd_sc_hd__tt_025C_1v80.lib",
        "sky130A/libs.ref/sky130_fd_sc_hd/lib/sky130_fd_sc_hd__ss_100C_1v60.lib",
    ),
    "ihp-sg13g2": Pdk(
        "ihp-sg13g2/libs.ref/sg13g2_stdcell/lib/sg13g2_stdcell_typ_1p20V_25C.lib",
        "ihp-sg13g2/libs.ref/sg13g2_stdcell/lib/sg13g2_stdcell_slow_1p08V_125C.lib",
    ),
    "osu018": _osu("osu018"),
    "osu035": _osu("osu035"),
}


def liberty_file(path: Path) -> Library:
    """The library in a Liberty file.

    Raises ``UserError`` when it cannot be read, is not Liberty or cut off, or lacks a flip-flop or a NAND2.
    """
    try:
        text = path.read_text()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; give a Liberty file (.lib)") from error
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path} is not a text file, so it is not a Liberty file; unpack it if it is compressed"
        ) from error
    return read_library(text, str(path), DONT_USE)


def pdk_library(name: str, *, worst: bool = False) -> Library:
    """The standard cells of a PDK at its typical corner, or at the slow one if it is there.

    Raises ``UserError`` when the PDK is unknown or is not where it should be.
    """
    if name not in PDKS:
        raise UserError(f"the PDK must be one of {', '.join(PDKS)}, not {name!r}; or give a Liberty file")
    pdk = PDKS[name]
    root = pdk.root or os.environ.get("PDK_ROOT", "")
    if not root:
        raise UserError(
            f"PDK_ROOT is not set; set it to the folder that contains {name}, as ciel and OpenLane do"
        )
    path = Path(root) / pdk.worst
    if not worst or not path.exists():
        path = Path(root) / pdk.typical
    if not path.exists():
        remedy = f"apt-get install {pdk.package}" if pdk.package else "point PDK_ROOT at a complete PDK"
        raise UserError(f"{path} is missing; {remedy}, or give a Liberty file")
    source = path if pdk.root else Path("$PDK_ROOT") / path.relative_to(root)
    return replace(liberty_file(path), source=str(source))


def chosen_library(liberty: Path | None, pdk: str | None, *, timing: bool = False) -> Library:
    """The library that a command's options name; the embedded one without any.

    With ``timing`` at the slow corner if it is there, and with the cells for a mapping to a period.
    """
    if liberty and pdk:
        raise UserError("--liberty and --pdk each choose the library; give only one of them")
    library = embedded()
    if liberty:
        library = liberty_file(liberty)
    elif pdk:
        library = pdk_library(pdk, worst=timing)
    for name, patterns in DONT_USE_WITH_A_PERIOD.items():
        if timing and library.name.startswith(name):
            library = replace(library, dont_use=library.dont_use | patterns)
    return library
