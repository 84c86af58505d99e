"""The embedded cell library."""

from itertools import product

from synth.cells import AREAS, CELLS, liberty

GATES = {"NAND": lambda bits: not all(bits), "NOR": lambda bits: not any(bits), "AND": all, "OR": any}


def evaluate(function: str, values: dict[str, bool]) -> bool:
    """A Liberty function of these inputs."""
    return bool(
        eval(
            function.replace("!", " not ").replace("&", " and ").replace("|", " or ").replace("^", "!="),
            values,
        )
    )


def test_nand2_is_the_unit():
    assert AREAS["NAND2"] == 1.0


def test_names_are_unique_and_all_are_in_the_liberty_text():
    assert len({cell.name for cell in CELLS}) == len(CELLS)
    text = liberty()
    assert all(f"cell ({name})" in text for name in AREAS)
    assert text.count("{") == text.count("}")


def test_functions_are_what_the_names_say():
    for cell in CELLS:
        for values in product((False, True), repeat=len(cell.inputs)):
            named = dict(zip(cell.inputs, values, strict=True))
            result = evaluate(cell.function, dict(named))
            family, size = cell.name.rstrip("0123456789"), cell.name[len(cell.name.rstrip("0123456789")) :]
            if family in GATES:
                assert len(values) == int(size)
                assert result == GATES[family](values), cell
            elif family in ("XOR", "XNOR"):
                assert result == ((sum(values) % 2 == 1) == (family == "XOR")), cell
            elif family == "MUX":
                assert result == (named["B"] if named["S"] else named["A"])
            elif family in ("AOI", "OAI"):
                inner, outer = (all, any) if family == "AOI" else (any, all)
                groups, rest = [], list(values)
                for length in map(int, size):
                    groups.append(inner(rest[:length]))
                    rest = rest[length:]
                assert not rest
                assert result == (not outer(groups)), cell
            else:
                assert result == (values[0] != (family == "INV"))
