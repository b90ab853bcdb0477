"""How well the model does on the test part as it is, and on shifted copies of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import current_scale, font


@dataclass(frozen=True)
class ShiftedBar:
    """One row.

    Attributes
    ----------
    name : str
    value : float or None
        None where the shift does not fit the data.
    low, high : float or None
        Ends of its interval, where it has one.
    text : str
        The value as it is written.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    text: str

    def words(self) -> str:
        """Return the row as a text."""
        return f"{self.name}: {self.text}"


class ShiftedBars(Canvas):
    """A bar a row with its interval; a dashed line goes down from the first one.

    The first row is the part as it is, hollow; the others are shifted, filled.
    """

    def __init__(self, title: str = "On the test part", parent: QWidget | None = None) -> None:
        self._bars: tuple[ShiftedBar, ...] = ()
        self._top = 1.0
        super().__init__(title, parent)
        self.setObjectName("plot.shifted")
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_bars(self, bars: Sequence[ShiftedBar], top: float) -> None:
        """Show rows; a bar of ``top`` is as long as there is room."""
        self._bars, self._top = tuple(bars), top if top > 0.0 else 1.0
        self.refresh()

    def describe(self) -> str:
        """Return the rows in words."""
        if not self._bars:
            return "No test part to look at yet."
        return f"{self.title_text()}: {'; '.join(bar.words() for bar in self._bars)}."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return values and intervals."""
        columns = [
            ["" if value is None else value for value in values]
            for values in zip(*((bar.value, bar.low, bar.high) for bar in self._bars), strict=True)
        ]
        return ["value", "low", "high"], columns or [[], [], []]

    def row_names(self) -> list[str] | None:
        """Return the rows' names."""
        return [bar.name for bar in self._bars]

    def tip(self, at: QPointF) -> str:
        """Return the row under the cursor."""
        row = int((at.y() - self.title_height()) // self._row_height())
        return self._bars[row].words() if 0 <= row < len(self._bars) else ""

    def _row_height(self) -> float:
        return self.line_height() + 5.0

    def sizeHint(self) -> QSize:
        """Return the room for all rows."""
        rows = max(len(self._bars), 5)
        return QSize(320, int(self.title_height() + rows * self._row_height() + 2.0))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(round(240 * current_scale()), self.sizeHint().height())

    def track(self, row: int) -> QRectF:
        """Return where a bar of full length is."""
        left = max((self.text_width(bar.name) for bar in self._bars), default=0.0) + 8.0
        right = max((self.text_width(bar.text, bold=True) for bar in self._bars), default=0.0) + 8.0
        top = self.title_height() + row * self._row_height()
        room = max(self.width() - left - right, 20.0)
        return QRectF(left, top + 3.0, room, self._row_height() - 6.0)

    def draw(self, painter: QPainter) -> None:
        """Paint the rows."""
        for row, bar in enumerate(self._bars):
            self._paint_row(painter, row, bar)
        if self._bars and self._bars[0].value is not None:
            x = self._x(0, self._bars[0].value)
            pen = QPen(QColor(self.theme.text), 1.0)
            pen.setDashPattern([3.0, 3.0])
            painter.setPen(pen)
            bottom = self.track(len(self._bars) - 1).bottom()
            painter.drawLine(QPointF(x, self.track(0).top()), QPointF(x, bottom + 2.0))

    def _x(self, row: int, value: float) -> float:
        track = self.track(row)
        return round(track.left() + min(max(value / self._top, 0.0), 1.0) * track.width()) + 0.5

    def _paint_row(self, painter: QPainter, row: int, bar: ShiftedBar) -> None:
        track, theme = self.track(row), self.theme
        line = QRectF(0.0, track.top() - 3.0, self.width(), self._row_height())
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        self.write(painter, line, bar.name, theme.text, left)
        self.write(painter, line, bar.text, theme.text, right, font("small", bold=not row))
        painter.fillRect(track, QColor(theme.grid))
        if bar.value is None:
            return
        filled = QRectF(track)
        filled.setRight(self._x(row, bar.value))
        if row:
            painter.fillRect(filled, QColor(mix(theme.muted, theme.panel, 0.4)))
        else:
            painter.setPen(QPen(QColor(theme.text), 1.0))
            painter.setBrush(QColor(theme.paper))
            painter.drawRect(filled)
        if bar.low is None or bar.high is None:
            return
        painter.setPen(QPen(QColor(theme.text), 1.2))
        y = track.center().y()
        ends = [QPointF(self._x(row, end), y) for end in (bar.low, bar.high)]
        painter.drawLine(*ends)
        for end in ends:
            painter.drawLine(end - QPointF(0.0, 3.0), end + QPointF(0.0, 3.0))


def interval_text(value: float, low: float, high: float) -> str:
    """Return a share with its interval: 84 % (79–88 %)."""
    ends = f"{100 * low:.0f}–{numbers.percent(high, 0)}"
    return f"{numbers.percent(value, 0)} ({ends})"
