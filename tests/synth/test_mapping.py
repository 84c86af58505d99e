"""Descriptions of a design's surroundings for mappers."""

import pytest

from synth.library import read_library
from synth.mapping import Flow

LIBRARY = """library (l) {{ time_unit : "1ns"; capacitive_load_unit ({unit});
  cell (ND) {{ area : 1; pin (A, B) {{ direction : input; }}
    pin (Y) {{ direction : output; function : "!(A B)"; }} }}
  cell (BF) {{ area : 1; pin (A) {{ direction : input; capacitance : {load}; }}
    pin (Y) {{ direction : output; function : "A"; }} }}
  cell (FF) {{ area : 5; ff (IQ, IQN) {{ clocked_on : "CK"; next_state : "D"; }}
    pin (CK, D) {{ direction : input; }} pin (Q) {{ direction : output; function : "IQ"; }} }} }}"""


@pytest.mark.parametrize(("unit", "load"), [("1, pf", "0.0025"), ("1, ff", "2.5"), ("10, ff", "0.25")])
def test_ports_are_loaded_with_four_buffers(unit: str, load: str):
    library = read_library(LIBRARY.format(unit=unit, load=load), "l.lib", {})
    flow = Flow(library, flat=True, period=5.0)
    # abc takes femtofarads and picoseconds, whatever the library's units.
    assert flow.constraints() == "set_driving_cell BF\nset_load 10\n"
    assert " -D 5000 -constr constraints" in flow.script("top")
