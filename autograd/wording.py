"""What a student sees of a node: its name, the equation it was computed by, and its slopes, in names and in numbers.

>>> from autograd import Value
>>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
>>> y = (w * x).tanh()
>>> names = names_of([w, x, y.parents[0], y], y)
>>> equation(y.parents[0], names), equation(y, names), slope(y, 0, names)
('w·x = 2 · (−3) = −6', 'L = tanh(w·x) = tanh(−6) = −0.999988', 'tanh′(w·x) = 1 − L² = 1 − (−0.999988)² = 2.45765e−05')
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.operands import shortened
from autograd.ops import LEAVES, SUPERSCRIPTS
from autograd.symbols import Expr, read, symbols

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from autograd.backprop import Node
    from autograd.ops import Op

__all__ = [
    "Name",
    "Phrasing",
    "digits",
    "domain_sentence",
    "equation",
    "formula",
    "letters_of",
    "names_of",
    "outside",
    "phrasing",
    "product",
    "slope",
    "warn_of_equality",
]

SHORT = 8  # characters of an expression that still is a name
FORMULA = 40  # characters of a formula that still explains something
FEW = 4  # arguments that are all written
LONGEST = 40  # characters of a label
ATOM, RAISED, SIGNED = 9, 8, 3  # how tightly a name holds together, one that ends in a superscript, a number below 0


class Name(NamedTuple):
    """Text to fill into a template, and how tightly it holds together: what holds less than is asked for is bracketed."""

    text: str
    binds: int = ATOM

    def __format__(self, demanded: str) -> str:
        return f"({self.text})" if demanded and self.binds < int(demanded) else self.text


class Phrasing(NamedTuple):
    """An op's value and its local derivatives as templates ("{0:3}·{1:5}", and "{y}" for the value); "" for what is too long.

    function: what its derivative is called, primed (tanh′); "" for an op that is no function of one operand
    """

    value: str
    binds: int
    slopes: tuple[str, ...]
    function: str


@lru_cache(maxsize=1024)
def phrasing(op: Op, operands: int) -> Phrasing:
    """How the board writes an op of so many operands.

    >>> from autograd.ops import OPS
    >>> phrasing(OPS["sigmoid"], 1)
    Phrasing(value='σ({0})', binds=9, slopes=('{y:3}·(1 − {y:4})',), function='σ')
    >>> phrasing(OPS["dot"], 9).value, phrasing(OPS["power_constant"].bind(k=3.0), 1).slopes
    ('{0:3}·{4:5} + … + {3:4}·{7:5} + {8:4}', ('3·{0:9}²',))
    """
    if not (op.n_ary or op.operands):  # a leaf, or a node of the user's own
        return Phrasing("", ATOM, ("",) * operands, "")
    x = [Expr(f"{{{k}}}") for k in range(operands)]
    y, slopes = read(op, x)
    local: Sequence[Any] = op.textbook(symbols, Expr("{y}"), *x) if op.textbook else slopes
    is_function = not op.operator and re.fullmatch(r"[A-Za-zσψ]+", op.symbol) is not None
    value = f"{op.symbol}({_arguments(x)})" if is_function else _short(y.template())
    binds = ATOM if is_function else y.binds
    return Phrasing(
        value, binds, tuple(_short(_template(d)) for d in local), op.symbol * (is_function and operands == 1)
    )


def _template(x: Expr | float) -> str:
    return (x if isinstance(x, Expr) else Expr(x)).template()


def _short(template: str) -> str:
    return template if len(re.sub(r"\{.*?\}", "x", template)) <= FORMULA else ""


def _arguments(x: Sequence[Expr]) -> str:
    shown = [e.head for e in x]
    return ", ".join(map(str, shown if len(x) <= FEW else [*shown[:2], "…", shown[-1]]))


# ── names ───────────────────────────────────────────────────────────────────


def names_of(order: Sequence[Node], root: Node) -> dict[Node, Name]:
    """What each node is called: by its label; L, if it is the root; by its expression, while that is short; else v7.

    order: parents before children; a node's place in it numbers it
    """
    letters = letters_of(order, order)
    shared = {label for label, bearers in Counter(str(v.label) for v in order if v.label).items() if bearers > 1}
    names: dict[Node, Name] = {}
    taken = set()
    for i, v in enumerate(order):
        if v in letters:
            name: Name | None = letters[v]
        elif v.label:
            name = Name(_one_line(f"{v.module}.{v.label}" if v.module and str(v.label) in shared else v.label))
        else:
            name = Name("L") if v is root else _expression(v, names)
        if name is None or (not v.label and name.text in taken):
            name = Name(f"v{i}")
        names[v] = name
        taken.add(name.text)
    return names


_PLACE = re.compile(r"(?:layers\[(\d+)\]\.)?(?:neurons\[(\d+)\]\.)?(?:w\[(\d+)\]|(b|h_pre|h))")
_SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉‚")


def letters_of(nodes: Iterable[Node], order: Sequence[Node]) -> dict[Node, Name]:
    """The lecture's letters for what networks are made of: w₁₂⁽¹⁾ (to neuron 1, from input 2), b₁⁽¹⁾, h̃₁⁽¹⁾, h₁⁽¹⁾, f̃₁, x₁.

    An index that could only be 1 is left out: in a layer of one neuron w₂⁽²⁾, b⁽²⁾.

    nodes: which of the graph's; order: all of them
    """
    places = {v: place for v in order if v.label if (place := _place(v))}
    if not any(v.op is LEAVES["parameter"] for v in places):
        return {}
    neurons = Counter(layer for layer, neuron in {place[:2] for place in places.values()})
    output = max((layer for layer, *_ in places.values() if layer is not None), default=None)
    letters = {}
    for v in nodes:
        if v.op is LEAVES["input"] and (j := re.fullmatch(r"x\[(\d+)\]", str(v.label))):
            letters[v] = Name("x" + f"{int(j[1]) + 1}".translate(_SUBSCRIPTS))
        if v not in places:
            continue
        layer, neuron, weight, letter = places[v]
        i = f"{neuron + 1}" if neuron is not None and neurons[layer] > 1 else ""
        if weight is not None:
            i += ("," if i and max(neuron or 0, weight) >= 9 else "") + f"{weight + 1}"
        above = "" if layer is None else f"⁽{layer + 1}⁾"
        if letter in ("h", "h_pre"):
            is_weighted_sum = letter == "h_pre" or v.op.n_ary
            is_output = layer is not None and layer == output
            letter, above = ("f" if is_output else "h") + "\u0303" * is_weighted_sum, "" if is_output else above
        text = (letter or "w") + i.translate(_SUBSCRIPTS) + above.translate(SUPERSCRIPTS)
        letters[v] = Name(text, RAISED if above else ATOM)
    return letters


def _place(v: Node) -> tuple[int | None, int | None, int | None, str] | None:
    """Layer, neuron and weight, counted from 0, and the letter of what is no weight; None outside networks."""
    label = str(v.label)
    if v.op is not LEAVES["parameter"] if not v.parents else label not in ("h", "h_pre"):
        return None
    return _place_of(f"{v.module}.{label}" if v.module else label)


@lru_cache(maxsize=4096)
def _place_of(path: str) -> tuple[int | None, int | None, int | None, str] | None:
    found = _PLACE.fullmatch(path)
    if not found:
        return None
    layer, neuron, weight = (None if index is None else int(index) for index in found.groups()[:3])
    return layer, neuron, weight, found[4] or ""


_NUMBERED = re.compile(r"\bv\d")


def _expression(v: Node, names: Mapping[Node, Name]) -> Name | None:
    """``w·x``, where that is short and all operands have names of their own."""
    if not 0 < len(v.parents) <= FEW:
        return None
    operands = [x.text for x in _operands(v, names)]
    if sum(map(len, operands)) > SHORT or any(_NUMBERED.search(text) for text in operands):
        return None
    text = formula(v, names)
    return Name(text, phrasing(v.op, len(v.parents)).binds) if 0 < len(text) <= SHORT else None


def _operands(v: Node, names: Mapping[Node, Name]) -> list[Name]:
    """The operands as a formula writes them: a constant without a name is its number."""
    return [_number(p.data) if p.op is LEAVES["constant"] and not p.label else names[p] for p in v.parents]


def _one_line(label: object) -> str:
    text = "".join(c if c.isprintable() else f"[U+{ord(c):04X}]" for c in str(label)[: LONGEST + 1])
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


# ── formulas, in names and in numbers ───────────────────────────────────────


def formula(v: Node, names: Mapping[Node, Name]) -> str:
    """What the node is, in the names of its operands: "w₁·x₁ + w₂·x₂ + b"; "" for what is too long, or no op of the table."""
    said = phrasing(v.op, len(v.parents)).value
    return said.format(*_operands(v, names), y="")


def equation(v: Node, names: Mapping[Node, Name]) -> str:
    """The node's name, what it is, and the same in numbers: "v3 = w·x = 1 · 2 = 2"."""
    said = phrasing(v.op, len(v.parents)).value
    return _joined(names[v].text, *(_filled(said, v, names) if said else ()), digits(v.data))


