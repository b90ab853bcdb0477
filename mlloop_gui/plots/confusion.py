"""Which classes are taken for which: counts of true against predicted class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.samples import class_name
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import font

_LEGIBLE = 0.75  # of a line: in lower cells nothing is written


class ConfusionMatrix(Canvas):
    """A grid of counts: a row a true class, a column a predicted one, the diagonal outlined.

    The darker a cell, the larger its share of the row; the count is written in it.
    """

    cell_clicked = Signal(int, int)

    def __init__(self, title: str = "Confusion matrix", parent: QWidget | None = None) -> None:
        self._counts = np.empty((0, 0), dtype=np.int64)
        self._names: tuple[str, ...] = ()
        super().__init__(title, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_matrix(self, counts: ArrayLike, names: Sequence[str]) -> None:
        """Show counts, shape (K, K): row the true class, column the predicted one."""
        made = np.asarray(counts, dtype=np.int64)
        if made.ndim != 2 or made.shape[0] != made.shape[1]:
            raise ValueError(f"a confusion matrix has equal sides, not shape {made.shape}")
        self._counts, self._names = made, tuple(names)
        self.refresh()

    def describe(self) -> str:
        """Return the matrix in words: how many are right, and the largest confusions."""
        if not self._counts.size:
            return f"{self._title}: no samples yet."
        total, right = int(self._counts.sum()), int(np.trace(self._counts))
        said = f"{self._title}: {numbers.count(right)} of {numbers.count(total)} right."
        wrong = self._counts - np.diag(np.diag(self._counts))
        for flat in np.argsort(-wrong, axis=None, kind="stable")[:3].tolist():
            row, column = divmod(flat, len(wrong))
            if wrong[row, column]:
                true, guess = (class_name(self._names, k) for k in (row, column))
                said += f" {wrong[row, column]} {true} taken for {guess}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return a column for each predicted class."""
        names = [class_name(self._names, k) for k in range(len(self._counts))]
        return [f"predicted {name}" for name in names], list(self._counts.T)

    def row_names(self) -> list[str] | None:
        """Return the true classes."""
        return [f"true {class_name(self._names, k)}" for k in range(len(self._counts))]

    def tip(self, at: QPointF) -> str:
        """Return what the cell under the cursor counts."""
        cell = self.cell_at(at)
        if cell is None:
            return ""
        true, guess = (class_name(self._names, k) for k in cell)
        return f"{numbers.count(self._counts[cell])} of {true} predicted as {guess}"

    # Geometry

    def _grid(self) -> QRectF:
        """Return where the cells are; the names stand left of and above them."""
        line = self.line_height()
        names = [class_name(self._names, k) for k in range(len(self._counts))]
        widest = max((self.text_width(name) for name in names), default=0.0)
        left = 26.0 + min(widest, 0.3 * self.width())
        left = max(left, self.text_width("true ↓") + 8.0)
        top = self.title_height() + line + 2.0 + max(line, 18.0)
        side_x = self.width() - left - 2.0
        side_y = self.height() - top - 2.0
        count = max(len(names), 1)
        side = min(side_x, side_y, 64.0 * count)
        return QRectF(left, top, max(side_x if side_x < 64 * count else 64 * count, side), side)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return (true, predicted) of the cell under a pixel."""
        grid, count = self._grid(), len(self._counts)
        if not count or not grid.contains(at):
            return None
        row = int((at.y() - grid.top()) / grid.height() * count)
        column = int((at.x() - grid.left()) / grid.width() * count)
        return min(row, count - 1), min(column, count - 1)

    def sizeHint(self) -> QSize:
        """Return a size at which every count can be read."""
        count = max(len(self._counts), 2)
        return QSize(110 + 44 * count, int(self.title_height()) + 44 + 34 * count)

    def minimumSizeHint(self) -> QSize:
        """Return the least such size."""
        count = max(len(self._counts), 2)
        return QSize(80 + 30 * count, int(self.title_height()) + 44 + 20 * count)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint names, cells and counts."""
        if not self._counts.size:
            box = QRectF(0.0, self.title_height(), self.width(), self.line_height())
            self.write(painter, box, "no samples yet", self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            return
        grid, count = self._grid(), len(self._counts)
        width, height = grid.width() / count, grid.height() / count
        shares = self._counts / np.maximum(self._counts.sum(axis=1, keepdims=True), 1)
        for row in range(count):
            self._paint_name(painter, grid, row, width, height)
            for column in range(count):
                left, top = grid.left() + column * width, grid.top() + row * height
                box = QRectF(left, top, width, height).adjusted(0.5, 0.5, -0.5, -0.5)
                self._paint_cell(painter, box, row, column, float(shares[row, column]))
        head = QRectF(grid.left(), self.title_height(), grid.width(), self.line_height())
        self.write(painter, head, "predicted →", self.theme.muted, Qt.AlignmentFlag.AlignLeft)
        side = QRectF(0.0, self.title_height(), grid.left() - 4.0, self.line_height())
        self.write(painter, side, "true ↓", self.theme.muted, Qt.AlignmentFlag.AlignLeft)

    def _paint_cell(
        self, painter: QPainter, box: QRectF, row: int, column: int, share: float
    ) -> None:
        painter.fillRect(box, QColor(mix(self.theme.panel, self.theme.muted, 0.42 * share)))
        right = row == column
        if right:
            painter.setPen(QPen(QColor(self.theme.text), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
        if box.height() < _LEGIBLE * self.line_height():
            return  # the shade tells it, and the cell's tooltip
        value = int(self._counts[row, column])
        color = self.theme.text if value else self.theme.muted
        text = numbers.count(value) if value else "·"
        self.write(painter, box, text, color, face=font("small", bold=right))

    def _paint_name(
        self, painter: QPainter, grid: QRectF, index: int, width: float, height: float
    ) -> None:
        color, symbol = markers.class_style(self.theme, index)
        name = class_name(self._names, index)
        y = grid.top() + (index + 0.5) * height
        marker = QPointF(grid.left() - 12.0, y)
        markers.draw_sample(painter, marker, color, symbol, markers.TRAIN, self.theme, 0.9)
        if height >= _LEGIBLE * self.line_height():
            box = QRectF(0.0, y - self.line_height() / 2, grid.left() - 22.0, self.line_height())
            self.write(painter, box, name, self.theme.text, Qt.AlignmentFlag.AlignRight)
        x = grid.left() + (index + 0.5) * width
        above = QPointF(x, grid.top() - 10.0)
        room = width - 22.0
        if self.text_width(name) <= room:
            above.setX(x - self.text_width(name) / 2 - 2.0)
            box = QRectF(above.x() + 8.0, grid.top() - 19.0, room, 18.0)
            self.write(painter, box, name, self.theme.text, Qt.AlignmentFlag.AlignLeft)
        markers.draw_sample(painter, above, color, symbol, markers.TRAIN, self.theme, 0.9)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the cursor."""
        cell = self.cell_at(event.position())
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.cell_clicked.emit(*cell)
