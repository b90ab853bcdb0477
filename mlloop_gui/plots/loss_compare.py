"""The chosen loss against one score, and beside it what other losses would charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers, ranges
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.header import Entry
from mlloop_gui.plots.series import pen_for
from mlloop_gui.theme import Theme, font, line_height, text_width

_ROOM = 1.2
#: A name may begin at every so many points of its line.
_EVERY = 4
#: A name nearer than this to another line is left to the list of prices.
_LEAST_FREE = 7.0


@dataclass(frozen=True, eq=False)
class LossLine:
    """A loss along a score: ``y`` of the length of the scores, and the sample's price.

    Attributes
    ----------
    name : str
        As people read it.
    y : ndarray of shape (points,)
    price : float
    chosen : bool
        Whether it is the loss in force.
    """

    name: str
    y: NDArray[np.float64]
    price: float
    chosen: bool = False


def style_of(line: LossLine, at: int) -> str:
    """Return the style of a line: the chosen one solid, each other in a dash of its own."""
    return "accent" if line.chosen else f"layer {at + 1}"


def _pen(style: str, theme: Theme) -> QPen:
    pen = pen_for(style, theme)
    if style == "accent":
        pen.setWidthF(2.0)
    return pen


class LossCompare(CurvePlot):
    """Losses against one score, each named beside its line; the sample stands on every one.

    The chosen loss sets the range; a dearer one leaves it at the top.
    """

    def __init__(self, title: str = "What the sample costs", parent: QWidget | None = None) -> None:
        self._lines: tuple[LossLine, ...] = ()
        self._scores: NDArray[np.float64] = np.empty(0)
        self._here = float("nan")
        super().__init__(title, x_label="score", y_label="loss", parent=parent)
        self.setObjectName("plot.loss_compare")

    def set_lines(
        self, scores: NDArray[np.float64], lines: Sequence[LossLine], here: float, x_label: str
    ) -> None:
        """Show losses over ``scores`` (points,), rising; the sample's own score is ``here``."""
        self._scores, self._lines, self._here = scores, tuple(lines), float(here)
        self._x_name = self.x_axis.end_text = x_label
        self._range_x = self._range_y = None
        with self.together():
            for gone in set(self.series_names()) - {line.name for line in lines}:
                self.remove_series(gone)
            others = 0
            for line in lines:
                self.set_series(line.name, scores, line.y, style_of(line, others))
                others += not line.chosen
            self._head = self._here if np.isfinite(self._here) else None
            self._dots = tuple(
                (self._here, line.price, "")
                for line in lines
                if np.isfinite([self._here, line.price]).all()
            )
        self._restyle()

    def top(self) -> float:
        """Return the loss at the upper edge."""
        chosen = [line for line in self._lines if line.chosen]
        given = [np.append(line.y, line.price) for line in chosen or self._lines]
        values = np.concatenate(given) if given else np.ones(1)
        values = values[np.isfinite(values) & (np.abs(values) < ranges.FARTHEST)]
        return _ROOM * (float(values.max(initial=0.0)) or 1.0)

    def x_limits(self) -> ranges.Range:
        """Return the range of the scores."""
        if len(self._scores) < 2:
            return 0.0, 1.0
        return float(self._scores[0]), float(self._scores[-1])

    def _fit(self) -> None:
        across, up = self.x_limits(), (0.0, self.top())
        if (across, up) != (self._range_x, self._range_y) and self._overlay is not None:
            self._range_x, self._range_y = across, up
            self.set_view(across, up)
            self._overlay.set_rect(QRectF(across[0], up[0], across[1] - across[0], up[1] - up[0]))

    def _place_marks(self) -> None:
        super()._place_marks()
        if self._overlay is not None and self._lines:
            top = self.top()
            dots = self._overlay.marks.dots
            self._overlay.marks.dots = [dot for dot in dots if dot[1] <= top]
            self._overlay.marks.labels = []
            self._overlay.marks.names = self._names()
            self._overlay.update()

    def _names(self) -> list[tuple[float, float, str]]:
        """Return where each line's name stands: on it, as far from the others as can be."""
        area, top, (low, high) = self.plot_rect(), self.top(), self.x_limits()
        across, up = area.width() / (high - low), area.height() / top
        tall = line_height("small")
        lines = [np.where(np.isfinite(line.y), line.y, np.inf) * up for line in self._lines]
        names: list[tuple[float, float, str]] = []
        taken: list[QRectF] = []
        for at, line in enumerate(self._lines):
            wide = text_width(line.name, "small") + 4.0
            best, found = 0.0, None
            for place in range(0, len(self._scores), _EVERY):
                x, y = (float(self._scores[place]) - low) * across, float(lines[at][place])
                box = QRectF(x + 4.0, y + 1.0, wide, tall)
                if box.right() > area.width() - 4.0 or y > area.height():
                    continue
                box.moveBottom(min(box.bottom(), area.height()))
                if any(box.intersects(other) for other in taken):
                    continue
                free = self._free(lines, at, box, across, low)
                if free > best:
                    best, found = free, (place, box)
            if found is not None:
                place, box = found
                taken.append(box)
                names.append((float(self._scores[place]), float(line.y[place]), line.name))
        return names

    def _free(
        self, lines: list[NDArray[np.float64]], own: int, box: QRectF, across: float, low: float
    ) -> float:
        """Return how far, in pixels, the nearest line passes by the middle of a name."""
        pixels = (self._scores - low) * across
        under = (pixels >= box.left()) & (pixels <= box.right())
        gaps = [np.abs(line[under] - box.center().y()).min(initial=np.inf) for line in lines]
        others = min((gap for at, gap in enumerate(gaps) if at != own), default=np.inf)
        # The loss in force is named in any case.
        if others < _LEAST_FREE and not self._lines[own].chosen:
            return 0.0
        # Its own line may pass by nearer, but rather not through it.
        return float(min(others, 30.0) + min(gaps[own], 10.0)) + 1e-9

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Find new places for the names."""
        super().resizeEvent(event)
        self._place_marks()

    def _restyle(self) -> None:
        super()._restyle()
        for name, item in self._items.items():
            item.setPen(_pen(self._series[name].style, self.theme))

    def _entries(self) -> list[Entry]:
        return []

    def describe(self) -> str:
        """Return the prices in words."""
        if not self._lines:
            return f"{self.title()}: no losses yet."
        said = f"{self.title()}: losses against the {self._x_name}. "
        said += f"The sample is at {numbers.short(self._here)}. "
        return said + prices_in_words(self._lines)

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the scores, and a column a loss."""
        return [self._x_name, *(line.name for line in self._lines)], [
            self._scores,
            *(line.y for line in self._lines),
        ]