def slope(v: Node, slot: int, names: Mapping[Node, Name]) -> str:
    """The local derivative in this operand: its name, its formula, and the same in numbers; "" without a formula."""
    said = phrasing(v.op, len(v.parents))
    template = said.slopes[slot]
    if not template:
        return ""
    x = names[v.parents[slot]]
    called = f"{said.function}′({x})" if said.function else f"∂{names[v]:8}/∂{x:8}"
    return _joined(called, *_filled(template, v, names), digits(v.local_derivatives[slot]))


def _filled(template: str, v: Node, names: Mapping[Node, Name]) -> list[str]:
    in_numbers = template.replace("·", " · ").format(*(_number(p.data) for p in v.parents), y=_number(v.data))
    return [template.format(*_operands(v, names), y=names[v]), in_numbers]


def _joined(*sides: str) -> str:
    return " = ".join(side for i, side in enumerate(sides) if i == 0 or side != sides[i - 1])


def digits(x: float) -> str:
    """Six digits, which show that the product is the product; a real minus sign."""
    return f"{x:.6g}".replace("-", "−")


def product(factors: Iterable[str]) -> str:
    """Numbers as a product: a factor below 0 is in brackets, unless it comes first.

    >>> product(["−2", "−3", "4"])
    '−2 · (−3) · 4'
    """
    return " · ".join(f"({factor})" if k and factor[0] == "−" else factor for k, factor in enumerate(factors))


