"""How a notebook becomes slides, as settings of nbconvert.

    jupyter nbconvert --config notebooks/slides.py notebooks/09_optimizers.ipynb

Wide enough for a line of code; what is too tall scrolls. SLIDES=dark makes them dark. The page fetches reveal.js, MathJax
and two helpers when it is shown; where the folder it is made in has them in node_modules, it needs no network.
"""

import os
from pathlib import Path

from nbconvert.preprocessors import Preprocessor

# reveal.js writes headings in capitals, where δ would be Δ, and shrinks code in an output twice.
STYLE = ".reveal :is(h1,h2,h3,h4){text-transform:none} .reveal .jp-RenderedHTML pre{font-size:.85em;width:100%;margin:.5em 0}"


class AsWritten(Preprocessor):
    """Puts ``STYLE`` into the page, with the title."""

    def preprocess(self, notebook, resources):
        """The notebook, its first cell with the style before it."""
        notebook.cells[0].source = f"<style>{STYLE}</style>\n\n{notebook.cells[0].source}"
        return notebook, resources


DARK = os.environ.get("SLIDES") == "dark"
LOCAL = {
    "reveal_url_prefix": "node_modules/reveal.js",
    "mathjax_url": "node_modules/mathjax/MathJax.js?config=TeX-AMS_CHTML-full,Safe",
    "require_js_url": "node_modules/requirejs/require.js",
    "jquery_url": "node_modules/jquery/dist/jquery.min.js",
}

c = get_config()  # noqa: F821  # nbconvert puts it here
c.NbConvertApp.export_format = "slides"
c.SlidesExporter.theme, c.SlidesExporter.reveal_theme = ("dark", "black") if DARK else ("light", "white")
c.SlidesExporter.reveal_width, c.SlidesExporter.reveal_height = "1400", "900"
c.SlidesExporter.reveal_scroll = True
c.SlidesExporter.preprocessors = [AsWritten]
if Path("node_modules/reveal.js").exists():
    for setting, value in LOCAL.items():
        setattr(c.SlidesExporter, setting, value)
