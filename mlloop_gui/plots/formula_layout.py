"""Formulas on lines: as few lines as can be, none wider than asked, broken where it reads best.

A line ends at the end of a clause before all, then before a relation, after a comma, before a plus,
between words; before a product or in brackets only where that saves more than a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from mlloop_gui.plots.formula_boxes import Box, Mark, beside, box_of, face, side, spaced, text_box
from mlloop_gui.plots.formula_parse import LINKS, parse
from mlloop_gui.plots.formula_tree import (
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

#: What breaking a line before each costs, in lines.
_COST = {
    "clause": 0.0, "link": 0.1, "relation": 0.12, "list": 0.15, "sum": 0.2, "word": 0.25,
    "comparison": 0.5, "product": 1.2,
}  # fmt: skip
_NEVER = 10.0  # where only a formula that would not fit is broken
_BEFORE = ("relation", "comparison", "sum", "product")  # operators that a line may begin with
_INSIDE = 0.6  # more for each bracket that a line is broken in
_LEADING = 0.3  # em between lines
_INDENT = 1.2  # em before a line that goes on
_NEAR = 0.35  # of the width: a first relation not farther in is what the next lines stand under


@dataclass(frozen=True)
class Layout:
    """A formula laid out.

    Attributes
    ----------
    width, height : float
        Pixels taken.
    marks : tuple of Mark
    lead : float
        Where the first relation stands, 0 if the first line has none near its beginning.
    lines : int
    """

    width: float
    height: float
    marks: tuple[Mark, ...]
    lead: float
    lines: int


@dataclass(frozen=True)
class _Piece:
    """What a line is never broken within, the room before it, and the cost of breaking there."""

    box: Box
    gap: float
    cost: float = _NEVER
    kind: str = ""


def _pieces(row: Row, pixels: int, most: float, deeper: float = 0.0) -> Iterator[_Piece]:
    """A row as what is not broken; what is wider than ``most`` is taken apart."""
    before: Node | None = None
    for gap, item in spaced(row, pixels, False):
        kind, cost = "", _NEVER
        if isinstance(item, Operator) and item.kind in _BEFORE:
            kind = item.kind
        elif isinstance(before, Operator) and before.kind in ("list", "clause"):
            kind = before.kind
        elif isinstance(item, Symbol) and item.text in LINKS:
            kind = "link"
        elif _stands_apart(row, before, item):
            kind = "word"
        if kind and before is not None:
            cost = _COST[kind] + deeper
        box = box_of(item, pixels)
        if box.width <= most:
            yield _Piece(box, gap, cost, kind)
        else:
            for index, piece in enumerate(_apart(item, pixels, most, deeper + _INSIDE)):
                yield replace(piece, gap=gap, cost=cost, kind=kind) if index == 0 else piece
        before = item


def _stands_apart(row: Row, before: Node | None, item: Node) -> bool:
    """Whether a gap beside a word lies between two things of a row."""
    return any(
        isinstance(gap, Space) and gap.wide and left is before and right is item
        for left, gap, right in zip(row.items, row.items[1:], row.items[2:], strict=False)
    )


def _apart(node: Node, pixels: int, most: float, deeper: float) -> Iterator[_Piece]:
    """The pieces of one thing that is too wide for a line."""
    if isinstance(node, Row):
        yield from _pieces(node, pixels, most, deeper)
    elif isinstance(node, Fence):
        inside = list(_pieces(node.inside, pixels, most, deeper))
        low = beside((0.0, piece.box) for piece in inside)
        yield _Piece(side(node.left, low, pixels), 0.0)
        yield from inside
        yield _Piece(side(node.right, low, pixels), 0.02 * pixels)
    elif isinstance(node, Fraction):
        for part in (node.above, Symbol("/", "number"), node.below):
            yield from _pieces(Row((part,)), pixels, most, deeper)
    elif isinstance(node, Root):
        yield _Piece(text_box("√", pixels, False), 0.0)
        yield from _pieces(Row((node.inside,)), pixels, most, deeper)
    elif isinstance(node, Script):
        yield from _pieces(Row((node.base,)), pixels, most, deeper)
        yield _Piece(box_of(replace(node, base=Row(())), pixels), 0.0)
    elif isinstance(node, Symbol):
        yield from _letters(node, pixels, most)
    else:
        yield _Piece(box_of(node, pixels), 0.0)


def _letters(node: Symbol, pixels: int, most: float) -> Iterator[_Piece]:
    """A name that is wider than a line, cut where the line ends."""
    rest = node.text
    while rest:
        length = len(rest)
        while length > 1 and box_of(Symbol(rest[:length], node.kind), pixels).width > most:
            length -= 1
        yield _Piece(box_of(Symbol(rest[:length], node.kind), pixels), 0.0, _INSIDE)
        rest = rest[length:]


def _break(pieces: list[_Piece], width: float, starts: dict[str, float]) -> list[int]:
    """Return the first piece of each line: none too wide, few lines, cheap breaks, full lines."""
    best: list[tuple[tuple[float, float, float], int]] = [((0.0, 0.0, 0.0), 0)]
    for end in range(1, len(pieces) + 1):
        options = []
        used = 0.0
        for begin in range(end - 1, -1, -1):
            piece = pieces[begin]
            used += piece.box.width
            room = width - (_start(piece, starts) if begin else 0.0)
            (over, cost, waste), _ = best[begin]
            over += max(0.0, used - room)
            cost += 1.0 + (piece.cost if begin else 0.0)
            waste += (1.0 - min(used / room, 1.0)) ** 2 if end < len(pieces) else 0.0
            options.append(((over, cost, waste), begin))
            if used > width:
                break
            used += piece.gap
        best.append(min(options))
    breaks, at = [], len(pieces)
    while at:
        at = best[at][1]
        breaks.append(at)
    return breaks[::-1]


def _start(piece: _Piece, starts: dict[str, float]) -> float:
    """How far in a line stands that begins with a piece."""
    return starts.get(piece.kind, starts["other"])


def _lead(pieces: list[_Piece], width: float) -> float:
    """Where the first relation stands, 0 if that is not near the beginning."""
    x = 0.0
    for index, piece in enumerate(pieces):
        x += piece.gap if index else 0.0
        if piece.kind == "relation" and index:
            return x
        x += piece.box.width
        if x > _NEAR * width or piece.kind == "clause":
            return 0.0
    return 0.0


@lru_cache(maxsize=512)
def lay_out(text: str, width: int, pixels: int) -> Layout | None:
    """Lay a formula out on lines, None where it cannot be read as one or has no room.

    Parameters
    ----------
    text : str
    width : int
        Pixels that no line exceeds.
    pixels : int
        Size of the text.
    """
    tree = parse(text)
    if tree is None or width < 2 * pixels:
        return None
    indent = min(_INDENT * pixels, 0.1 * width)
    pieces = list(_pieces(tree, pixels, width - indent))
    lead = _lead(pieces, width)
    starts = {"clause": 0.0, "relation": lead or indent, "other": indent}
    # Under a relation, unless that leaves too little for what is widest.
    if lead and max(piece.box.width for piece in pieces) > width - lead:
        starts["relation"] = indent
    laid = _stack(pieces, _break(pieces, width, starts), starts, lead, pixels)
    return laid if laid.width <= width else None


def _stack(
    pieces: list[_Piece], breaks: list[int], starts: dict[str, float], lead: float, pixels: int
) -> Layout:
    marks: list[Mark] = []
    y = wide = 0.0
    for begin, end in zip(breaks, [*breaks[1:], len(pieces)], strict=True):
        x = _start(pieces[begin], starts) if begin else 0.0
        line = beside((piece.gap if at else 0.0, piece.box) for at, piece in
                      enumerate(pieces[begin:end]))  # fmt: skip
        y += _LEADING * pixels if begin else 0.0
        marks += line.at(x, y + line.up)
        y += line.up + line.down
        wide = max(wide, x + line.width)
    return Layout(wide, y, tuple(marks), lead, len(breaks))


# -- painting ----------------------------------------------------------------------------------


def paint(painter: QPainter, layout: Layout, at: QPointF, color: QColor) -> None:
    """Paint a formula with its upper left corner at a point."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    for mark in layout.marks:
        if mark.kind == "text":
            painter.setPen(color)
            painter.setFont(face(mark.pixels, mark.slanted))
            painter.drawText(QPointF(mark.x, mark.y + mark.base), mark.text)
        elif mark.kind == "rule":
            painter.fillRect(mark.rect, color)
        else:
            pen = QPen(color, max(1.1, 0.065 * mark.pixels))
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(_outline(mark))
    painter.restore()


