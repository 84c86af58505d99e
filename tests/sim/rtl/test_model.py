"""Models: built once, found again, and a failing build tells why."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.rtl.cocotb_runner import MAKE_VARIABLES
from sim.rtl.errors import SimulationError
from sim.rtl.model import build_model

WIRE = "module wire_through (input i, output o); assign o = i; endmodule\n"


#: Makes the file behind -o, in the place of compiler and linker: the runtime's objects take them 10 s.
STAND_IN = """\
#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then : > "$2"; chmod +x "$2"; fi
  shift
done
"""


def test_a_model_is_built_once_even_by_two_at_a_time(
    empty_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tool = tmp_path / "stand_in"
    tool.write_text(STAND_IN)
    tool.chmod(0o755)
    for variable in ("CXX", "LINK"):
        monkeypatch.setitem(MAKE_VARIABLES, variable, str(tool))
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: build_model(WIRE, "wire_through"), range(2))
    assert first == second
    made = first.executable.stat().st_mtime_ns
    assert build_model(WIRE, "wire_through").executable.stat().st_mtime_ns == made
    assert list((empty_cache / "models").iterdir()) == [first.directory]
    [_runtime] = (empty_cache / "runtime").iterdir()
    # A second model finds the runtime's objects, and is another one.
    other = build_model(WIRE.replace("assign o = i", "assign o = ~i"), "wire_through")
    assert other.directory != first.directory
    assert "-o verilated.o" in (first.directory / "build.log").read_text()
    assert "-o verilated.o" not in (other.directory / "build.log").read_text()


def test_verilog_that_does_not_build(empty_cache: Path):
    message = r"cannot build the simulator of broken:\n.*definition of variable"
    with pytest.raises(SimulationError, match=message):
        build_model("module broken (output o); assign o = nothing; endmodule", "broken")
    assert not (empty_cache / "models").exists()
    assert list((empty_cache / "work").iterdir()) == []
