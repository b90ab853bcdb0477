"""Signed numbers with their names, a bar each, one of them chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.theme import Theme, current_scale, font

_GAP = 8.0
_PAGE = 8
_KEYS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -_PAGE,
    Qt.Key.Key_PageDown: _PAGE,
}


class RankingBars(Canvas):
    """A row for each number: its name, a bar from a middle line, the number with its sign.

    Parameters
    ----------
    name : str
        For the screen reader.
    headers : tuple of (str, str)
        What the names and the numbers are, for the table.

    Signals
    -------
    row_chosen : int
    """

    row_chosen = Signal(int)

    def __init__(self, name: str, headers: tuple[str, str], parent: QWidget | None = None) -> None:
        self._names: tuple[str, ...] = ()
        self._values: NDArray[np.float64] = np.empty(0)
        self._notes: tuple[str, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._headers = headers
        self._chosen: int | None = None
        super().__init__("", parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_rows(
        self,
        names: Sequence[str],
        values: ArrayLike,
        chosen: int | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Show numbers, shape (n,).

        Parameters
        ----------
        names : sequence of str
        values : array, shape (n,)
        chosen : int, optional
            The row that is marked.
        notes : sequence of str, optional
            Words beside a row, in place of its bar; empty for none.
        """
        self._names = tuple(names)
        self._values = np.asarray(values, dtype=np.float64)
        self._notes = tuple(notes) or ("",) * len(self._names)
        self._texts = tuple(numbers.change(value) for value in self._values.tolist())
        self._chosen = chosen
        self.refresh()

    @property
    def chosen(self) -> int | None:
        """The row that is marked."""
        return self._chosen

    def row_names(self) -> list[str] | None:
        """Return None: the names are a column."""
        return None

    def text_at(self, row: int) -> str:
        """Return the number of a row as it is written."""
        return self._texts[row]

    def note_at(self, row: int) -> str:
        """Return the words beside a row."""
        return self._notes[row]

    def name_at(self, row: int) -> str:
        """Return the name of a row."""
        return self._names[row]

    def __len__(self) -> int:
        return len(self._names)

    def __bool__(self) -> bool:
        return True

    def describe(self) -> str:
        """Return the first rows and the chosen one in words."""
        if not len(self._values):
            return f"{self.accessibleName()}: nothing to show yet."
        first = [f"{n} {t}" for n, t in zip(self._names[:5], self._texts[:5], strict=True)]
        said = f"{self.accessibleName()}: {', '.join(first)}"
        said += f" and {numbers.count(len(self) - 5)} more." if len(self) > 5 else "."
        if self._chosen is not None:
            said += f" Chosen: {self._row_words(self._chosen)}."
        return said

    def _row_words(self, row: int) -> str:
        note = f", {self._notes[row]}" if self._notes[row] else ""
        return f"{self._names[row]} {self._texts[row]}{note}"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return names and numbers, and the notes where there are any."""
        headers, columns = [*self._headers], [self._names, self._values]
        if any(self._notes):
            return [*headers, "note"], [*columns, self._notes]
        return headers, columns

    def tip(self, at: QPointF) -> str:
        """Return the row under the cursor at full precision."""
        row = self.row_at(at)
        if row is None:
            return ""
        note = f"\n{self._notes[row]}" if self._notes[row] else ""
        return f"{self._names[row]} = {float(self._values[row])!r}{note}"

    # Geometry

    def row_height(self) -> float:
        """Return the height of a row."""
        return self.line_height() + 5.0

    def sizeHint(self) -> QSize:
        """Return the room for all rows."""
        return QSize(360, int(max(len(self), 1) * self.row_height()) + 2)

    def minimumSizeHint(self) -> QSize:
        """Return the least size at which bars can be told apart."""
        return QSize(240, self.sizeHint().height())

    def row_at(self, at: QPointF) -> int | None:
        """Return the row at a pixel."""
        row = int(at.y() // self.row_height())
        return row if 0 <= row < len(self) else None

    def row_rect(self, row: int) -> QRectF:
        """Return where a row is."""
        return QRectF(0.0, row * self.row_height(), self.width(), self.row_height())

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the rows that are in view."""
        if not len(self):
            box = QRectF(0.0, 0.0, self.width(), self.row_height())
            self.write(painter, box, "nothing to show yet", self.theme.muted)
            return
        seen = self.visibleRegion().boundingRect()
        first = max(int(seen.top() // self.row_height()), 0)
        last = min(int(seen.bottom() // self.row_height()) + 1, len(self))
        widest = max(self.text_width(name, bold=True) for name in self._names)
        left = 8.0 + min(widest, 0.4 * self.width()) + _GAP
        number = max(self.text_width(text, "mono") for text in self._texts) + 8.0
        finite = np.abs(self._values[np.isfinite(self._values)])
        limit = float(finite.max(initial=0.0)) or 1.0
        for row in range(first, last):
            self._paint_row(painter, row, left, number, limit)

    def _paint_row(
        self, painter: QPainter, row: int, left: float, number: float, limit: float
    ) -> None:
        box, theme, chosen = self.row_rect(row), self.theme, row == self._chosen
        where, ink = Qt.AlignmentFlag.AlignLeft, theme.text
        if chosen:
            painter.fillRect(box, QColor(theme.accent_soft))
            painter.fillRect(QRectF(0.0, box.top(), 3.0, box.height()), QColor(theme.accent))
        name = QRectF(8.0, box.top(), left - 8.0 - _GAP, box.height())
        self.write(painter, name, self._names[row], ink, where, font("small", bold=chosen))
        value = QRectF(box.right() - number - 4.0, box.top(), number, box.height())
        self.write(painter, value, self._texts[row], ink, Qt.AlignmentFlag.AlignRight, font("mono"))
        track = QRectF(left, box.top() + 3.0, value.left() - left - _GAP, box.height() - 6.0)
        if self._notes[row]:
            # Its bar would be empty.
            self.write(painter, track, self._notes[row], theme.muted, where)
            return
        middle = round(track.center().x()) + 0.5
        share = float(self._values[row]) / limit
        if np.isfinite(share):
            length = share * track.width() / 2.0
            color = QColor(theme.positive_fill if share > 0.0 else theme.negative_fill)
            painter.fillRect(
                QRectF(middle + min(length, 0.0), track.top(), abs(length), track.height()), color
            )
        painter.setPen(QColor(theme.muted))
        painter.drawLine(QPointF(middle, box.top()), QPointF(middle, box.bottom()))

    # Mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the cursor."""
        row = self.row_at(event.position())
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._choose(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose another row with the arrow keys, Page Up and Down, Home and End."""
        key, last = Qt.Key(event.key()), len(self) - 1
        by = _KEYS.get(key)
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or last < 0:
            super().keyPressEvent(event)
        elif by is not None:
            at = self._chosen if self._chosen is not None else -1 if by > 0 else last + 1
            self._choose(min(max(at + by, 0), last))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(0 if key == Qt.Key.Key_Home else last)
        else:
            super().keyPressEvent(event)

    def _choose(self, row: int) -> None:
        if row != self._chosen:
            self._chosen = row
            self.refresh()
            self.row_chosen.emit(row)


class RankingList(QScrollArea):
    """`RankingBars` that are scrolled where they are too many; the chosen row stays in view."""

    def __init__(self, bars: RankingBars, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = bars
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bars.setProperty("scrolled", True)
        self.setWidget(bars)
        self.setMinimumHeight(40)
        bars.row_chosen.connect(self.show_chosen)

    def show_chosen(self) -> None:
        """Scroll to the chosen row."""
        if self.bars.chosen is not None:
            middle = self.bars.row_rect(self.bars.chosen).center().toPoint()
            margin = round(self.bars.row_height())
            self.ensureVisible(0, middle.y(), 0, margin)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the chosen row in view."""
        super().resizeEvent(event)
        self.show_chosen()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.bars.set_theme(theme)
        self.verticalScrollBar().setSingleStep(round(self.bars.row_height() * current_scale()))
