"""Line and toggle coverage of the core's Verilog, from Verilator, over the core's regression."""

import re
from collections import Counter
from collections.abc import Callable

from common.workplace import workplace
from hw.config import CoreConfig
from hw.generate import core_verilog
from sim.rtl.model import tile_model
from sim.rtl.run import run_on_model
from verif.mutation.regression import checks

#: By module and kind: points hit, and points there are.
Points = dict[str, dict[str, list[int]]]

#: A point of coverage.dat: fields between control characters, and how often it was hit.
_POINT = re.compile(r"C '(.*)' (\d+)$")
_FIELD = re.compile("\x01(\\w+)\x02([^\x01]*)")
_PAGES = {"v_line": "line", "v_branch": "line", "v_toggle": "toggle"}


def measure(config: CoreConfig, seed: int, on_job: Callable[[int, int], None]) -> Points:
    """Run the regression's programs and count what they reach.

    ``on_job`` is called with the number of programs done and of all. Returns points hit and points there are,
    of kind ``line`` and ``toggle``, by module of the core.
    """
    jobs = [job for check in checks(config, seed) for job in check.jobs]
    done = 0

    def count(*_: object) -> None:
        nonlocal done
        done += 1
        on_job(done, len(jobs))

    with workplace() as folder:
        path = folder / "coverage"
        model = tile_model(core_verilog(config), coverage=True)
        run_on_model(model, jobs, coverage=path, on_result=count, keep=False)
        return points(path.read_text())


def points(text: str) -> Points:
    """Hit points and all points of a coverage.dat, by module below the core and kind."""
    hit: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for line in text.splitlines():
        if (match := _POINT.match(line)) is None:
            continue
        fields = dict(_FIELD.findall(match[1]))
        kind = _PAGES.get(fields.get("page", "").partition("/")[0])
        module = re.search(r"\btile\.(core[\w.]*)", fields.get("h", ""))
        if kind is None or module is None:
            continue
        total[module[1], kind] += 1
        hit[module[1], kind] += int(match[2]) > 0
    modules = sorted({module for module, _ in total})
    return {
        module: {kind: [hit[module, kind], total[module, kind]] for kind in ("line", "toggle")}
        for module in modules
    }
