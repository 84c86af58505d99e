"""A mapped netlist as Verilog: for simulators by its cells' functions, for timing tools by their names."""

from synth.activity import recorded_bits, recorded_inputs, recorded_states
from synth.boolean_function import parse_function
from synth.netlist import Bit, Instance, Netlist


def functional_verilog(netlist: Netlist, top: str, *, recorder: bool = False) -> str:
    """The module ``top`` with a wire ``n<bit>`` for every wire of the netlist; no delays.

    With ``recorder``, a simulation writes a recording (``synth.activity``) of the cycles in which the input
    ``rst`` is low into the file that its plusarg ``+record=`` names.

    Raises ``ValueError`` for a cell whose function the library does not state, or one clocked otherwise than
    by a rising edge.
    """
    header = ", ".join(
        f"{direction} [{len(bits) - 1}:0] {name}" for name, (direction, bits) in netlist.ports.items()
    )
    wires = sorted(
        {bit for _, bits in netlist.ports.values() for bit in bits if isinstance(bit, int)}
        | {bit for instance in netlist.instances for bit in instance.pins.values()}
    )
    lines = [f"module {top} ({header});", *(f"wire {_wire(bit)};" for bit in wires)]
    for name, (direction, bits) in netlist.ports.items():
        for place, bit in enumerate(bits):
            port, wire = f"{name}[{place}]", _wire(bit)
            lines.append(f"assign {wire} = {port};" if direction == "input" else f"assign {port} = {wire};")
    for number, instance in enumerate(netlist.instances):
        lines += _cell(instance, f"s{number}")
    if recorder:
        lines.append(_recorder(netlist))
    return "\n".join([*lines, "endmodule\n"])


_RECORDER = """\
integer recording = 0;
string recorded;
initial if ($value$plusargs("record=%s", recorded)) recording = $fopen(recorded, "wb");
always @(posedge clk) if (recording != 0 && !rst) $fwrite(recording, "%u", {{{bits}}});
final if (recording != 0) $fclose(recording);"""


def _recorder(netlist: Netlist) -> str:
    states = {id(instance) for instance in recorded_states(netlist)}
    bits = [f"n{bit}" for bit in recorded_inputs(netlist)]
    bits += [f"s{number}" for number, instance in enumerate(netlist.instances) if id(instance) in states]
    bits += ["1'b0"] * (recorded_bits(netlist) - len(bits))
    return _RECORDER.format(bits=", ".join(reversed(bits)))


def structural_verilog(netlist: Netlist, top: str) -> str:
    """The module ``top`` as instances ``c<number>``, numbered as in ``netlist.instances``.

    A wire at a port is that port; where it is at several, the others stay open.
    """
    names: dict[Bit, str] = {}
    lines = [f"module {top} ({', '.join(netlist.ports)});"]
    for name, (direction, bits) in netlist.ports.items():
        lines.append(f"{direction} [{len(bits) - 1}:0] {name};" if len(bits) > 1 else f"{direction} {name};")
        for place, bit in enumerate(bits):
            if isinstance(bit, int):
                names.setdefault(bit, f"{name}[{place}]" if len(bits) > 1 else name)
    for number, instance in enumerate(netlist.instances):
        pins = {pin: names.get(bit, _wire(bit)) for pin, bit in instance.pins.items()}
        pins |= {pin: f"1'b{value}" for pin, value in instance.constants.items()}
        connections = ", ".join(f".{pin}({wire})" for pin, wire in pins.items())
        lines.append(f"{instance.cell.name} c{number} ({connections});")
    inner = sorted({bit for instance in netlist.instances for bit in instance.pins.values()} - names.keys())
    lines[1:1] = [f"wire {_wire(bit)};" for bit in inner]
    return "\n".join([*lines, "endmodule\n"])


def _wire(bit: Bit | str) -> str:
    return f"n{bit}" if isinstance(bit, int) else f"1'b{int(bit == '1')}"


def _cell(instance: Instance, state: str) -> list[str]:
    cell = instance.cell
    values = {pin: _wire(bit) for pin, bit in instance.pins.items()}
    values |= {pin: f"1'b{value}" for pin, value in instance.constants.items()}
    lines = []
    if cell.clock:
        if cell.clock not in cell.pins:
            raise ValueError(f"cell {cell.name} must be clocked by the rise of a pin, not by {cell.clock!r}")
        values |= dict(zip(cell.states, (state, f"(~{state})"), strict=False))
        update = parse_function(cell.next_state).verilog(values)
        lines += [f"reg {state};", f"always @(posedge {values[cell.clock]}) {state} <= {update};"]
    for pin in cell.outputs:
        if pin.name in instance.pins:
            function = parse_function(pin.function).verilog(values)
            lines.append(f"assign {values[pin.name]} = {function};")
    return lines
