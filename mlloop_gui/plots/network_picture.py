"""The network as a picture: every unit, edge and bias, in a few milliseconds a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolTip, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.plots import network_text
from mlloop_gui.plots.keys import keeps
from mlloop_gui.plots.network_edges import Edges, Values
from mlloop_gui.plots.network_layout import NetworkLayout
from mlloop_gui.plots.network_painting import UnitMaps, UnitPainter, paint_still
from mlloop_gui.plots.network_text import Structure
from mlloop_gui.plots.table import TableWindow
from mlloop_gui.theme import Theme

Array = NDArray[np.floating]

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class NetworkPicture(QWidget):
    """Columns of units (inputs, hidden layers, outputs), the edges between them, every bias.

    Column 0 is the inputs. Layer ``l`` of the parameters leads from column ``l`` to ``l + 1``.
    A click, or the arrow keys, choose a unit, Enter activates it; hovering tells the value.
    """

    unit_clicked = Signal(int, int)
    edge_clicked = Signal(int, int, int)
    unit_activated = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plot.network")
        self.setAccessibleName("Network")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = themes.current()
        self._structure = Structure((), (), (), ())
        self._weights: list[Array] = []
        self._biases: list[Array] = []
        self._maps: UnitMaps | None = None
        self._edge_values: list[Array | None] | None = None
        self._edge_title, self._edge_symbol = network_text.WEIGHTS_TITLE, "w"
        self._unit_values: list[Array | None] | None = None
        self._unit_symbol = ""
        self._selected: tuple[int, int] | None = None
        self._title = ""
        self._layout: NetworkLayout | None = None
        self._edges: Edges | None = None
        self._still: QPixmap | None = None

    # What the window gives

    def set_structure(
        self,
        layer_sizes: Sequence[int],
        feature_names: Sequence[str] = (),
        output_names: Sequence[str] = (),
        activations: Sequence[str] = (),
    ) -> None:
        """Show a network of this shape; parameters and values of the last one are forgotten.

        Parameters
        ----------
        layer_sizes : sequence of int
            Inputs, units of each hidden layer, outputs.
        feature_names, output_names : sequence of str
            Names of inputs and outputs; may be empty.
        activations : sequence of str
            One a hidden layer, shown beside its title; may be empty.
        """
        made = Structure(
            tuple(int(size) for size in layer_sizes),
            tuple(feature_names),
            tuple(output_names),
            tuple(activations),
        )
        if made == self._structure:
            return
        self._structure = made
        self._weights = [np.zeros(pair) for pair in made.shapes()]
        self._biases = [np.zeros(pair[1]) for pair in made.shapes()]
        self._maps = self._edge_values = self._unit_values = self._selected = None
        self.setAccessibleDescription(self.describe())
        self._relayout()

    def set_parameters(self, weights: Sequence[Array], biases: Sequence[Array]) -> None:
        """Show these weights (inputs, outputs) and biases (outputs,), one of each a layer.

        Raises
        ------
        ValueError
            When the shapes are not those of the structure.
        """
        shapes = [tuple(array.shape) for array in weights]
        if shapes != self._structure.shapes() or [b.shape for b in biases] != [
            (pair[1],) for pair in shapes
        ]:
            raise ValueError(f"weights {shapes} do not fit {self._structure.sizes}")
        self._weights, self._biases = list(weights), list(biases)
        self.update()

    def set_unit_maps(
        self,
        maps: Sequence[NDArray[np.uint8] | None] | None,
        luts: Sequence[NDArray[np.uint8] | None] | None = None,
    ) -> None:
        """Show in each unit what it answers over the plane.

        Parameters
        ----------
        maps : sequence of uint8 arrays (units, h, w), or None
            One a column, the first row of a map at the top; indices into a table of 256 colours.
            None in place of one leaves that column without.
        luts : sequence of arrays (256, 3), optional
            One a column; None in place of one is the table of signed values.
        """
        self._maps = None if maps is None else UnitMaps(maps, luts)
        self.update()

    def set_edge_values(self, values: Values | None, title: str = "", symbol: str = "") -> None:
        """Draw the edges by other values than the weights (None: by the weights).

        Parameters
        ----------
        values : sequence of arrays (inputs, outputs), or None
            One a layer; None in place of one draws that layer pale ("not there yet").
        title : str
            What the edges show; stands under the picture.
        symbol : str
            Stands before each number, for example ``w·δ``.
        """
        self._edge_values = None if values is None else list(values)
        given = values is not None
        new_title = title if given or title else network_text.WEIGHTS_TITLE
        if new_title != self._edge_title:
            self._edge_title, self._still = new_title, None
        self._edge_symbol = symbol if given else "w"
        self.update()

    def set_unit_values(self, values: Sequence[Array | None] | None, symbol: str = "a") -> None:
        """Write a number under each unit: one array a column; None in its place writes none."""
        self._unit_values = None if values is None else list(values)
        self._unit_symbol = symbol
        self.update()

    def set_selected(self, layer: int | None, unit: int | None) -> None:
        """Outline the chosen unit; ``layer`` is its column (0: inputs). None takes it away."""
        chosen = None if layer is None or unit is None else (int(layer), int(unit))
        if chosen != self._selected:
            self._selected = chosen
            self.update()

    def selected(self) -> tuple[int, int] | None:
        """Return column and number of the chosen unit."""
        return self._selected

    def set_title(self, text: str) -> None:
        """Set the bold title above the columns (empty: no row for it)."""
        if text != self._title:
            self._title = text
            self._relayout()

    def set_theme(self, theme: Theme) -> None:
        """Paint with the colours of ``theme`` and the text size in force."""
        self._theme = theme
        self._relayout()

    # What it says of itself

    @property
    def structure(self) -> Structure:
        """Sizes and names of the network that is shown."""
        return self._structure

    def describe(self) -> str:
        """Return the structure in words."""
        return self._structure.describe()

    def as_table(self) -> tuple[list[str], list[list[object]]]:
        """Return headers and columns of a table of every parameter, at full precision."""
        return network_text.table(self._structure, self._weights, self._biases)

    def open_table(self) -> TableWindow:
        """Open every parameter as a table in a window of its own, and return it."""
        headers, columns = self.as_table()
        window = TableWindow("Network: table", headers, columns, parent=self.window())
        window.show()
        return window

    def text_at(self, at: QPointF) -> str:
        """Return what lies at a point of the widget, with its live value; empty for nothing."""
        if self._layout is None or self._edges is None:
            return ""
        unit = self._layout.unit_at(at)
        if unit is not None:
            return network_text.unit(
                self._structure, *unit, self._biases, self._unit_values, self._unit_symbol
            )
        edge = self._edges.edge_at(at, self._ranked())
        if edge is not None:
            return network_text.edge(
                self._structure, *edge, self._weights, self._edge_values, self._edge_symbol
            )
        return ""

    def unit_rect(self, layer: int, unit: int) -> QRectF:
        """Return the square of a shown unit, in pixels of the widget."""
        if self._layout is None:
            return QRectF()
        return QRectF(self._layout.squares[layer][unit])

    def edge_point(self, layer: int, i: int, j: int, part: float = 0.5) -> QPointF:
        """Return the point at a share of the way along a shown edge, in pixels of the widget."""
        if self._edges is None:
            return QPointF()
        return self._edges.point_on(layer, i, j, part)

    def _ranked(self) -> list[Array]:
        """Return the values by which edges are drawn, the weights where a layer has none."""
        if self._edge_values is None:
            return self._weights
        return [
            weight if value is None else value
            for value, weight in zip(self._edge_values, self._weights, strict=True)
        ]

    # Geometry

    def sizeHint(self) -> QSize:
        """Return the size of the design."""
        return QSize(360, 480)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which the default network is legible."""
        return QSize(240, 200)

    def _relayout(self) -> None:
        """Place the units anew; the still part is painted when it is next needed."""
        self._still = None
        self.update()
        if not self._structure.sizes:
            self._layout = self._edges = None
            return
        font = QFontMetrics(themes.font("small"))
        line = float(font.height())
        header = line + 6.0 if self._title else 0.0
        left, right = 36.0, 36.0
        if self._structure.features:
            names = [font.horizontalAdvance(name) for name in self._structure.features]
            left = max(left, min(max(names) / 2.0 + 2.0, 0.15 * self.width()))
        if len(self._structure.outputs) > 1:
            names = [font.horizontalAdvance(name) for name in self._structure.outputs]
            right = 34.0 + min(max(names), 0.2 * self.width())
        room = QRectF(
            6.0,
            header + line + 10.0,
            self.width() - 12.0,
            self.height() - header - 3 * line - 18.0,
        )
        self._layout = NetworkLayout(self._structure.sizes, room, line, left, right)
        self._edges = Edges(self._layout)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the units in the new room."""
        super().resizeEvent(event)
        self._relayout()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture; the painter ends even if that fails, or Qt would crash."""
        with QPainter(self) as painter:
            self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        """The still part from its copy, then edges, units and numbers afresh."""
        layout, edges = self._layout, self._edges
        if layout is None or edges is None:
            painter.fillRect(self.rect(), QColor(self._theme.panel))
            return
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatio() != ratio:
            self._still = QPixmap(self.size() * ratio)
            self._still.setDevicePixelRatio(ratio)
            paint_still(
                self._still, layout, edges, self._structure, self._theme,
                self._title, self._edge_title,
            )  # fmt: skip
        painter.drawPixmap(0, 0, self._still)
        values: Values = self._edge_values if self._edge_values is not None else self._weights
        edges.paint(painter, self._theme, values, self._weights)
        units = UnitPainter(painter, layout, self._structure, self._theme)
        units.squares(self._maps, self._unit_values, self._selected, self.hasFocus())
        units.input_names()
        units.numbers(self._biases, self._unit_values, self._unit_symbol, self._selected)
        units.edge_numbers(edges, values, self._edge_symbol, self._selected)

    # Mouse and keys

    def event(self, event: QEvent) -> bool:
        """Keep the arrow keys, shortcuts elsewhere; tell the value under the cursor."""
        if keeps(event, _STEPS):
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.text_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show by the cursor what can be clicked."""
        there = self._layout is not None and self._layout.unit_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if there else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the unit or the edge under the cursor."""
        if event.button() != Qt.MouseButton.LeftButton or self._layout is None:
            super().mousePressEvent(event)
            return
        unit = self._layout.unit_at(event.position())
        if unit is not None:
            self._choose(*unit)
        elif self._edges is not None:
            edge = self._edges.edge_at(event.position(), self._ranked())
            if edge is not None:
                self.edge_clicked.emit(*edge)

    def _choose(self, layer: int, unit: int) -> None:
        self.set_selected(layer, unit)
        self.unit_clicked.emit(layer, unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk from unit to unit with the arrow keys; T opens the table."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and self._layout is not None:
            layer, unit = self._selected or (0, -1 if step == (0, 1) else 0)
            layer = min(max(layer + step[0], 0), len(self._structure.sizes) - 1)
            unit = min(max(unit + step[1], 0), self._layout.shown(layer) - 1)
            self._choose(layer, unit)
            name = network_text.unit(
                self._structure, layer, unit, self._biases, self._unit_values, self._unit_symbol
            )
            self.setAccessibleDescription(f"{self.describe()} Chosen: {name}")
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected:
            self.unit_activated.emit(*self._selected)
        elif event.key() == Qt.Key.Key_T and not event.modifiers():
            self.open_table()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus has gone."""
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the table."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open as table").triggered.connect(self.open_table)
        menu.popup(event.globalPos() if not event.globalPos().isNull() else QPoint(0, 0))
