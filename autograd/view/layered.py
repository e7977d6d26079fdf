"""A layered layout in plain Python, for machines without Graphviz.

After Sugiyama, Tagawa & Toda (1981), in four steps: columns by longest path,
order within a column by the mean place of the neighbours, heights by least
squares, and arrows that run level through the columns and bend between them. So
no box overlaps another and no arrow crosses a box.

A frame is laid out on its own and then stands in its parent as one box; what
enters or leaves it passes a door in its side. Frames nest as deep as modules do.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograd.view.scene import Scene

__all__ = ["columns"]
