"""Text for pictures: numbers rounded to be read, labels that can only be seen.

A label is data. It reaches a picture as visible characters: what would break a
line, turn the writing direction or end a file format is spelled out instead.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape
from typing import Any

__all__ = ["LABEL_CELLS", "SCRIPT", "cells", "number", "scripts", "shorten", "signed", "spoken", "visible", "xml"]

LABEL_CELLS = 26  # "layers[0].neurons[2].w[1]" fits
_UNSEEN = frozenset(
    ("Cc", "Cf", "Cs", "Zl", "Zp")
)  # control, format (bidi marks), surrogate, line and paragraph separator
_JOINERS = "\u200c\u200d"  # Persian words and composed emoji need them, and they move nothing
_SCRIPTS = re.compile("([₀-₉]+(?:‚[₀-₉]+)*)|([⁰¹²³⁴-⁹⁻⁽⁾]+)")  # what stands below or above a letter
_LEVEL = str.maketrans("₀₁₂₃₄₅₆₇₈₉‚⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾", "0123456789,0123456789−()")
SCRIPT = 0.75  # how large it is beside the letter; a font's own ¹ and ₁ are too small to read
_COUNTED = re.compile(r"\b(layer|neuron)s\[(\d+)\]")
_NOT_XML = "\ufffe\uffff"


def number(x: Any) -> str:
    """A number as it is drawn: four significant digits, nan and ±inf as words.

    >>> number(-0.123456), number(1e-9), number(float("-inf"))
    ('−0.1235', '1e−09', '−inf')
    """
    return signed(x).removeprefix("+")


def signed(x: Any) -> str:
    """A gradient as it is drawn, with its sign, also a plus; zero and nan have none.

    >>> signed(0.5), signed(-2.0), signed(0.0), signed(float("nan"))
    ('+0.5', '−2', '0', 'nan')
    """
    try:
        text = format(float(x), "+.4g")
    except (TypeError, ValueError, OverflowError):  # someone put text into .data: a picture still shows it
        return shorten(repr(x))
    if text[1:] in ("0", "nan"):
        return text[1:]
    return text.replace("-", "−")


def spoken(path: str) -> str:
    """The path of a network's part as one says it: layers and neurons are counted from 1, as in h₁⁽¹⁾.

    >>> spoken("layers[0]"), spoken("encoder.layers[0].neurons[2]")
    ('layer 1', 'encoder.layer 1.neuron 3')
    """
    return _COUNTED.sub(lambda found: f"{found[1]} {int(found[2]) + 1}", path)


def visible(text: object) -> str:
    r"""The text with every character spelled out that would act instead of being seen.

    >>> visible("two\nlines"), visible("abc\u202edef"), visible("\x00")
    ('two↵lines', 'abc[U+202E]def', '[U+0000]')
    """
    written = str(text)
    return written if written.isprintable() else "".join(map(_seen, written))


def _seen(character: str) -> str:
    if character == "\n":
        return "↵"
    if character in _NOT_XML or (unicodedata.category(character) in _UNSEEN and character not in _JOINERS):
        return f"[U+{ord(character):04X}]"
    return character


def shorten(text: str, limit: int = LABEL_CELLS) -> str:
    """The text if it fits, else its beginning, … and its end: the end is what tells w[1] from w[2].

    >>> shorten("w[1]"), shorten("x" * 10_000 + "[1]", limit=9)
    ('w[1]', 'xxxx…x[1]')
    """
    if (
        cells(text) <= limit and len(text) <= 2 * limit
    ):  # accents take no cell: without len a letter could pile up 10,000
        return text
    tail = (limit - 1) // 2
    return f"{text[: limit - 1 - tail]}…{text[-tail:]}"


def cells(text: str) -> float:
    """How many columns of a fixed-width font the text takes: 2 for 漢, 0 for an accent, less than 1 for an index.

    >>> cells("w[1]"), cells("漢字"), cells("e\u0301"), cells("w₁")
    (4, 4, 1, 1.75)
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


@lru_cache(maxsize=1024)
def _cells(c: str) -> float:
    if _SCRIPTS.match(c):
        return SCRIPT
    return 0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")


def scripts(text: str) -> list[tuple[str, int]]:
    """The text in runs on the line (0), below it (−1) and above it (1).

    >>> scripts("w₁‚₁₀⁽²⁾·x")
    [('w', 0), ('1,10', -1), ('(2)', 1), ('·x', 0)]
    """
    runs, end = [], 0
    for run in _SCRIPTS.finditer(text):
        runs += [(text[end : run.start()], 0), (run[0].translate(_LEVEL), -1 if run[1] else 1)]
        end = run.end()
    return [(part, level) for part, level in (*runs, (text[end:], 0)) if part]


def xml(text: object) -> str:
    """Visible text, escaped for SVG, HTML and Graphviz's HTML-like labels.

    >>> xml('<img onerror="alert(1)">')
    '&lt;img onerror=&quot;alert(1)&quot;&gt;'
    """
    return escape(visible(text))
