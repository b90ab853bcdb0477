"""What every plot shares: header, axes, read-out, description, table, theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from mlloop_gui.plots.axes import Axis, Grid
from mlloop_gui.plots.header import Strip
from mlloop_gui.plots.table import TableWindow
from mlloop_gui.theme import Theme, current, font_px


class Plot(pg.PlotWidget):
    """A plot with a header above it and axes of its own; ranges are set by us, never guessed.

    Subclasses fill in `describe`, `as_table`, `hover` and `unhover`.

    Parameters
    ----------
    title, unit : str
        Bold title of the header and the muted words after it.
    x_label : str
        Stands at the end of the line of numbers under the plot.
    grid : bool
        Whether the ticks cross the plot.
    x_axis : Axis, optional
        Has ticks of its own.
    """

    def __init__(
        self,
        title: str,
        unit: str = "",
        x_label: str = "",
        grid: bool = True,
        parent: QWidget | None = None,
        x_axis: Axis | None = None,
    ) -> None:
        self.x_axis = x_axis or Axis("bottom")
        self.y_axis = Axis("left")
        self.theme = current()
        self.header: Strip | None = None
        self.held = False
        axes = {"bottom": self.x_axis, "left": self.y_axis}
        # Without pyqtgraph's own menus, which are slow to make and never opened.
        super().__init__(parent=parent, axisItems=axes, enableMenu=False)
        self._grid = grid
        self._title = title
        self.x_axis.end_text = x_label
        self.box = self.plotItem.getViewBox()
        self.box.setMenuEnabled(False)
        self.box.setMouseEnabled(False, False)
        self.box.setDefaultPadding(0.0)
        self.box.disableAutoRange()
        self.plotItem.hideButtons()
        for side in ("top", "right"):
            self.plotItem.getAxis(side).enableAutoSIPrefix(False)
        self.grid = Grid(self.x_axis, self.y_axis)
        self.addItem(self.grid, ignoreBounds=True)
        self.header = Strip(self)
        self.header.set_title(title, unit)
        self.setAccessibleName(title)
        self.setToolTip("")
        self.viewport().setMouseTracking(True)
        self.viewport().setAccessibleName(title)
        self._restyle()

    # What a subclass says of itself

    def describe(self) -> str:
        """Return what the plot shows, in words."""
        raise NotImplementedError

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the headers and columns of the table behind the plot."""
        raise NotImplementedError

    def hover(self, at: QPointF) -> None:
        """Show the values under a point, given in pixels of the viewport."""

    def unhover(self) -> None:
        """Take the read-out away."""
        self.set_readout("")

    def menu_actions(self) -> Sequence[QAction]:
        """Return the entries of the context menu that are this plot's own."""
        return ()

    # Changes

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several changes as one: what follows from them follows at the end, by `settle`."""
        self.held = True
        try:
            yield
        finally:
            self.held = False
            self.settle()

    def settle(self) -> None:
        """Bring up to date what follows from the data."""

    # Header and description

    def set_title(self, title: str, unit: str = "") -> None:
        """Set the header's title; it is the accessible name too."""
        self._title = title
        self.setAccessibleName(title)
        if self.header is not None:
            self.header.set_title(title, unit)

    def title(self) -> str:
        """Return the title."""
        return self._title

    def set_readout(self, text: str) -> None:
        """Show ``text`` in the header in place of the legend."""
        if self.header is not None:
            self.header.set_readout(text)

    def readout(self) -> str:
        """Return the read-out shown, or an empty text."""
        return self.header.readout() if self.header is not None else ""

    def announce(self) -> None:
        """Give the screen reader the present description."""
        self.setAccessibleDescription(self.describe())

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.theme = theme
        self._restyle()

    def _restyle(self) -> None:
        self.setBackground(self.theme.panel)
        for axis in (self.x_axis, self.y_axis):
            axis.restyle(self.theme, self._grid)
            axis.redraw()
        if self.header is not None:
            self.header.set_theme(self.theme)
            self.grid.set_theme(self.theme)
            self.grid.setVisible(self._grid)
        self._arrange()

    def set_view(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Set the ranges in view."""
        self.box.setRange(xRange=x, yRange=y, padding=0.0)
        # Else the box does it while it is painted, and everything in it is painted again.
        self.box.updateMatrix()
        self.grid.set_rect(QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0]))

    # Geometry

    def margins(self) -> tuple[float, float, float, float]:
        """Return the room kept free left, above, right of and below the plot and its axes."""
        top = self.header.sizeHint().height() if self.header is not None else 0
        # Half a line of text above the plot, for the number at the top of the axis.
        return 0.0, float(top) + 0.42 * font_px("small"), 2.0, 0.0

    def _arrange(self) -> None:
        if self.closed or self.plotItem is None:
            return
        self.plotItem.layout.setContentsMargins(*self.margins())
        self.plotItem.layout.activate()
        if self.header is not None:
            self.header.setGeometry(0, 0, self.width(), self.header.sizeHint().height())

    def plot_rect(self) -> QRectF:
        """Return where the data are drawn, in pixels of the viewport."""
        return self.box.mapRectToScene(self.box.rect())

    def to_data(self, at: QPointF) -> QPointF | None:
        """Return the data coordinates of a pixel of the viewport, None outside the plot."""
        scene = self.mapToScene(at.toPoint())
        if not self.plot_rect().contains(scene):
            return None
        return self.box.mapSceneToView(scene)

    def to_pixel(self, x: float, y: float) -> QPointF:
        """Return the pixel of the viewport at data coordinates."""
        return self.box.mapViewToScene(QPointF(x, y))

    # Table

    def open_table(self) -> TableWindow:
        """Open the data of the plot as a table in a window of its own, and return it."""
        headers, columns = self.as_table()
        window = TableWindow(f"{self._title}: table", headers, columns, parent=self.window())
        window.show()
        return window

    def context_menu(self) -> QMenu:
        """Return a new context menu: open as table, then the plot's own entries."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        table = menu.addAction("Open as table")
        table.triggered.connect(self.open_table)
        for action in self.menu_actions():
            menu.addAction(action)
        return menu

    # Qt events; pyqtgraph's own mouse handling is not used, so nothing else reacts

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the context menu (right button, or the menu key)."""
        self.context_menu().popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Lay the header out anew."""
        # Margins first: those of a wider window would not let the plot become narrow.
        if self.header is not None:
            self._arrange()
        super().resizeEvent(event)
        if self.header is not None and self.plotItem is not None:
            self.plotItem.layout.activate()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the click when it is the left button's."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.press(event.position())
        event.accept()

    def press(self, at: QPointF) -> None:
        """Answer a click of the left button at a pixel of the viewport."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the event: nothing is dragged."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the event: its first click has been answered."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the cursor."""
        self.hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Take the read-out away."""
        if not self.closed:
            self.unhover()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel that scrolls."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the table with T; leave the rest to the window."""
        if event.key() == Qt.Key.Key_T and not event.modifiers():
            self.open_table()
        else:
            event.ignore()
