"""Verilator's waivers of the generated Verilog: with them its lint is clean under ``-Wall``."""

#: Rules that the generated Verilog breaks, each with the reason.
RULES = {
    "CASEINCOMPLETE": "Amaranth assigns defaults before a case, which leaves out values that change nothing.",
    "CMPCONST": "Components of any width compare with bounds that the width of some makes certain.",
    "DECLFILENAME": "One file holds all modules.",
    "PROCASSINIT": "Registers have an initial value beside their reset, which FPGAs load.",
    "UNSIGNED": "Components of any width compare with 0.",
    "UNUSEDSIGNAL": "A structure crosses the hierarchy as one word, of which a module may use a part.",
    "WIDTHEXPAND": "Yosys leaves the extension of operands to the rules of Verilog.",
    "WIDTHTRUNC": "Yosys leaves the truncation of results to the rules of Verilog.",
}


def waivers(file: str) -> str:
    """Configuration file of Verilator (``.vlt``) for Verilog in a file of this name, in any folder."""
    lines = ["`verilator_config", f"// Generated beside {file}; read it before that file."]
    for rule, reason in RULES.items():
        lines.append(f"// {reason}")
        lines += [f'lint_off -rule {rule} -file "{place}{file}"' for place in ("", "*/")]
    return "\n".join(lines) + "\n"
