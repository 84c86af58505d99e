"""Pipeline registers between the stages."""

from amaranth.lib import data

from hw.config import CoreConfig
from hw.core.controls import execute_controls


def execute_stage(config: CoreConfig) -> data.StructLayout:
    """Pipeline registers between ID and EX."""
    return data.StructLayout(
        {
            "controls": execute_controls(config),
            "pc": 32,
            "a": 32,
            "b": 32,
            "c": 32,
            "amount": 5,
            "rd": 5,
            "rs1": 5,
            **({"counts": 2} if config.has("xcvhwlp") else {}),  # counted down this hardware loop
            **{f"{unit.name}_forward": 1 for unit in config.units if unit.forwarded},
        }
    )


def memory_stage(config: CoreConfig) -> data.StructLayout:
    """Pipeline registers between EX and WB, beside the load/store unit's."""
    return data.StructLayout(
        {
            "pc": 32,
            "rd": 5,
            "rs1": 5,
            "write_rd": 1,
            "post_increment": 1,
            **({"counts": 2} if config.has("xcvhwlp") else {}),
            **({"event": 1} if config.has("xcvelw") else {}),
            **{unit.name: 1 for unit in config.units if unit.accesses_memory},
        }
    )
