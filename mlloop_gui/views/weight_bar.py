"""A bar under the network for the unit or edge that was clicked: its weights and bias, to edit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QToolButton, QWidget

from core.network.layout import Layout
from mlloop_gui.inspector.parameter_field import ParameterField
from mlloop_gui.plots.network_text import Structure
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme


class WeightBar(QFrame):
    """Which parameter of the chosen unit, and its value; hidden until something is chosen.

    Signals
    -------
    closed
        A person has closed it.
    """

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("weight_bar")
        self.setAccessibleName("Edit a weight or bias")
        self._session = session
        self._structure = Structure((), (), (), ())
        self._layout: Layout | None = None
        self._unit = (0, 0)
        self.chooser = QComboBox()
        self.chooser.setObjectName("weight_bar.parameter")
        self.chooser.setAccessibleName("which parameter of the unit")
        self.chooser.setToolTip("The chosen unit's bias, or one of the weights that lead to it")
        self.chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.chooser.setMinimumContentsLength(6)
        self.field = ParameterField(session)
        self.field.name.hide()
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.setObjectName("weight_bar.close")
        self.close_button.setAccessibleName("Close the editor")
        self.close_button.setToolTip("Close (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.chooser, 1)
        row.addWidget(self.field)
        row.addWidget(self.close_button)
        self.chooser.activated.connect(self._choose)
        self.close_button.clicked.connect(self._close)
        self.field.left.connect(self._close)
        self.hide()

    @Slot()
    def _close(self) -> None:
        self.hide()
        self.closed.emit()

    def set_structure(self, structure: Structure, layout: Layout) -> None:
        """Forget what was chosen of another network."""
        if layout != self._layout or structure != self._structure:
            self._structure, self._layout = structure, layout
            self.hide()

    def open_unit(self, column: int, unit: int) -> None:
        """Offer the parameters of a unit, its bias first; inputs have none."""
        if column > 0:
            self._open(column - 1, unit, 0)
        else:
            self.hide()

    def edit_unit(self, column: int, unit: int) -> None:
        """The same, with the keys in the value."""
        self.open_unit(column, unit)
        self._take_keys()

    def edit_edge(self, layer: int, source: int, target: int) -> None:
        """Edit an edge's weight; the other parameters of the unit it leads to are offered too."""
        self._open(layer, target, source + 1)
        self._take_keys()

    def _take_keys(self) -> None:
        if self.isVisible():
            self.field.line.setFocus(Qt.FocusReason.OtherFocusReason)
            self.field.line.selectAll()

    def _open(self, layer: int, unit: int, place: int) -> None:
        if self._layout is None:
            return
        self._unit = layer, unit
        target = self._structure.unit(layer + 1, unit)
        names = [f"bias of {target}"]
        sources = self._layout.sizes[layer]
        names += [f"{self._structure.unit(layer, k)} → {target}" for k in range(sources)]
        self.chooser.clear()
        self.chooser.addItems(names)
        self.chooser.setCurrentIndex(place)
        self.show()
        self._choose()

    @property
    def _index(self) -> int:
        """The chosen parameter's place in the flat vector."""
        assert self._layout is not None
        layer, unit = self._unit
        place = self.chooser.currentIndex()
        inputs, outputs = self._layout.sizes[layer], self._layout.sizes[layer + 1]
        row = inputs if place == 0 else place - 1
        return self._layout.offsets[layer] + row * outputs + unit

    @Slot()
    def _choose(self) -> None:
        self._session.choose_parameter(self._index)
        self.refresh()

    def refresh(self) -> None:
        """Show the live value."""
        frame = self._session.frame
        if frame is None or self._layout is None or not self.isVisible():
            return
        if frame.layout != self._layout:
            return
        path, words = self._layout.name(self._index), self.chooser.currentText()
        self.field.set_parameter(path, float(frame.theta[self._index]), words)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self.field.set_theme(theme)
