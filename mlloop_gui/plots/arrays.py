"""A matrix as a coloured grid of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import cells, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.keys import ARROWS
from mlloop_gui.theme import diverging_lut, font


class ArrayTable(Canvas):
    """The first rows and columns of an array, each number on the colour of its sign and size.

    Where the array is larger, "… n more" says by how much; the chosen row and column are always
    among those shown.

    Parameters
    ----------
    title : str
        Name of the array, such as ``z¹``; the shape follows it.
    max_rows, max_columns : int
        The most that is shown.
    signed : bool
        Whether purple and green show the sign. Without it the cells have no colour.
    """

    own_keys = ARROWS

    cell_clicked = Signal(int, int)

    def __init__(
        self,
        title: str = "",
        max_rows: int = 6,
        max_columns: int = 8,
        signed: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        self._array: NDArray[Any] = np.empty((0, 0))
        self._shape: tuple[int, ...] = (0,)
        self._selected: tuple[int | None, int | None] = (None, None)
        self._format = cells.Format(2)
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._most = (max_rows, max_columns)
        self._signed = signed
        self._limit = 1.0
        self._cell: tuple[float, float] | None = None
        self._hint: QSize | None = None
        super().__init__(title, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.refresh()

    # What is shown

    def set_array(
        self,
        array: ArrayLike,
        title: str | None = None,
        *,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
        selected: tuple[int | None, int | None] | None = None,
    ) -> None:
        """Show an array.

        Parameters
        ----------
        array : array of numbers, shape (), (n,), (rows, columns) or more
            A vector is shown as a row; further axes are joined to the columns.
        title : str, optional
            A new name.
        rows, columns : sequence of str
            Names beside the rows and above the columns.
        selected : (row or None, column or None), optional
            The row and column to outline; with both, the cell.
        """
        given = np.asarray(array)
        self._shape = given.shape
        flat = np.atleast_2d(given.reshape(len(given), -1) if given.ndim > 2 else given)
        self._array = flat if flat.dtype.kind in "iu" else flat.astype(np.float64, copy=False)
        self._format = cells.format_for(self._array.astype(np.float64, copy=False))
        finite = np.abs(self._array[np.isfinite(self._array)])
        self._limit = float(finite.max()) if finite.size and finite.max() > 0.0 else 1.0
        self._rows, self._columns = tuple(rows), tuple(columns)
        if title is not None:
            self._title = title
            self.setAccessibleName(title)
        if selected is not None:
            self._selected = selected
        self.refresh()

    def set_selected(self, row: int | None, column: int | None) -> None:
        """Outline a row, a column, or with both a cell."""
        if (row, column) != self._selected:
            self._selected = (row, column)
            self.refresh()

    def set_max(self, rows: int, columns: int) -> None:
        """Set how much is shown at most."""
        if (rows, columns) != self._most:
            self._most = (max(rows, 1), max(columns, 1))
            self.refresh()

    def refresh(self) -> None:
        """Lay out and paint anew; sizes are looked at many times, and found once."""
        self._cell = self._hint = None
        super().refresh()

    def text_at(self, row: int, column: int) -> str:
        """Return the number of a cell as it is written."""
        return self._format.text(float(self._array[row, column]))

    def title_text(self) -> str:
        """Return name, shape and the common power of ten."""
        shape = cells.shape_text(self._shape) or "one number"
        return f"{self._title} ({shape}){self._format.note}".strip()

    def _shown(self) -> tuple[range, range]:
        row, column = self._selected
        rows = cells.window(self._array.shape[0], self._most[0], row)
        columns = cells.window(self._array.shape[1], self._most[1], column)
        return range(*rows), range(*columns)

    # Words

    def describe(self) -> str:
        """Return the array in words: its shape, range, and the chosen cell."""
        said = f"{self.title_text()}."
        finite = self._array[np.isfinite(self._array)]
        if not self._array.size:
            return said + " Empty."
        if finite.size:
            low, high = numbers.short(float(finite.min())), numbers.short(float(finite.max()))
            said += f" Values from {low} to {high}."
        if finite.size < self._array.size:
            said += f" {numbers.count(self._array.size - finite.size)} values are not finite."
        row, column = self._selected
        if row is not None and column is not None and self._has(row, column):
            said += f" Chosen: row {row}, column {column}: {self.text_at(row, column)}."
        return said

    def _has(self, row: int, column: int) -> bool:
        return 0 <= row < self._array.shape[0] and 0 <= column < self._array.shape[1]

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the whole array, a column for each of its columns."""
        count = self._array.shape[1]
        names = list(self._columns) if len(self._columns) == count else map(str, range(count))
        return list(names), [self._array[:, column] for column in range(count)]

    def row_names(self) -> list[str] | None:
        """Return the names of the rows."""
        return list(self._rows) or None

    def tip(self, at: QPointF) -> str:
        """Return the number under the cursor at full precision."""
        cell = self.cell_at(at)
        if cell is None:
            return ""
        row, column = cell
        name = f"{self._title}[{row}, {column}]" if self._title else f"[{row}, {column}]"
        return f"{name} = {self._array[row, column].item()!r}"

    # Geometry

    def _cell_size(self) -> tuple[float, float]:
        if self._cell is None:
            self._cell = self._find_cell_size()
        return self._cell

    def _find_cell_size(self) -> tuple[float, float]:
        rows, columns = self._shown()
        face = font("mono")
        widest = self.text_width("0.00", "mono")
        for row in rows:
            for column in columns:
                widest = max(widest, self.text_width(self.text_at(row, column), "mono"))
        for name in self._columns:
            widest = max(widest, min(self.text_width(name), 7.0 * face.pixelSize()))
        return widest + 10.0, self.line_height() + 4.0

    def _origin(self) -> QPointF:
        left = max((self.text_width(name) for name in self._rows), default=-6.0) + 6.0
        top = self.title_height() + (self.line_height() + 2.0 if self._columns else 0.0)
        return QPointF(min(left, 120.0), top + 1.0)

    def sizeHint(self) -> QSize:
        """Return the size of the cells shown, the names and the notes."""
        if self._hint is None:
            self._hint = self._find_size()
        return self._hint

    def _find_size(self) -> QSize:
        rows, columns = self._shown()
        width, height = self._cell_size()
        origin = self._origin()
        across = origin.x() + width * len(columns) + 2.0
        across = max(across, self.text_width(self.title_text()) + 4.0)
        down = origin.y() + height * len(rows) + 2.0
        note = self._more_text()
        if note:
            down += self.line_height() + 2.0
            across = max(across, self.text_width(note) + 4.0)
        return QSize(int(across) + 1, int(down) + 1)

    def minimumSizeHint(self) -> QSize:
        """Return the same size: a grid that is cut would lie about its shape."""
        return self.sizeHint()

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return the row and column of the array under a pixel."""
        rows, columns = self._shown()
        width, height = self._cell_size()
        inside = at - self._origin()
        row, column = int(inside.y() // height), int(inside.x() // width)
        if 0 <= row < len(rows) and 0 <= column < len(columns):
            return rows[row], columns[column]
        return None

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is painted; an empty box when it is not shown."""
        rows, columns = self._shown()
        if row not in rows or column not in columns:
            return QRectF()
        width, height = self._cell_size()
        left = self._origin().x() + columns.index(column) * width
        return QRectF(left, self._origin().y() + rows.index(row) * height, width, height)

    def _more_text(self) -> str:
        rows, columns = self._shown()
        hidden = (self._array.shape[0] - len(rows), self._array.shape[1] - len(columns))
        parts = [
            f"{numbers.count(count)} more {word}{'s' if count > 1 else ''}"
            for count, word in zip(hidden, ("row", "column"), strict=True)
            if count
        ]
        if not parts:
            return ""
        moved = bool(rows and columns and (rows[0] or columns[0]))
        return (f"from [{rows[0]}, {columns[0]}] " if moved else "") + "… " + ", ".join(parts)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint names, cells, the outline and the note of what is left out."""
        rows, columns = self._shown()
        if not len(rows) or not len(columns):
            return
        width, height = self._cell_size()
        origin = self._origin()
        lut = diverging_lut(self.theme)
        face = font("mono")
        for i, row in enumerate(rows):
            for j, column in enumerate(columns):
                box = QRectF(origin.x() + j * width, origin.y() + i * height, width, height)
                self._paint_cell(painter, box, float(self._array[row, column]), lut, face)
        self._paint_names(painter, rows, columns, width, height)
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(origin.x(), origin.y(), width * len(columns), height * len(rows)))
        self._paint_outline(painter, rows, columns, width, height)
        note = self._more_text()
        if note:
            top = origin.y() + height * len(rows) + 2.0
            box = QRectF(0.0, top, self.width(), self.line_height())
            self.write(painter, box, note, self.theme.muted, Qt.AlignmentFlag.AlignLeft)

    def _paint_cell(
        self, painter: QPainter, box: QRectF, value: float, lut: NDArray[np.uint8], face: Any
    ) -> None:
        if not np.isfinite(value):
            painter.fillRect(box, QColor(self.theme.panel))
            self.write(painter, box, self._format.text(value), self.theme.error, face=face)
            return
        if self._signed:
            index = round((value / self._limit + 1.0) * 127.5)
            color = lut[min(max(index, 0), 255)]
            painter.fillRect(box, QColor(int(color[0]), int(color[1]), int(color[2])))
        right = box.adjusted(0.0, 0.0, -5.0, 0.0)
        painter.setFont(face)
        painter.setPen(QColor(self.theme.text))
        where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, where, self._format.text(value))

    def _paint_names(
        self, painter: QPainter, rows: range, columns: range, width: float, height: float
    ) -> None:
        origin, muted = self._origin(), self.theme.muted
        for i, row in enumerate(rows):
            if row < len(self._rows):
                box = QRectF(0.0, origin.y() + i * height, origin.x() - 6.0, height)
                self.write(painter, box, self._rows[row], muted, Qt.AlignmentFlag.AlignRight)
        line = self.line_height()
        for j, column in enumerate(columns):
            if column < len(self._columns):
                box = QRectF(origin.x() + j * width, origin.y() - line - 2.0, width - 4.0, line)
                self.write(painter, box, self._columns[column], muted, Qt.AlignmentFlag.AlignRight)

    def _paint_outline(
        self, painter: QPainter, rows: range, columns: range, width: float, height: float
    ) -> None:
        row, column = self._selected
        if row is None and column is None:
            return
        if (row is not None and row not in rows) or (column is not None and column not in columns):
            return
        i, tall = (0, len(rows)) if row is None else (rows.index(row), 1)
        j, wide = (0, len(columns)) if column is None else (columns.index(column), 1)
        origin = self._origin()
        box = QRectF(origin.x() + j * width, origin.y() + i * height, wide * width, tall * height)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(self.theme.accent), 2.0)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(box)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the cursor."""
        cell = self.cell_at(event.position())
        if cell is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.cell_clicked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the choice with the arrow keys."""
        step = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }.get(Qt.Key(event.key()))
        if step is None or not self._array.size:
            super().keyPressEvent(event)
            return
        row = min(max((self._selected[0] or 0) + step[0], 0), self._array.shape[0] - 1)
        column = min(max((self._selected[1] or 0) + step[1], 0), self._array.shape[1] - 1)
        self.cell_clicked.emit(row, column)
