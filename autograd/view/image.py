"""A drawing as an ``<img>`` that carries its own data: the one form that every notebook shows, trusted or not.

Of a notebook made by somebody else, JupyterLab shows neither SVG nor frames nor scripts, but images. The drawing chooses
light or dark colours itself: by the ``color-scheme`` of the page that shows it, which JupyterLab and marimo set to that of
their theme, else by the system.
"""

from __future__ import annotations

import re
from base64 import b64encode

from autograd.view.text import xml

__all__ = ["image"]


def image(svg: str, alt: str) -> str:
    """An SVG as an ``<img>`` of its own size, or as wide as there is room.

    svg: begins with an ``<svg>`` whose width and height are in px
    alt: what is drawn, for who does not see it

    >>> image('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>', "nothing")[:62]
    '<img alt="nothing" width="40" height="30" style="max-width:100'
    """
    width, height = (re.search(rf'<svg[^>]*? {side}="(\d+)"', svg)[1] for side in ("width", "height"))  # type: ignore[index]
    data = b64encode(svg.encode()).decode()
    return (
        f'<img alt="{xml(alt)}" width="{width}" height="{height}" style="max-width:100%;height:auto" '
        f'src="data:image/svg+xml;base64,{data}">'
    )
