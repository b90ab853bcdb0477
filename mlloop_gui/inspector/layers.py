"""Which layer and which of its units are in hand."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from mlloop_gui.inspector.base import Choice


class LayerChooser(QWidget):
    """A menu of a network's layers and the number of a unit; both write into the choice."""

    def __init__(self, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self._sizes: tuple[int, ...] = ()
        self.layer, self.unit = QComboBox(), QSpinBox()
        self.layer.setAccessibleName("layer shown")
        self.layer.setToolTip("The layer whose arrays are shown")
        self.layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.unit.setAccessibleName("unit in hand")
        self.unit.setToolTip("The unit of this layer whose numbers are worked out")
        self.unit.setPrefix("unit ")
        self.unit.setMinimum(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self.layer, self.unit):
            row.addWidget(widget)
        self.layer.activated.connect(self._choose_layer)
        self.unit.valueChanged.connect(self._choose_unit)

    def set_place(self, sizes: tuple[int, ...], layer: int, unit: int) -> None:
        """Offer the layers of a network of ``sizes`` (inputs first), one of them chosen."""
        with QSignalBlocker(self.layer), QSignalBlocker(self.unit):
            if sizes != self._sizes:
                self._sizes = sizes
                self.layer.clear()
                hidden = [f"layer {at + 1}" for at in range(len(sizes) - 2)]
                self.layer.addItems([*hidden, "output"])
            self.layer.setCurrentIndex(layer)
            self.unit.setMaximum(sizes[layer + 1])
            self.unit.setValue(unit + 1)

    def _choose_layer(self, layer: int) -> None:
        self.choice.choose(layer, 0)

    def _choose_unit(self, number: int) -> None:
        self.choice.choose(self.layer.currentIndex(), number - 1)