def _number(x: float) -> Name:
    return Name(digits(x), SIGNED if x < 0 else ATOM)


# ── where the domain was left ───────────────────────────────────────────────


def outside(op: Op, x: Sequence[float], operands: Sequence[Node]) -> str:
    """What to say when an op was asked for something outside its domain, in the operands' own names where they have some."""
    names = [_short_label(v) or name for v, name in zip(operands, _operand_names(op, len(x)), strict=True)]
    if len({*names, *op.constants}) < len(names) + len(op.constants):
        names = _operand_names(op, len(x))  # one name would stand for two numbers
    got = [
        f"{xi:g}" + (f" at node {shortened(v.label)}" if v.label and name != v.label else "")
        for name, xi, v in zip(names, x, operands, strict=True)
    ]
    filled = {f"{{{i}}}": name for i, name in enumerate(names)} | {f"{{={i}}}": number for i, number in enumerate(got)}
    return re.sub(r"\{=?\d+\}", lambda slot: filled[slot[0]], domain_sentence(op, len(x)))


def domain_sentence(op: Op, operands: int) -> str:
    """What to say where the domain is left: {i} stands for the name of operand i, and {=i} for its number.

    >>> from autograd.ops import OPS
    >>> domain_sentence(OPS["log1p"], 1)
    'log1p needs {0} > -1, got {0} = {=0}.'
    """
    slots = {name: f"{{{i}}}" for i, name in enumerate(_operand_names(op, operands))}
    named = re.findall(r"\w+", op.domain)
    got = [f"{slot} = {{={slot[1:]}" for name, slot in slots.items() if name in named or not op.operands]
    got += [f"{k} = {c:g}" for k, c in op.constants.items()]
    domain = re.sub(r"\w+", lambda word: slots.get(word[0], word[0]), op.domain)
    needs = f"needs {domain}" if domain else "has no value here"
    return f"{op.name.removesuffix('_constant')} {needs}, got {', '.join(got)}. {op.hint}".rstrip()


def _operand_names(op: Op, operands: int) -> list[str]:
    return list(op.operands) or [f"x{i + 1}" for i in range(operands)]


def _short_label(v: Node) -> str:
    """A label that can stand in a formula, or ""."""
    label = str(v.label)
    return label if len(label) <= 30 and label.isprintable() and label == label.strip() else ""


def warn_of_equality(number: Any) -> None:
    """Said where a Value is compared with a number by == or !=, once per line of code."""
    warnings.warn(
        f"a Value is equal to itself alone, so v == {number!r:.40} is False and v != {number!r:.40} is True; "
        f"compare its number: v.data == {number!r:.40}",
        stacklevel=3,
    )
