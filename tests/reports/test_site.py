"""The documents as a site: every page builds, every link inside leads somewhere."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import xdecimate
from reports.documents import ROOT
from xdecimate.commands.registry import NAMES

PAGES = sorted((ROOT / "docs").rglob("*.md"))


def build(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", source, target]
    return subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    done = build(ROOT / "docs", target)
    assert done.returncode == 0, done.stderr
    return target


@pytest.mark.long
def test_every_page_is_built_without_a_warning(site: Path):
    for page in PAGES:
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).is_file()


@pytest.mark.long
def test_every_command_is_in_the_reference(site: Path):
    text = (site / "commands.html").read_text()
    assert [name for name in NAMES if f'id="{name.replace(" ", "-")}"' not in text] == []
    assert "--inner-loops" in text


@pytest.mark.long
def test_every_name_of_the_api_is_in_the_reference(site: Path):
    text = (site / "api.html").read_text()
    assert [name for name in xdecimate.__all__ if f'id="xdecimate.{name}"' not in text] == []


@pytest.mark.long
@pytest.mark.parametrize(
    "link", ["[there](nowhere.md)", "[there](page.md#nowhere)", "{py:func}`xdecimate.nothing`"]
)
def test_a_broken_link_is_an_error(tmp_path: Path, link: str):
    source = tmp_path / "docs"
    source.mkdir()
    (source / "conf.py").write_text((ROOT / "docs" / "conf.py").read_text())
    (source / "index.md").write_text("# Index\n\n```{toctree}\npage\n```\n")
    (source / "page.md").write_text(f"# Page\n\n{link}\n")
    done = build(source, tmp_path / "site")
    assert done.returncode == 1
    assert "page.md:3" in done.stderr


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=lambda path: path.name)
def test_links_to_other_sites_are_well_formed(path: Path):
    """A machine without network cannot check that they answer."""
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            assert parts.scheme == "https", target
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), target


def test_links_of_the_readme_lead_to_files():
    targets = re.findall(r"\]\(([^)\s#:]+)", (ROOT / "README.md").read_text())
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
