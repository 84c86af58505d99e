"""The project as a user installs it: sdist and wheel hold all files, and commands work from any folder."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hw.config import RV32IM
from sim.rtl.model import core_model

ROOT = Path(__file__).parents[1]
#: Files of the checkout that no command needs.
NOT_INSTALLED = ("tests/", "docs/", "examples/", "results/", ".ci/")
SUFFIXES = {".py", ".c", ".cpp", ".h", ".S", ".sv", ".vlt", ".ld", ".j2", ".jinja", ".pyi", ".typed"}


def files() -> list[str]:
    """Files of the checkout that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def sources() -> set[str]:
    """Files that an installation needs."""
    return {name for name in files() if Path(name).suffix in SUFFIXES and not name.startswith(NOT_INSTALLED)}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel made from it, of a checkout without other builds in it."""
    checkout, folder = tmp_path_factory.mktemp("checkout"), tmp_path_factory.mktemp("dist")
    for name in files():
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, checkout / name)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(checkout)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.mark.long
def test_the_distributions_hold_every_source(distributions: Path):
    [wheel] = distributions.glob("*.whl")
    [sdist] = distributions.glob("*.tar.gz")
    assert sources() <= set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert sources() <= packed


@pytest.fixture(scope="module")
def site(distributions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel is installed in."""
    [wheel] = distributions.glob("*.whl")
    folder = tmp_path_factory.mktemp("site")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(folder),
        str(wheel),
    ]
    subprocess.run(pip, check=True)
    return folder


@pytest.mark.long
def test_a_type_checker_knows_the_api_where_it_is_installed(site: Path, tmp_path: Path):
    (tmp_path / "use.py").write_text(
        "import xdecimate as xd\n"
        "reveal_type(xd.run)\n"
        "reveal_type(xd.area().overhead_percent)\n"
        "xd.verilog(rvfi='yes')\n"
        "xd.prunes\n"
    )
    settings = {"extraPaths": [str(site)], "pythonPath": sys.executable, "include": ["use.py"]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "basedpyright", "--outputjson", "--project", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)["generalDiagnostics"]
    messages = {line["range"]["start"]["line"]: line["message"] for line in found}
    assert re.search(r"layer: Weighted, inputs: .*-> Result", messages[1], re.DOTALL)
    assert "float" in messages[2]
    assert '"rvfi"' in messages[3]
    assert '"prunes"' in messages[4]


@pytest.mark.long
def test_commands_work_where_it_is_installed(site: Path, tmp_path: Path):
    cache = tmp_path / "cache"
    environment = os.environ | {"PYTHONPATH": str(site), "XDECIMATE_CACHE": str(cache)}

    def python(*arguments: object) -> str:
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    def xdecimate(*arguments: object) -> str:
        return python("-c", "from xdecimate.main import run; run()", *arguments)

    assert python("-c", "import xdecimate, hw, sim; print(xdecimate.__file__)").startswith(str(site))
    assert "module xdecimate_unit" in python("-c", "import xdecimate as xd; print(xd.verilog(top='unit'))")
    build = "from pathlib import Path\nfrom sw_kernels.build import build_c_program\n"
    build += "print(build_c_program(Path('program.c'), 'rv32im', 1 << 17))"
    (tmp_path / "program.c").write_text("int main(void) { return 0; }\n")
    program = python("-c", build).strip()
    assert program.startswith(str(cache))
    # The simulator of the checkout is the same one: it is found by its contents.
    models = cache / "models"
    models.mkdir(parents=True, exist_ok=True)
    (models / core_model(RV32IM).key).symlink_to(core_model(RV32IM).directory)
    assert "passed" in xdecimate("run", program, "--config", "rv32im")
    assert "passed" in xdecimate("run", program, "--config", "rv32im", "--model", "iss")
    assert "module xdecimate_unit" in xdecimate("verilog", "unit")
    assert "csr.registers proved" in xdecimate("formal", "-k", "csr.registers")
    assert xdecimate("--version").startswith("xdecimate ")
    assert str(cache) in xdecimate("cache", "--size", "--clear")
    assert list(cache.iterdir()) == []
