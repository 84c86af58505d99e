"""Some mutated model files; ``make fuzz-models`` tries 10,000."""

from pathlib import Path

from tests.compiler.fuzz_models import outcome


def test_mutated_files_become_networks_or_messages(tmp_path: Path, seed: int):
    found = [outcome(seed, number, tmp_path) for number in range(400)]
    assert {"network", "refused"} == set(found)
