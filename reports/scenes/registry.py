"""Registry of scenes, and the files that they are kept in."""

import json
from pathlib import Path

from common.files import write_atomically
from common.results import RESULTS
from reports.scenes import cluster_blocks, core_blocks
from reports.waveform import wave_json

WAVES = RESULTS.parent / "docs" / "waves"

#: Scenes by the names of their files and of the directive that shows them.
SCENES = {
    scene.__name__: scene
    for scene in (
        *(core_blocks.core, core_blocks.fetch, core_blocks.lsu, core_blocks.unit, core_blocks.xdecmac),
        *(cluster_blocks.interconnect, cluster_blocks.dma_first),
        *(cluster_blocks.event_unit, cluster_blocks.events, cluster_blocks.dma),
    )
}


def path_of(name: str) -> Path:
    """The WaveJSON of a scene in docs/waves, from which the site draws it."""
    return WAVES / f"{name}.json"


def rendered(name: str) -> str:
    """The text of that file, from the RTL."""
    return json.dumps(wave_json(SCENES[name]()), indent=1) + "\n"


def write_all() -> None:
    """Bring all of them up to date."""
    for name in SCENES:
        write_atomically(path_of(name), rendered(name))
