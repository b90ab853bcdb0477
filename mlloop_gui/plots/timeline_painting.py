"""What a time line is painted from: ticks at the ends of epochs, the track, marks, the handle."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from mlloop_gui.plots import numbers
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import Theme, font, text_width

#: Half the width of a mark.
MARK = 5.0
#: Least pixels between two ticks, and between two numbers.
_TICK_GAP, _NUMBER_GAP = 9.0, 26.0
_HEAD = "epoch"


@dataclass(frozen=True)
class Ticks:
    """Ticks from left to right.

    Attributes
    ----------
    places : list of float
        Of the ticks, in pixels.
    ends : list of QPointF
        Two for each tick.
    texts : list of (float, float, str)
        Left end, width and text of each number.
    """

    places: list[float] = field(default_factory=list)
    ends: list[QPointF] = field(default_factory=list)
    texts: list[tuple[float, float, str]] = field(default_factory=list)


def place_ticks(epochs: Any, last: int, x: Callable[[float], float], top: float) -> Ticks:
    """Return ticks at the ends of epochs up to update ``last``, numbered where there is room.

    Parameters
    ----------
    epochs : object with `done` and `end`
        See `Timeline.set_epochs`.
    last : int
    x : callable
        The pixel of an update.
    top : float
        Middle of the ticks.
    """
    ticks = Ticks()
    whole = epochs.done(last) if epochs is not None else 0
    if not whole:
        return ticks
    across, right = x(last) - x(0), x(last) + x(0)
    stride = max(1, round(numbers.nice_step(float(whole), max(int(across / _TICK_GAP), 1))))
    room = text_width(numbers.count(whole), "small") + _NUMBER_GAP
    gap = across * stride / whole
    # Every so many ticks have a number, the same from one end to the other.
    told = next((many for many in (1, 2, 5, 10) if many * gap >= room), 20)
    taken = text_width(_HEAD, "small") + 10.0
    ticks.texts.append((0.0, taken, _HEAD))
    for epoch in range(stride, whole + 1, stride):
        at, text = round(x(epochs.end(epoch))) + 0.5, numbers.count(epoch)
        width = text_width(text, "small")
        is_told = (epoch // stride) % told == 0
        fits = at - width / 2.0 >= taken and at + width / 2.0 <= right
        if is_told and fits:
            ticks.texts.append((at - width / 2.0, width, text))
            taken = at + width / 2.0 + _NUMBER_GAP
        ticks.places.append(at)
        high = top - (3.0 if is_told else 0.0)
        ticks.ends.extend([QPointF(at, high), QPointF(at, top + 3.0)])
    return ticks


def paint_ticks(
    painter: QPainter, ticks: Ticks, theme: Theme, baseline: float, left: float, right: float
) -> None:
    """Paint those ticks and numbers that reach into the stretch from ``left`` to ``right``."""
    first, last = bisect_left(ticks.places, left - 1.0), bisect_right(ticks.places, right + 1.0)
    if last > first:
        painter.setPen(QPen(QColor(mix(theme.border, theme.muted, 0.4)), 1.0))
        painter.drawLines(ticks.ends[2 * first : 2 * last])
    painter.setFont(font("small"))
    painter.setPen(QColor(theme.muted))
    for x, width, text in ticks.texts:
        if x <= right and x + width >= left:
            painter.drawText(QPointF(x, baseline), text)


def paint_track(
    painter: QPainter,
    theme: Theme,
    y: float,
    ends: tuple[float, float, float],
    here: float,
    shared: float | None,
) -> None:
    """Paint the track.

    Parameters
    ----------
    painter : QPainter
    theme : Theme
    y : float
        Its middle.
    ends : tuple of float
        Where it begins, where what has been made ends, where the room for more ends.
    here : float
        Where the run stands.
    shared : float or None
        Up to where it is two thin lines, another run's too.
    """
    left, made_to, room_to = ends
    painter.setPen(QPen(QColor(mix(theme.border, theme.panel, 0.2)), 1.0, Qt.PenStyle.DotLine))
    middle = round(y) + 0.5
    # From its far end, so that its dots stay where they are while the run grows.
    painter.drawLine(QPointF(room_to, middle), QPointF(made_to, middle))
    made, gone = QColor(mix(theme.border, theme.muted, 0.35)), QColor(theme.accent)
    own = left if shared is None else shared
    painter.fillRect(QRectF(own, y - 2.0, made_to - own, 5.0), made)
    painter.fillRect(QRectF(own, y - 1.0, max(here - own, 0.0), 3.0), gone)
    if shared is not None:
        for top in (y - 2.0, y + 2.0):
            painter.fillRect(QRectF(left, top, shared - left, 1.0), made)
            painter.fillRect(QRectF(left, top, min(here, shared) - left, 1.0), gone)


def paint_branch(painter: QPainter, theme: Theme, x: float, y: float) -> None:
    """Paint the place where the run left another."""
    painter.setPen(QPen(QColor(theme.text), 1.6))
    painter.setBrush(QColor(theme.panel))
    painter.drawLine(QPointF(x, y), QPointF(x + 7.0, y - 7.0))
    painter.drawEllipse(QPointF(x, y + 0.5), 3.0, 3.0)
    painter.drawEllipse(QPointF(x + 7.0, y - 7.0), 2.2, 2.2)


def paint_mark(painter: QPainter, theme: Theme, at: QPointF, kind: str) -> None:
    """Paint a change: a diamond, of a weight a triangle."""
    painter.setPen(QPen(QColor(theme.panel), 1.5))
    painter.setBrush(QColor(theme.text))
    x, y, half = at.x(), at.y() + 0.5, MARK
    if kind == "weight":
        corners = [(x, y - half), (x + half, y + half - 1.0), (x - half, y + half - 1.0)]
    else:
        half += 0.5
        corners = [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


def paint_handle(painter: QPainter, theme: Theme, x: float, y: float) -> None:
    """Paint the handle."""
    painter.setPen(QPen(QColor(theme.panel), 1.5))
    painter.setBrush(QColor(theme.accent))
    painter.drawRoundedRect(QRectF(x - 3.5, y - 8.5, 7.0, 18.0), 3.5, 3.5)
