"""Formulas as boxes of marks: fractions, scripts, roots, brackets, hats, each at its place.

Sizes are parts of an em, as in a printed book; no mark is smaller than the smallest text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainterPath

from mlloop_gui.plots.formula_tree import (
    Accent,
    Fence,
    Fraction,
    Node,
    Operator,
    Root,
    Row,
    Script,
    Space,
    Symbol,
)
from mlloop_gui.theme import SMALLEST_TEXT, font

SERIFS = ["DejaVu Serif", "Cambria", "STIX Two Text", "Georgia", "Times New Roman", "serif"]
_SCRIPT, _FRACTION = 0.72, 0.86
#: Room on each side of an operator, in em.
_ROOM = {
    "relation": 0.3, "comparison": 0.3, "colon": 0.2, "sum": 0.24, "product": 0.17,
    "prefix": 0.0, "big": 0.0, "list": 0.24, "clause": 0.9,
}  # fmt: skip
_AXIS = 0.26  # height of the middle of a minus over the line, in em


class Mark(NamedTuple):
    """Text, a line or a stretched sign at its place.

    Attributes
    ----------
    kind : str
        ``text``, ``rule`` (a filled bar), ``(``, ``[``, ``|``, ... or ``√``.
    x, y, width, height : float
        The box in pixels; `y` is its top.
    text : str
    pixels : int
        Size of the text.
    slanted : bool
    base : float
        How far under the top the text stands.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    text: str = ""
    pixels: int = 0
    slanted: bool = False
    base: float = 0.0

    @property
    def rect(self) -> QRectF:
        """The box."""
        return QRectF(self.x, self.y, self.width, self.height)


@dataclass(frozen=True)
class Box:
    """Marks round a point on the line; `up` and `down` say how far they reach."""

    width: float
    up: float
    down: float
    marks: tuple[Mark, ...]

    def at(self, x: float, y: float) -> Iterator[Mark]:
        """The marks, moved."""
        for mark in self.marks:
            yield mark._replace(x=mark.x + x, y=mark.y + y)


@lru_cache(maxsize=64)
def face(pixels: int, slanted: bool) -> QFont:
    """Return the face of formulas: slanted for variables, upright for all else."""
    made = font("formula")
    made.setFamilies(SERIFS)
    made.setStyleHint(QFont.StyleHint.Serif)
    made.setPixelSize(pixels)
    made.setItalic(slanted)
    return made


@lru_cache(maxsize=64)
def _heights(pixels: int) -> tuple[float, float]:
    metrics = QFontMetricsF(face(pixels, False))
    rect = metrics.tightBoundingRect("bhgp")
    return -rect.top(), rect.bottom()


@lru_cache(maxsize=4096)
def text_box(text: str, pixels: int, slanted: bool) -> Box:
    """Return a piece of text as a box."""
    metrics = QFontMetricsF(face(pixels, slanted))
    up, down = _heights(pixels)
    # A slanted letter leans out of its box; what follows must not touch it.
    lean = max(0.0, -metrics.rightBearing(text[-1])) if slanted else 0.0
    width = metrics.horizontalAdvance(text) + lean
    return Box(
        width, up, down, (Mark("text", 0.0, -up, width, up + down, text, pixels, slanted, up),)
    )


def _smaller(pixels: int, share: float) -> int:
    return max(SMALLEST_TEXT, round(pixels * share))


def beside(boxes: Iterable[tuple[float, Box]]) -> Box:
    """Boxes side by side, each after its gap."""
    x, up, down = 0.0, 0.0, 0.0
    marks: list[Mark] = []
    for gap, box in boxes:
        x += gap
        marks += box.at(x, 0.0)
        x += box.width
        up, down = max(up, box.up), max(down, box.down)
    return Box(x, up, down, tuple(marks))


# -- trees to boxes ----------------------------------------------------------------------------


def _bare(node: Node) -> Node:
    """What stands in brackets, where a bar or a root says what belongs together."""
    return node.inside if isinstance(node, Fence) and node.left == "(" else node


@lru_cache(maxsize=4096)
def box_of(node: Node, pixels: int, small: bool = False) -> Box:
    """Return a tree as a box; ``small`` is within a script, where nothing is stacked."""
    if isinstance(node, Symbol):
        return text_box(node.text, pixels, node.kind == "variable")
    if isinstance(node, Operator):
        return _sign(node, pixels)
    if isinstance(node, Row):
        return beside(
            (gap, box_of(item, pixels, small)) for gap, item in spaced(node, pixels, small)
        )
    if isinstance(node, Fraction):
        return _inline(node, pixels) if small else _fraction(node, pixels)
    if isinstance(node, Script):
        return _scripted(node, pixels, small)
    if isinstance(node, Root):
        return _root(box_of(_bare(node.inside), pixels, small), pixels)
    if isinstance(node, Fence):
        return _fenced(node.left, box_of(node.inside, pixels, small), node.right, pixels)
    if isinstance(node, Accent):
        return _accent(node, pixels)
    return Box(0.0, 0.0, 0.0, ())


def _sign(node: Operator, pixels: int) -> Box:
    return text_box(node.text, round(pixels * 1.25) if node.kind == "big" else pixels, False)


def spaced(row: Row, pixels: int, small: bool) -> Iterator[tuple[float, Node]]:
    """The things of a row, each with the room before it."""
    room, before = 0.0, None
    for item in row.items:
        if isinstance(item, Space):
            room = (0.3 if item.wide else 0.17) * pixels
            continue
        gap = room if before is not None else 0.0
        if before is not None:
            gap = max(gap, _room(before, pixels), 0.0 if _is_list(item) else _room(item, pixels))
            if isinstance(before, Operator) and before.kind == "prefix":
                gap = 0.02 * pixels
        yield (0.5 * gap if small or row.whole else gap), item
        room, before = 0.0, item


def _is_list(node: Node) -> bool:
    return isinstance(node, Operator) and node.kind in ("list", "clause")


def _room(node: Node, pixels: int) -> float:
    if isinstance(node, Fraction):
        return 0.08 * pixels
    if not isinstance(node, Operator):
        return 0.0
    return _ROOM[node.kind] * pixels


def _fraction(node: Fraction, pixels: int) -> Box:
    size = _smaller(pixels, _FRACTION)
    above, below = box_of(_bare(node.above), size), box_of(_bare(node.below), size)
    width = max(above.width, below.width) + 0.3 * pixels
    axis, bar, room = _AXIS * pixels, max(1.0, 0.06 * pixels), 0.14 * pixels
    over = -axis - 0.5 * bar - room - above.down
    under = -axis + 0.5 * bar + room + below.up
    marks = (
        *above.at((width - above.width) / 2, over),
        Mark("rule", 0.0, -axis - 0.5 * bar, width, bar),
        *below.at((width - below.width) / 2, under),
    )
    return Box(width, -over + above.up, under + below.down, marks)


def _inline(node: Fraction, pixels: int) -> Box:
    """A fraction within a script: with a slash, because two more lines would be too small."""
    slash = text_box("/", pixels, False)
    above, below = box_of(node.above, pixels, True), box_of(node.below, pixels, True)
    return beside([(0.0, above), (0.05 * pixels, slash), (0.05 * pixels, below)])


def _scripted(node: Script, pixels: int, small: bool) -> Box:
    base, size = box_of(node.base, pixels, small), _smaller(pixels, _SCRIPT)
    x, up, down = base.width + 0.04 * pixels, base.up, base.down
    marks, width = list(base.marks), 0.0
    below = box_of(node.below, size, True) if node.below is not None else None
    above = box_of(node.above, size, True) if node.above is not None else None
    drop = max(0.18 * pixels, base.down - 0.1 * pixels)
    rise = max(0.36 * pixels, base.up - 0.55 * size)
    if above is not None and below is not None:
        # Neither may touch the other, whatever the sizes.
        drop = max(drop, below.up + above.down - rise + 1.0)
    for script, shift in ((above, -rise), (below, drop)):
        if script is not None:
            marks += script.at(x, shift)
            width = max(width, script.width)
            up, down = max(up, script.up - shift), max(down, script.down + shift)
    return Box(x + width, up, down, tuple(marks))


def _root(inside: Box, pixels: int) -> Box:
    room, width = 0.14 * pixels, 0.62 * pixels
    up = inside.up + room + 1.0
    sign = Mark("√", 0.0, -up, width + inside.width + 0.1 * pixels, up + inside.down, "", pixels)
    return Box(sign.width, up, inside.down, (sign, *inside.at(width, 0.0)))


def _fenced(left: str, inside: Box, right: str, pixels: int) -> Box:
    opening, closing = side(left, inside, pixels), side(right, inside, pixels)
    gap = 0.02 * pixels
    return beside([(0.0, opening), (gap, inside), (gap, closing)])


def side(sign: str, inside: Box, pixels: int) -> Box:
    """A bracket as high as what stands in it, about the middle of a minus."""
    axis = _AXIS * pixels
    reach = max(inside.up - axis, inside.down + axis, 0.52 * pixels) + 0.04 * pixels
    width = (0.46 if sign == "‖" else 0.3 if sign == "|" else 0.36) * pixels
    mark = Mark(sign, 0.0, -axis - reach, width, 2.0 * reach, "", pixels)
    return Box(width, axis + reach, reach - axis, (mark,))


def _accent(node: Accent, pixels: int) -> Box:
    """A letter and, just over its ink, the ink of a mark."""
    letter, mark = _ink(node.base.text, pixels, True), _ink(node.mark, pixels, False)
    whole = box_of(node.base, pixels)
    top = letter.y - 0.08 * pixels - mark.height
    middle = letter.x + letter.width / 2 + 0.04 * pixels
    x = max(0.0, middle - mark.width / 2)
    return Box(
        max(whole.width, x + mark.width),
        max(whole.up, -top),
        whole.down,
        (letter, mark._replace(x=x, y=top)),
    )


@lru_cache(maxsize=256)
def _ink(text: str, pixels: int, slanted: bool) -> Mark:
    """A letter whose box is just its ink, at its place on the line."""
    outline = QPainterPath()
    outline.addText(0.0, 0.0, face(pixels, slanted), text)
    ink = outline.boundingRect()
    # The box begins where the pen does, so that the text is drawn from its left edge.
    return Mark("text", 0.0, ink.top(), max(ink.right(), 1.0), ink.height(), text, pixels, slanted,
                -ink.top())  # fmt: skip
