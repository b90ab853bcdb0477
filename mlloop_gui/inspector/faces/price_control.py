"""A price from 1 to 50: a slider with logarithmic steps, and a field for any number between."""

from __future__ import annotations

from PySide6.QtCore import Property, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from mlloop_gui.inspector.faces.slider_field import ArrowSlider

LEAST, MOST = 1.0, 50.0
#: Where the slider stops: about equally far apart in their logarithms.
STOPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50)


class PriceControl(QWidget):
    """How many false alarms a miss costs.

    Signals
    -------
    changed : float
        A new price: on release of the slider, on a step by key, on Enter in the field.
    moved : float
        The price under the slider while it is dragged.
    """

    changed = Signal(float)
    moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("price")
        self.setAccessibleName("price of a miss in false alarms")
        self._price = LEAST
        self._dragged = False
        self.slider = ArrowSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("price.slider")
        self.slider.setRange(0, len(STOPS) - 1)
        self.slider.setPageStep(3)
        self.slider.setAccessibleName("price of a miss, from 1 to 50 false alarms")
        self.field = QDoubleSpinBox()
        self.field.setObjectName("price.field")
        self.field.setRange(LEAST, MOST)
        self.field.setDecimals(1)
        self.field.setKeyboardTracking(False)
        self.field.setAccessibleName("price of a miss in false alarms, as a number")
        told = "How many false alarms a miss costs: the class's weight in the batch's mean"
        for widget in (self, self.slider, self.field):
            widget.setToolTip(told)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        row.addWidget(QLabel("false alarms"))
        self.setFocusProxy(self.slider)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(self._released)
        self.field.valueChanged.connect(self._take)

    def price(self) -> float:
        """Return the price shown."""
        return self._price

    def set_price(self, price: float) -> None:
        """Show a price, unless the slider is being dragged; nothing is emitted."""
        if not self.slider.isSliderDown():
            self._price = price
            self._show()

    value = Property(float, price, set_price, user=True)

    def _show(self) -> None:
        nearest = min(range(len(STOPS)), key=lambda at: abs(STOPS[at] - self._price))
        with QSignalBlocker(self.slider), QSignalBlocker(self.field):
            self.slider.setValue(nearest)
            # While it is being written in, the field is its writer's.
            if not self.field.hasFocus() or self.field.value() != round(self._price, 1):
                self.field.setValue(self._price)

    @Slot(int)
    def _slid(self, at: int) -> None:
        price = float(STOPS[at])
        if self.slider.isSliderDown():
            self._dragged = True
            with QSignalBlocker(self.field):
                self.field.setValue(price)
            self.moved.emit(price)
        else:
            self._take(price)

    @Slot()
    def _released(self) -> None:
        # A click that moves nothing leaves a price between two stops as it is.
        if self._dragged:
            self._dragged = False
            self._price = float(STOPS[self.slider.value()])
            self._show()
            self.changed.emit(self._price)

    @Slot(float)
    def _take(self, price: float) -> None:
        if price != self._price:
            self._price = price
            self._show()
            self.changed.emit(price)
