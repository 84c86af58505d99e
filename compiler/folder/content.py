"""All files of a compiled network, by their paths in its folder."""

import hashlib

from compiler.emit import Emission
from compiler.folder import texts
from compiler.folder.golden_file import golden_file
from compiler.folder.record import network_record
from compiler.folder.sources import network_sources
from compiler.network import Network
from compiler.report.figures import figures
from compiler.report.files import report_files
from sw_kernels.build import CLUSTER_STACK_SIZE
from sw_kernels.header import link_script

RECORD, GOLDEN = "network.json", "golden.npz"


def folder_content(network: Network) -> dict[str, bytes]:
    """Content of each file; the same network gives the same bytes."""
    emission, cluster = Emission(network=network), network.cluster
    record = network_record(emission, {})
    script = link_script(cluster.l1_bytes, cores=cluster.cores, stack_size=CLUSTER_STACK_SIZE)
    files = {
        **network_sources(network),
        **{f"weights/{symbol}.bin": content for symbol, content in emission.constants.items()},
        f"src/{network.name}.c": emission.table.encode(),
        f"src/{network.name}.S": emission.data.encode(),
        f"{network.name}.h": texts.header(record).encode(),
        "flags.txt": texts.flags(record).encode(),
        "link.ld": script.encode(),
        "memory_map.txt": texts.memory_map(record).encode(),
        "README.md": texts.readme(record).encode(),
        GOLDEN: golden_file(network),
    }
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    text = network_record(emission, hashes).to_json()
    return {**files, RECORD: text.encode(), **report_files(figures(record))}
