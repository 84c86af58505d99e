"""The place of caches: the user's choice, else build/ of the checkout, else the user's cache folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHOW = "from common.files import BUILD; print(BUILD)"


def shown(root: Path, **variables: str) -> Path:
    """The cache folder as the package below ``root`` chooses it."""
    environment = {name: value for name, value in os.environ.items() if name != "XDECIMATE_CACHE"}
    environment |= {"PYTHONPATH": str(root)} | variables
    command = [sys.executable, "-c", SHOW]
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def test_a_checkout_has_its_own():
    assert shown(ROOT) == ROOT / "build"


def test_an_installation_uses_the_users_cache_folder(tmp_path: Path):
    shutil.copytree(ROOT / "common", tmp_path / "common")
    assert shown(tmp_path, XDG_CACHE_HOME=str(tmp_path / "mine")) == tmp_path / "mine" / "xdecimate"


def test_the_variable_names_another(tmp_path: Path):
    assert shown(ROOT, XDECIMATE_CACHE=str(tmp_path)) == tmp_path
    shutil.copytree(ROOT / "common", tmp_path / "common")
    assert shown(tmp_path, XDECIMATE_CACHE=str(tmp_path / "x")) == tmp_path / "x"
