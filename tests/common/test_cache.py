"""The content cache: made once, whole or not at all, whoever asks and whenever a process is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.cache import clear, kept, kept_json, key, known, known_json
from common.errors import UserError

ROOT = Path(__file__).parents[2]
#: Makes an entry of three files, each in three writes, and prints what is in it. The process kills itself at
#: the step whose number it is given: before a call that touches a file, or between two writes. Then it prints
#: the steps it took and the number of the one that renamed the entry.
MAKER = """
import os, signal, sys
from pathlib import Path
from common.cache import kept

fatal, steps = int(sys.argv[1]), []

def make(folder):
    for name in "abc":
        with (folder / name).open("w") as file:
            for part in range(3):
                file.write(f"{name}{part} ")
                file.flush()
                sys.audit("test.written")

def count(event, arguments):
    if event.startswith(("test.", "os.", "open", "fcntl.", "shutil.")):
        steps.append(event)
        if len(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
entry = kept("things", ["one"], make)
taken = len(steps), steps.index("os.rename") + 1 if "os.rename" in steps else 0
print({path.name: path.read_text() for path in sorted(entry.iterdir())})
print(*taken)
"""
WHOLE = "{'a': 'a0 a1 a2 ', 'b': 'b0 b1 b2 ', 'c': 'c0 c1 c2 '}"
#: Says that it asks and that it makes, and makes when it may.
WAITER = """
import sys, time
from pathlib import Path
from common.cache import kept

folder, name = Path(sys.argv[1]), sys.argv[2]

def make(place):
    (folder / f"{name} makes").touch()
    while not (folder / "go").exists():
        time.sleep(0.01)
    (place / "content").write_text(name)

(folder / f"{name} asks").touch()
print((kept("things", ["one"], make) / "content").read_text())
"""


def start(build: Path, script: str, *arguments: object) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDECIMATE_CACHE": str(build)}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def run(build: Path, script: str, *arguments: object) -> tuple[int, list[str]]:
    process = start(build, script, *arguments)
    output, _ = process.communicate(timeout=60)
    return process.returncode, output.splitlines()


def wait_for(path: Path) -> None:
    end = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < end, path
        time.sleep(0.01)


def test_a_key_tells_where_one_ingredient_ends():
    assert key(["ab", "c"]) == key([b"ab", "c"])
    assert len({key(parts) for parts in (["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], [])}) == 5


def test_an_entry_is_made_once_for_the_same_ingredients(empty_cache: Path):
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("content")

    assert known("things", ["one"]) is None
    entry = kept("things", ["one"], make)
    assert (entry / "file").read_text() == "content"
    assert kept("things", iter(["one"]), make) == known("things", ["one"]) == entry
    assert entry.parent == empty_cache / "things"
    assert len(made) == 1
    assert kept("things", ["two"], make) != entry
    assert kept("others", ["one"], make) != entry
    assert len(made) == 3
    assert list((empty_cache / "work").iterdir()) == []


def test_values_are_what_json_gives_back(empty_cache: Path):
    assert known_json("values", ["v"]) is None
    assert kept_json("values", ["v"], lambda: {"pair": (1, 2)}) == {"pair": [1, 2]}
    assert kept_json("values", ["v"], lambda: "not asked") == known_json("values", ["v"]) == {"pair": [1, 2]}


def test_a_failing_make_leaves_nothing(empty_cache: Path):
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            kept("things", ["one"], fail)
        assert [path for path in empty_cache.rglob("*") if path.name != "work"] == []


def test_a_folder_that_cannot_be_written(empty_cache: Path):
    empty_cache.write_text("a file where the folder should be")
    with pytest.raises(
        UserError, match=r"cannot write .*/build.*; make the cache folder writable, or set XD"
    ):
        kept("things", ["one"], lambda folder: None)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's device that is always full")
def test_a_full_disk(empty_cache: Path):
    with pytest.raises(UserError, match=r"cannot write .*No space left on device"):
        kept("things", ["one"], lambda folder: Path("/dev/full").write_text("x"))


def test_of_two_processes_one_makes_and_one_waits(empty_cache: Path, tmp_path: Path):
    first = start(empty_cache, WAITER, tmp_path, "first")
    wait_for(tmp_path / "first makes")
    second = start(empty_cache, WAITER, tmp_path, "second")
    wait_for(tmp_path / "second asks")
    time.sleep(0.2)
    (tmp_path / "go").touch()
    assert [process.communicate(timeout=60)[0] for process in (first, second)] == ["first\n"] * 2
    assert not (tmp_path / "second makes").exists()


def test_the_one_that_waits_makes_it_when_the_other_is_killed(empty_cache: Path, tmp_path: Path):
    first = start(empty_cache, WAITER, tmp_path, "first")
    wait_for(tmp_path / "first makes")
    second = start(empty_cache, WAITER, tmp_path, "second")
    wait_for(tmp_path / "second asks")
    first.kill()
    wait_for(tmp_path / "second makes")
    (tmp_path / "go").touch()
    assert second.communicate(timeout=60)[0] == "second\n"
    assert first.wait() == -signal.SIGKILL
    assert list((empty_cache / "work").iterdir()) == []


@pytest.mark.long
def test_killed_at_any_moment_it_leaves_all_or_nothing(tmp_path: Path):
    status, (content, taken) = run(tmp_path / "undisturbed", MAKER, 0)
    steps, renamed = map(int, taken.split())
    assert (status, content) == (0, WHOLE)
    spread = {1 + round(number * (steps - 1) / 19) for number in range(20)}
    assert len(spread) == 20
    for moment in sorted(spread | {renamed, renamed + 1}):
        build = tmp_path / f"killed-{moment}"
        assert run(build, MAKER, moment) == (-signal.SIGKILL, [])
        entries = list((build / "things").glob("*"))
        assert bool(entries) == (moment > renamed), moment
        status, (content, _) = run(build, MAKER, 0)
        assert (status, content) == (0, WHOLE), moment
        # The first workplace of any process sweeps, the same entry's or another's.
        assert run(build, "from common.workplace import workplace\nwith workplace(): pass") == (0, [])
        assert list((build / "work").iterdir()) == [], moment


def test_clear_leaves_the_files_of_others(empty_cache: Path):
    kept("things", ["one"], lambda folder: (folder / "file").touch())
    for name in ("zig/main.zig", "photos/" + "0" * 31 + "/x.png", "core.v"):
        (empty_cache / name).parent.mkdir(parents=True, exist_ok=True)
        (empty_cache / name).write_text("mine")
    assert clear() == (1, 0)
    assert sorted(path.name for path in empty_cache.iterdir()) == ["core.v", "photos", "zig"]


def test_clear_leaves_what_is_being_made(empty_cache: Path, tmp_path: Path):
    assert clear() == (0, 0)
    kept("things", ["other"], lambda folder: (folder / "file").touch())
    process = start(empty_cache, WAITER, tmp_path, "first")
    wait_for(tmp_path / "first makes")
    assert clear() == (1, 1)
    assert known("things", ["other"]) is None
    (tmp_path / "go").touch()
    assert process.communicate(timeout=60)[0] == "first\n"
    assert known("things", ["one"])
    assert clear() == (1, 0)
    assert list(empty_cache.iterdir()) == []
