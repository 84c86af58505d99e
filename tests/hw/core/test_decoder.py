"""Every row of the table is reached in the decoder; ``xdecimate formal -k decoder`` proves all words."""

from typing import Any

import pytest
from amaranth.sim import Simulator

from hw.config import CONFIGS, CoreConfig
from hw.core.decoder import Decoder
from hw.instructions import INSTRUCTIONS


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_every_instruction_is_legal_where_its_extension_is(config: CoreConfig):
    decoder: Any = Decoder(config)  # its ports come at run time
    wrong = []
    #: Variants of a unit have its encodings, under another extension's name.
    own = {row.match for row in config.instruction_set.instructions}

    async def bench(ctx):
        for row in INSTRUCTIONS:
            # A row of Zicsr leaves the CSR's address open: 0x340 is mscratch.
            ctx.set(decoder.instruction, row.match | (0x340 << 20 if row.extension == "zicsr" else 0))
            if ctx.get(decoder.controls.legal) != (row.match in own):
                wrong.append(f"{row.mnemonic} {row.operands}")

    simulator = Simulator(decoder)
    simulator.add_testbench(bench)
    simulator.run()
    assert wrong == []