def prices_in_words(lines: Sequence[LossLine]) -> str:
    """Return what each loss charges, the one in force first."""
    order = sorted(lines, key=lambda line: not line.chosen)
    parts = [
        f"{line.name} {numbers.short(line.price)}" + (" (chosen)" if line.chosen else "")
        for line in order
    ]
    return "The sample costs: " + ", ".join(parts) + "."


class LossKeys(Canvas):
    """A row a loss: its line, its name, the sample's price; the one in force bold."""

    def __init__(self, title: str = "The sample's price", parent: QWidget | None = None) -> None:
        self._lines: tuple[LossLine, ...] = ()
        self._note = ""
        super().__init__(title, parent)
        self.setObjectName("plot.loss_keys")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_lines(self, lines: Sequence[LossLine], note: str = "") -> None:
        """Show prices, and a note under them."""
        self._lines, self._note = tuple(lines), note
        self.refresh()

    def describe(self) -> str:
        """Return the prices in words."""
        said = prices_in_words(self._lines) if self._lines else "No prices yet."
        return f"{said} {self._note}".strip()

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return losses and prices."""
        lines = self._lines
        return ["loss", "price", "chosen"], [
            [line.name for line in lines],
            np.array([line.price for line in lines]),
            [line.chosen for line in lines],
        ]

    def tip(self, at: QPointF) -> str:
        """Return a price at full precision."""
        row = int((at.y() - self.title_height()) // self._row())
        inside = at.y() >= self.title_height() and row < len(self._lines)
        return f"{self._lines[row].name}: {self._lines[row].price!r}" if inside else ""

    def _row(self) -> float:
        return self.line_height() + 2.0

    def sizeHint(self) -> QSize:
        """Return the room for names and prices."""
        widest = max((self.text_width(line.name, bold=True) for line in self._lines), default=80.0)
        number = self.text_width("00.0000", "mono", True)
        rows = len(self._lines) + (2 if self._note else 0)
        return QSize(int(36 + widest + 10 + number), int(self.title_height() + rows * self._row()))

    def minimumSizeHint(self) -> QSize:
        """Return the same width, and a height that any page has."""
        return QSize(self.sizeHint().width(), 60)

    def draw(self, painter: QPainter) -> None:
        """Paint the rows and the note."""
        height, others, y = self._row(), 0, self.title_height()
        for line in self._lines:
            painter.setPen(_pen(style_of(line, others), self.theme))
            others += not line.chosen
            painter.drawLine(QPointF(0.0, y + height / 2), QPointF(28.0, y + height / 2))
            face = font("small", bold=line.chosen)
            color = self.theme.text if line.chosen else self.theme.muted
            box = QRectF(36.0, y, self.width() - 36.0, height)
            self.write(painter, box, line.name, color, Qt.AlignmentFlag.AlignLeft, face)
            number = font("mono", bold=line.chosen)
            text = numbers.short(line.price)
            self.write(painter, box, text, self.theme.text, Qt.AlignmentFlag.AlignRight, number)
            y += height
        if self._note and y + self.line_height() <= self.height():
            box = QRectF(0.0, y + 3.0, self.width(), self.height() - y - 3.0)
            painter.setFont(font("small"))
            painter.setPen(self.theme.muted)
            where = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            painter.drawText(box, where | Qt.TextFlag.TextWordWrap, self._note)
