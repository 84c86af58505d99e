"""The module that riscv-formal looks for around a core, with one or two channels of retired instructions."""

from pathlib import Path

_TEMPLATE = Path(__file__).parent / "wrapper.sv"

#: Bits of the ports of a channel, without CSRs and faults.
_WIDTHS = {
    **dict.fromkeys(("valid", "trap", "halt", "intr"), 1),
    **dict.fromkeys(("mode", "ixl"), 2),
    **dict.fromkeys(("mem_rmask", "mem_wmask"), 4),
    **dict.fromkeys(("rs1_addr", "rs2_addr", "rd_addr"), 5),
    **dict.fromkeys(("insn", "rs1_rdata", "rs2_rdata", "rd_wdata", "pc_rdata", "pc_wdata"), 32),
    **dict.fromkeys(("mem_addr", "mem_rdata", "mem_wdata"), 32),
    "order": 64,
}
_EXTRA = {"rd2_addr": 5, "rd2_wdata": 32, "rs3_addr": 5, "rs3_rdata": 32}
#: What the lower channel shows in place of the instruction's own.
_LOWER = {
    "valid": "one_valid && one_rd2_addr != 0",
    "rd_addr": "one_rd2_addr",
    "rd_wdata": "one_rd2_wdata",
    **dict.fromkeys(("rs1_addr", "rs1_rdata", "rs2_addr", "rs2_rdata", "mem_rmask", "mem_wmask"), "'0"),
}


def wrapper(*, two_channels: bool) -> str:
    """The text of ``rvfi_wrapper``.

    With two channels, the upper is the instruction and the lower the pointer that it post-increments:
    riscv-formal, which knows one destination an instruction, would take that for a register changed by
    nothing. With XD_THIRD_SOURCE the instruction shows rs3 as its rs2, so that the register check looks at
    that.
    """
    template = _TEMPLATE.read_text()
    if not two_channels:
        return template.replace("@declarations@", "").replace("@connections@", "`RVFI_CONN")
    lines = [f"  wire [{width - 1}:0] one_{name};" for name, width in (_WIDTHS | _EXTRA).items()]
    for name, width in _WIDTHS.items():
        upper = f"one_{name}"
        if name.startswith("rs2"):
            third = f"one_{name.replace('rs2', 'rs3')}"
            lines += ["`ifdef XD_THIRD_SOURCE", _assign(name, width, third)]
            lines += ["`else", _assign(name, width, upper), "`endif"]
        else:
            lines.append(_assign(name, width, upper))
    connections = ",\n      ".join(f".rvfi_{name}(one_{name})" for name in _WIDTHS | _EXTRA)
    return template.replace("@declarations@", "\n".join(lines)).replace("@connections@", connections)


def _assign(name: str, width: int, upper: str) -> str:
    lower = _LOWER.get(name, upper).replace("'0", f"{width}'d0")
    return f"  assign rvfi_{name} = {{{upper}, {lower}}};"
