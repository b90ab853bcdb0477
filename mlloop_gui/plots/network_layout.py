"""Where the units of a network stand in its picture: geometry alone, nothing is painted here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF

#: Side of a unit's square, in pixels: at least, at most.
SQUARE = (14.0, 46.0)
_GAP, _TIGHT_GAP = 8.0, 5.0


class NetworkLayout:
    """Squares of the units, column by column, in the room that there is.

    Where more units than fit are in a column, the first ones are shown and a last row is kept
    for the count of the others.

    Parameters
    ----------
    sizes : sequence of int
        Units of each column: inputs, hidden layers, outputs.
    room : QRectF
        Where squares and their texts may be, in pixels.
    line : float
        Height of a line of text, in pixels.
    left, right : float
        Room kept beside the first and the last column's middle, in pixels.
    """

    def __init__(
        self, sizes: Sequence[int], room: QRectF, line: float, left: float, right: float
    ) -> None:
        self.sizes = tuple(int(size) for size in sizes)
        self.room, self.line = room, line
        span = max(room.width() - left - right, 1.0)
        self.column_pitch = span / max(len(self.sizes) - 1, 1)
        if len(self.sizes) == 1:
            self.centers = [room.center().x()]
        else:
            self.centers = [
                room.left() + left + k * self.column_pitch for k in range(len(self.sizes))
            ]
        self._fit_rows()
        self.squares = [self._column(k) for k in range(len(self.sizes))]

    def _fit_rows(self) -> None:
        """Choose how many rows fit, how large their squares are, and one or two lines of text."""
        high = max(self.room.height(), 1.0)
        least = SQUARE[0] + self.line + _TIGHT_GAP
        self.most_rows = max(int(high // least), 2)
        self.rows = [min(size, self.most_rows) for size in self.sizes]
        pitch = high / max([*self.rows, 1])
        widest = min(SQUARE[1], max(0.45 * self.column_pitch, SQUARE[0]))
        free = pitch - 2 * self.line - _GAP
        #: Whether each unit has a line above and one below, rather than one above alone.
        self.two_lines = free >= SQUARE[0] + 2.0
        if not self.two_lines:
            free = pitch - self.line - _TIGHT_GAP
        self.side = float(int(min(max(free, SQUARE[0]), widest)))

    def shown(self, column: int) -> int:
        """Return how many units of a column are shown."""
        size = self.sizes[column]
        return size if size <= self.most_rows else self.most_rows - 1

    def hidden(self, column: int) -> int:
        """Return how many units of a column are not shown."""
        return self.sizes[column] - self.shown(column)

    def _column(self, column: int) -> list[QRectF]:
        rows = self.rows[column]
        text = (2 if self.two_lines else 1) * self.line
        loose = 2.1 * (self.side + text)
        pitch = min(self.room.height() / max(rows, 1), loose)
        above = self.line if self.two_lines else (self.line - 1.0)
        free = pitch - self.side - text
        top = self.room.center().y() - pitch * rows / 2.0 + free / 2.0 + above
        left = self.centers[column] - self.side / 2.0
        return [
            QRectF(round(left), round(top + k * pitch), self.side, self.side)
            for k in range(self.shown(column))
        ]

    def more_row(self, column: int) -> QRectF:
        """Return the row that tells how many units are not shown."""
        last = self.squares[column][-1]
        top = last.bottom() + (self.line + 2.0 if self.two_lines else 3.0)
        return self._text_row(column, top)

    def text_room(self, column: int) -> float:
        """Return the width in pixels that texts of a column may take."""
        edge = 2 * min(
            self.centers[column] - self.room.left(), self.room.right() - self.centers[column]
        )
        return min(self.column_pitch - 4.0, edge + 8.0)

    def _text_row(self, column: int, top: float) -> QRectF:
        wide = max(self.column_pitch - 4.0, 60.0)
        return QRectF(self.centers[column] - wide / 2.0, top, wide, self.line)

    def above(self, column: int, unit: int) -> QRectF:
        """Return the line of text above a unit."""
        return self._text_row(column, self.squares[column][unit].top() - self.line - 2.0)

    def below(self, column: int, unit: int) -> QRectF:
        """Return the line of text below a unit."""
        return self._text_row(column, self.squares[column][unit].bottom() + 3.0)

    def ends(self, layer: int, i: int, j: int) -> tuple[QPointF, QPointF]:
        """Return where the edge from unit ``i`` of column ``layer`` to ``j`` of the next goes."""
        start, end = self.squares[layer][i], self.squares[layer + 1][j]
        return (
            QPointF(start.right() + 1.0, start.center().y()),
            QPointF(end.left() - 1.0, end.center().y()),
        )

    def unit_at(self, at: QPointF, slack: float = 2.0) -> tuple[int, int] | None:
        """Return column and unit at a point, None between the units."""
        for column, squares in enumerate(self.squares):
            if not squares or abs(at.x() - self.centers[column]) > self.side / 2.0 + slack + 1.0:
                continue
            for unit, square in enumerate(squares):
                if square.adjusted(-slack, -slack, slack, slack).contains(at):
                    return column, unit
        return None
