"""Folders of networks: written whole, refused where others' files lie, the same bytes each time."""

from pathlib import Path

import numpy as np
import pytest

from common.errors import UserError
from compiler.compile import compile_graph
from compiler.folder.content import RECORD, folder_content
from compiler.folder.read import NetworkFolder, read_folder
from compiler.folder.record import NetworkRecord
from compiler.folder.write import check_folder, write_folder
from compiler.network import Network
from compiler.report.files import REPORTS


def test_the_same_network_gives_the_same_bytes(network: Network):
    again = compile_graph(network.graph, network.cluster)
    assert folder_content(again) == folder_content(network)


def test_everything_that_was_written_is_in_the_record(folder: NetworkFolder):
    found = {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*") if path.is_file()}
    assert found == {RECORD, *REPORTS, *folder.record.files}
    assert folder.changed == []
    (folder.path / "README.md").write_text("mine")
    (folder.path / "link.ld").unlink()
    assert folder.changed == ["README.md", "link.ld"]


def test_the_record_is_read_back(folder: NetworkFolder, network: Network):
    record = folder.record
    assert NetworkRecord.from_json(record.to_json()) == record
    assert record.cluster == network.cluster
    assert [step.kernel_title for step in record.steps] == [str(s.way.kernel) for s in network.steps]
    assert record.steps[0].choices == network.steps[0].choices


def test_golden_is_read_back(folder: NetworkFolder, network: Network, inputs: np.ndarray):
    pairs = zip(folder.golden.outputs(inputs), network.golden(inputs), strict=True)
    assert all(np.array_equal(found, expected) for found, expected in pairs)


def test_golden_of_another_release(folder: NetworkFolder):
    for content in (b"PK", b"text"):
        (folder.path / "golden.npz").write_bytes(content)
        with pytest.raises(
            UserError, match=r"golden\.npz \(File is not a zip file\); compile the network again"
        ):
            _ = folder.golden


def test_an_earlier_folder_is_replaced(folder: NetworkFolder, network: Network):
    (folder.path / "link.ld").write_text("")
    write_folder(folder.path, folder_content(network))
    assert read_folder(folder.path).changed == []
    assert sorted(path.name for path in folder.path.parent.iterdir()) == ["network"]


def test_folders_that_are_refused(folder: NetworkFolder, network: Network, tmp_path: Path):
    (tmp_path / "file").write_text("")
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "thesis.tex").write_text("")
    (folder.path / "main.c").write_text("")
    cases = {
        tmp_path / "file": "is no folder",
        tmp_path / "others": "holds files but no network",
        folder.path: r"holds main\.c, which compile did not write",
        tmp_path / "missing" / "deep": "cannot write .*: No such file",
        tmp_path / "file" / "deep": "cannot write .*: Not a directory",
    }
    for path, message in cases.items():
        with pytest.raises(UserError, match=message):
            write_folder(path, folder_content(network))
    assert (tmp_path / "others" / "thesis.tex").exists()
    (tmp_path / "empty").mkdir()
    check_folder(tmp_path / "empty")


def test_nothing_is_half_written(network: Network, tmp_path: Path):
    files = {**folder_content(network), "README.md/file": b""}
    with pytest.raises(UserError, match="cannot write"):
        write_folder(tmp_path / "network", files)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is damaged"), ("[]", "is damaged"), ('{"format": "xdecimate network 0"}', "its form is")],
)
def test_records_that_are_refused(folder: NetworkFolder, text: str, message: str):
    (folder.path / RECORD).write_text(text)
    with pytest.raises(UserError, match=rf"network\.json: .*{message}.*compile the network again"):
        read_folder(folder.path)


def test_a_folder_without_a_network(tmp_path: Path):
    with pytest.raises(UserError, match=r"holds no network.*xdecimate compile"):
        read_folder(tmp_path)
