"""Controls of an instruction, from the decoder to the other stages."""

from amaranth.lib import data

from hw.config import CoreConfig
from hw.core.control_fields import (
    AluOperation,
    ComplexOperation,
    CsrOperation,
    FunctionalUnit,
    Immediate,
    Jump,
    Lanes,
    LoopWrites,
    MultiplierOperation,
    OperandA,
    OperandB,
    OperandC,
    System,
)


def execute_controls(config: CoreConfig) -> data.StructLayout:
    """Controls that travel with an instruction into EX."""
    return data.StructLayout(
        {
            "unit": FunctionalUnit,
            "lanes": Lanes,
            "alu": AluOperation,
            "multiplier": MultiplierOperation,
            "a_signed": 1,
            "b_signed": 1,
            "high_halves": 1,
            "rounds": 1,
            "wants_remainder": 1,
            "csr": CsrOperation,
            "branch": 1,
            "memory": 1,
            "store": 1,
            "size": 2,  # log2 of the bytes
            "load_signed": 1,
            "post_increment": 1,
            "write_rd": 1,  # with the result of EX, or with load data if memory is set
            # Fields of their own: the enumerations of controls are in the Verilog of every configuration.
            **({"reverses": 1} if config.has("xcvbitrev") else {}),  # groups of bits, after the shift
            **({"complex": ComplexOperation} if config.has("xcvcplx") else {}),
            **({"event": 1} if config.has("xcvelw") else {}),  # an event load, which nothing follows into ID
            **{
                name: shape
                for unit in config.units
                for name, shape in ((unit.name, 1), (f"{unit.name}_operation", unit.operation))
            },
        }
    )


def decode_controls(config: CoreConfig) -> data.StructLayout:
    """Everything that the decoder makes of an instruction word."""
    loops = {
        "loop": LoopWrites,
        "loop_immediate": 1,  # end is pc-relative, count is bits 31:20
        "loop_short_end": 1,  # the end offset is bits 19:15
    }
    return data.StructLayout(
        {
            "execute": execute_controls(config),
            "legal": 1,
            "system": System,
            "jump": Jump,
            "operand_a": OperandA,
            "operand_b": OperandB,
            "operand_c": OperandC,
            "immediate": Immediate,
            "replicate": 1,  # lane 0 of operand b in every lane
            "amount_from_rs2": 1,
            "reads_rs1": 1,
            "reads_rs2": 1,
            "reads_rd": 1,
            "flushes": 1,
            **({"sign_extends": 1} if config.has("xcvbi") else {}),  # the immediate SHAMT
            **(loops if config.has("xcvhwlp") else {}),
        }
    )