def _outline(mark: Mark) -> QPainterPath:
    """A root, bracket or bar as high as its box."""
    rect, path = mark.rect, QPainterPath()
    if mark.kind == "√":
        em, low = mark.pixels, rect.bottom()
        path.moveTo(rect.left() + 0.06 * em, low - 0.36 * em)
        path.lineTo(rect.left() + 0.16 * em, low - 0.42 * em)
        path.lineTo(rect.left() + 0.32 * em, low - 0.5)
        path.lineTo(rect.left() + 0.52 * em, rect.top() + 1.0)
        path.lineTo(rect.right(), rect.top() + 1.0)
        return path
    inner = rect.adjusted(0.28 * rect.width(), 0.0, -0.22 * rect.width(), 0.0)
    if mark.kind in ")]⌋⌉":
        inner = rect.adjusted(0.22 * rect.width(), 0.0, -0.28 * rect.width(), 0.0)
    if mark.kind in "()":
        from_x, bulge = (inner.right(), inner.left()) if mark.kind == "(" else (
            inner.left(), inner.right())  # fmt: skip
        control = 2.0 * bulge - from_x
        path.moveTo(from_x, inner.top())
        path.quadTo(QPointF(control, inner.center().y()), QPointF(from_x, inner.bottom()))
        return path
    if mark.kind in "|‖":
        middle, apart = rect.center().x(), 0.28 * rect.width() if mark.kind == "‖" else 0.0
        for x in {middle - apart, middle + apart}:
            path.moveTo(x, rect.top())
            path.lineTo(x, rect.bottom())
        return path
    upright, foot = inner.left(), inner.right()
    if mark.kind in "]⌋⌉":
        upright, foot = foot, upright
    path.moveTo(foot if mark.kind in "[]⌈⌉" else upright, inner.top())
    path.lineTo(upright, inner.top())
    path.lineTo(upright, inner.bottom())
    path.lineTo(foot if mark.kind in "[]⌊⌋" else upright, inner.bottom())
    return path
