"""Arrays side by side, with the signs of the formula between them, cut to the height there is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from mlloop_gui.plots.arrays import ArrayTable
from mlloop_gui.theme import Theme, current, font_px

#: Cells of an array that stand side by side before the rest is only counted; fewer where the
#: arrays would not fit beside each other.
MOST_COLUMNS = 6
LEAST_COLUMNS = 4
_MOST_ROWS = 40


class StripTable(ArrayTable):
    """An array among others, which can say how much there is of it."""

    def row_count(self) -> int:
        """Return the number of rows of the array, shown or not."""
        return self._array.shape[0]

    def column_count(self) -> int:
        """Return the number of columns of the array, shown or not."""
        return self._array.shape[1]

    def most_rows(self) -> int:
        """Return how many rows are shown at most."""
        return self._most[0]

    def head_height(self) -> float:
        """Return the height above the first row."""
        return self._origin().y()

    def row_height(self) -> float:
        """Return the height of a row."""
        return self.line_height() + 4.0


class ArrayStrip(QScrollArea):
    """`ArrayTable`s in a row; what does not fit in width is scrolled to, in height left out.

    A sign (``=``, ``·``, ``+``, ``⊙``) may stand between two of them.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(160)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = QWidget()
        self._inside.setProperty("scrolled", True)
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addStretch(1)
        self.setWidget(self._inside)
        self._tables: list[StripTable] = []
        self._signs: dict[QWidget, QLabel] = {}
        self._columns: dict[QWidget, QVBoxLayout] = {}
        self._below: dict[StripTable, StripTable] = {}
        self._theme = current()
        self.setAccessibleName("arrays of the stage")

    def add(self, widget: QWidget, sign: str = "") -> None:
        """Append a table or another widget, with a sign before it."""
        if sign:
            label = QLabel(sign)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setContentsMargins(0, font_px("small") + 8, 0, 0)
            self._signs[widget] = label
            self._row.insertWidget(self._row.count() - 1, label)
        # In a column of its own, so that its height never stretches it.
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(widget)
        self._columns[widget] = column
        if isinstance(widget, StripTable):
            column.addStretch(1)
            self._tables.append(widget)
            widget.installEventFilter(self)
        self._row.insertLayout(self._row.count() - 1, column)
        self.set_theme(self._theme)

    def table(self, name: str, sign: str = "", signed: bool = True) -> StripTable:
        """Append a new table and return it."""
        made = StripTable(name, max_columns=MOST_COLUMNS, signed=signed)
        self.add(made, sign)
        return made

    def table_below(self, above: StripTable, name: str) -> StripTable:
        """Add a table of one row under another, whole at any height."""
        made = StripTable(name, max_rows=1, max_columns=MOST_COLUMNS)
        self._columns[above].insertWidget(1, made)
        self._below[above] = made
        made.installEventFilter(self)
        return made

    def show_table(self, table: QWidget, shown: bool = True) -> None:
        """Show or hide a table together with the sign before it."""
        for widget in (table, self._signs.get(table)):
            if widget is not None and widget.isHidden() == shown:
                widget.setVisible(shown)

    def set_sign(self, table: QWidget, sign: str) -> None:
        """Write another sign before a table that has one."""
        self._signs[table].setText(sign)

    def tables(self) -> Sequence[StripTable]:
        """Return the tables, left to right."""
        return tuple(self._tables)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        for sign in self._signs.values():
            sign.setStyleSheet(f"color: {theme.muted}; font-size: {font_px('title')}px;")
        for table in (*self._tables, *self._below.values()):
            table.set_theme(theme)

    def fit(self) -> None:
        """Show as many rows as the height has room for, and fewer columns where that helps."""
        shown = [table for table in self._tables if table.isVisibleTo(self)]
        if not shown:
            return
        whole = 0
        for columns in range(MOST_COLUMNS, LEAST_COLUMNS - 1, -1):
            for table in (*shown, *self._below.values()):
                table.set_max(table.most_rows(), columns)
            # A layout within a layout keeps the sizes that it knew.
            for layout in (*self._columns.values(), self._row):
                layout.invalidate()
            wide = self._inside.minimumSizeHint().width()
            whole = whole or max(self._inside.sizeHint().width(), wide, 160)
            if wide <= self.width():
                break
        room = self.height() - 3.0
        if wide > self.width():
            room -= self.horizontalScrollBar().sizeHint().height()
        head = max(table.head_height() for table in shown)
        for table in shown:
            below = self._below.get(table)
            taken = head if below is None else table.head_height() + below.sizeHint().height() + 2
            fits = int((room - taken) // table.row_height())
            if table.row_count() > fits:
                fits = int((room - taken - table.row_height()) // table.row_height())
            table.set_max(max(min(fits, _MOST_ROWS), 1), columns)
        # No wider than all that may be in it: the room beside it is for others. Were it by what is
        # shown now, each width would ask for another.
        self.setMaximumWidth(whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the tables to the new height."""
        super().resizeEvent(event)
        self.fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Bring a table into view when the keyboard comes to it."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        return super().eventFilter(watched, event)
