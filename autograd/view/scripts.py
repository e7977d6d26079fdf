"""The program and the style of a page, made of the files in ``assets/``.

The program is written as JavaScript modules: small files that ``import`` names from one another, which node can test
one by one. A page that is opened from a file may not load modules, so its program is all of them in one: each after
those that it imports from, without its ``import`` lines, the word ``export`` and the comments: a fifth of a page's
bytes, for readers of the modules. That is why no two modules of a page define the same name, and why a name is
imported as it is (no ``as``, no default).

In the order in which to read them, each line on those above it:

    numbers text arrays camera xp erfc rounding               values as text, lists, views, number systems: no DOM
    engine tape optimizer                                     a graph, computed forward and backward; its parameters moved: no DOM
    dom theme frame controls stage transport saving           elements, light or dark, a notebook's frame, tools; what zooms, plays, is saved
    phrase wording pass events mistakes                       a trace, and other passes through the same graph: no DOM
    rerun changes descent trace                               … with other numbers: no DOM
    part_map levels flow                                      which map of the graph is shown, and what goes along it: no DOM
    steps sentences prediction notes link                     all that can be said of it: no DOM
    linking leaf_editor boxes arrows graph_keys graph         a graph, painted moment by moment, its numbers changed
    markers minimap                                           what of it is not on the stage
    curve descent_controls                                    gradient descent
    card table contributions predicting timeline talk keys    what stands around it
    handout sharing layout                                    … and takes it elsewhere
    reactions player, player_page player_widget               the player and its two homes

``nn/assets`` builds its pages on the first three lines, and its curves on the scale of ``curve``. The playground alone
has the player in it, too, and may be larger for that: a network that was made in the page has a graph that only the page
can build.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.view.palette import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["ASSETS", "join_modules", "join_styles", "modules_of"]

ASSETS = Path(__file__).parent / "assets"
IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:class|const|function) )", re.MULTILINE)
FUNCTION = re.compile(r"^export function (\w+)\(.*?^\}\n+", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"\w+")
RULE = re.compile(r"\{[^{}]*\}")
INDENT = re.compile(r"^(?:  )+", re.MULTILINE)
COMMENT = re.compile(
    r"^ *(?://.*|/\*(?:[^*]|\*(?!/))*\*/)\n| +(?:// .*|/\*.*\*/)$", re.MULTILINE
)  # on lines of its own, behind code


def modules_of(*entries: Path) -> list[Path]:
    """The files of a program: the modules named, and all that they import, each after those that it imports from.

    Raises ImportError for modules that import each other in a circle, OSError for one that does not exist.

    >>> [path.name for path in modules_of(ASSETS / "prediction.js")]
    ['numbers.js', 'phrase.js', 'wording.js', 'prediction.js']
    """
    found: dict[Path, None] = {}
    for entry in entries:
        _visit(entry.resolve(), (), found)
    return list(found)


def _visit(module: Path, importers: tuple[Path, ...], found: dict[Path, None]) -> None:
    if module in importers:
        raise ImportError(f"JavaScript modules import each other: {' → '.join(p.name for p in (*importers, module))}")
    if module in found:
        return
    for _, name in IMPORT.findall(module.read_text(encoding="utf-8")):
        _visit((module.parent / name).resolve(), (*importers, module), found)
    found[module] = None


@cache  # a notebook has many pages of a kind
def join_modules(*entries: Path) -> str:
    """These modules, and all that they import, as one script.

    >>> print(join_modules(ASSETS / "arrays.js")[:33])
    "use strict";
    function range(n) {
    """
    entered = {path.resolve() for path in entries}
    sources = {path: COMMENT.sub("", path.read_text(encoding="utf-8")) for path in modules_of(*entries)}
    imported = {
        name for source in sources.values() for names, _ in IMPORT.findall(source) for name in NAME.findall(names)
    }
    needed = (source if path in entered else _needed(source, imported) for path, source in sources.items())
    bare = "\n".join(EXPORT.sub("", IMPORT.sub("", source)) for source in needed)
    return _compact('"use strict";\n' + bare)


def _needed(source: str, imported: Collection[str]) -> str:
    """A module without the functions that it only exports, and that nobody imports."""

    def kept(function: re.Match[str]) -> str:
        text, name = function.group(0, 1)
        return text if name in imported or name in NAME.findall(source.replace(text, "")) else ""

    return FUNCTION.sub(kept, source)


def _compact(source: str) -> str:
    """The same, indented by tabs and without empty lines: a page is smaller so, and can still be read."""
    return INDENT.sub(lambda spaces: "\t" * (len(spaces[0]) // 2), re.sub(r"\n{2,}", "\n", source))


def join_styles(*styles: Path, around: Sequence[Path] = ()) -> str:
    """Style sheets, after those of the controls and the colours of ``palette`` as variables, light and dark.

    They are for what is inside of the class ``cg``: a page, or a live widget, around which JupyterLab keeps its own.

    around: those of a page in which the player stands: they do not reach into it
    """
    colours = "".join(f"--{name}:light-dark({LIGHT[name]},{DARK[name]});" for name in LIGHT)
    themes = "".join(f".cg[data-theme={theme}]{{color-scheme:{theme}}}" for theme in ("light", "dark"))
    sheets = "\n".join(path.read_text(encoding="utf-8") for path in (ASSETS / "controls.css", *styles))
    if around:
        outer = "\n".join(path.read_text(encoding="utf-8") for path in around)
        sheets += f"\n@scope (.cg) to (.cg-player) {{\n{outer}\n}}"
    rules = RULE.sub(lambda rule: re.sub(r"\s+", " ", rule[0]), _compact(COMMENT.sub("", sheets)))
    rules = re.sub(r",\n\t*", ", ", rules)  # a rule is on a line
    return f".cg{{{colours}color-scheme:light dark}}{themes}\n{rules}"
