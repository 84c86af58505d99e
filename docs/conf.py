"""Sphinx's settings: the pages of docs as a site, by ``make docs``."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

import wavedrom
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).parents[1]))

import xdecimate
from xdecimate.commands import reference

project = "xdecimate"
author = "the xdecimate contributors"
release = version = installed_version("xdecimate")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]

html_theme = "furo"
html_title = f"xdecimate {release}"
html_show_copyright = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["site.css"]

#: Links to headings as GitHub names them.
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

#: Public objects only, in the order of ``__all__``.
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "description"
napoleon_google_docstring = False

#: A reference that leads nowhere is an error. NumPy's and Python's own pages need the network, and docstrings
#: give types in words ("ndarray, shape (K, ...), int8").
nitpicky = True
nitpick_ignore_regex = [("py:(class|exc|obj)", r"(?!xdecimate\b).*")]

#: Pygments knows neither a console with options in brackets nor the assembly of the extension.
highlight_language = "none"


def _fill(app: Sphinx, document: str, source: list[str]) -> None:
    """Put the command line's reference into its page, so that the page cannot drift."""
    if document == "commands":
        source[0] = source[0].replace("<!-- commands -->\n", reference.render())


def _list(app: Sphinx, what: str, name: str, owner: object, options: object, lines: list[str]) -> None:
    """Put a table of the API's names, with a line about each, under the docstring of the package."""
    if what == "module":
        lines += ["", ".. autosummary::", "", *(f"   {public}" for public in xdecimate.__all__), ""]


class Wave(SphinxDirective):
    """The waveform docs/waves/NAME.json, drawn without a browser or the network."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        source = Path(self.env.srcdir) / "waves" / f"{name}.json"
        self.env.note_dependency(str(source))
        target = Path(self.env.app.outdir) / "_images" / f"wave_{name}.svg"
        target.parent.mkdir(parents=True, exist_ok=True)
        wavedrom.render(source.read_text()).saveas(target)
        image = f'<img class="wave" src="_images/{target.name}" alt="Waveform of {name}">'
        return [nodes.raw("", f"<p>{image}</p>", format="html")]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_directive("wave", Wave)
    app.connect("source-read", _fill)
    app.connect("autodoc-process-docstring", _list)
