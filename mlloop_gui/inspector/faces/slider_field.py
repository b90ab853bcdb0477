"""A number between two ends: a slider for the hand, and a field for the exact value."""

from __future__ import annotations

from PySide6.QtCore import Property, QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QSlider, QWidget

from mlloop_gui.plots.keys import ARROWS, keeps
from mlloop_gui.theme import current_scale

_PLACES = 1000
_FIELD = 84


class ArrowSlider(QSlider):
    """A slider that keeps the arrow keys, which elsewhere step the loop."""

    def event(self, event: QEvent) -> bool:
        """Take the arrows before they are shortcuts."""
        return keeps(event, ARROWS) or super().event(event)


class SliderField(QWidget):
    """A label, a slider and a field that stand for one number.

    Parameters
    ----------
    name : str
        Written before the slider; may be empty.
    what : str
        What the number is: the tooltip, and the name for a screen reader.
    key : str
        The object name, and the beginning of those of slider and field.
    low, high : float
    decimals : int
    unit : str
        Written after the field.

    Signals
    -------
    changed : float
        A person's new number; also while the slider is dragged.
    """

    changed = Signal(float)

    def __init__(
        self,
        name: str,
        what: str,
        key: str,
        low: float = 0.0,
        high: float = 1.0,
        decimals: int = 2,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(key)
        self.setAccessibleName(what)
        self._value = self._low = low
        self._high = high
        self.label = QLabel(name)
        self.label.setVisible(bool(name))
        self.slider = ArrowSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{key}.slider")
        self.slider.setAccessibleName(f"{what}, slider")
        self.slider.setRange(0, _PLACES)
        self.slider.setSingleStep(_PLACES // 100)
        self.slider.setPageStep(_PLACES // 10)
        self.slider.setMinimumWidth(70)
        self.field = QDoubleSpinBox()
        self.field.setObjectName(f"{key}.field")
        self.field.setAccessibleName(what)
        self.field.setDecimals(decimals)
        # A number is taken when it is whole, not at its first digit.
        self.field.setKeyboardTracking(False)
        self.field.setMaximumWidth(round(_FIELD * current_scale()))
        if unit:
            self.field.setSuffix(f" {unit}")
        self.label.setBuddy(self.field)
        for widget in (self, self.slider, self.field):
            widget.setToolTip(what)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.field)
        self.setFocusProxy(self.slider)
        self.set_range(low, high)
        self.slider.valueChanged.connect(self._slid)
        self.field.valueChanged.connect(self._take)

    def set_range(self, low: float, high: float) -> None:
        """Set the two ends, unless the slider is held; the number stays as it is."""
        if self.slider.isSliderDown():
            return
        self._low, self._high = low, high
        with QSignalBlocker(self.field):
            self.field.setRange(low, high)
            self.field.setSingleStep((high - low) / 100.0)
        self._show()

    def ends(self) -> tuple[float, float]:
        """Return the two ends."""
        return self._low, self._high

    def number(self) -> float:
        """Return the number shown."""
        return self._value

    def set_number(self, value: float) -> None:
        """Show a number; nothing is emitted."""
        if value != self._value:
            self._value = value
            self._show()

    value = Property(float, number, set_number, user=True)

    def _show(self) -> None:
        share = (self._value - self._low) / ((self._high - self._low) or 1.0)
        with QSignalBlocker(self.slider), QSignalBlocker(self.field):
            if not self.slider.isSliderDown():
                self.slider.setValue(round(min(max(share, 0.0), 1.0) * _PLACES))
            self.field.setValue(self._value)

    @Slot(int)
    def _slid(self, place: int) -> None:
        self._take(self._low + place / _PLACES * (self._high - self._low))

    @Slot(float)
    def _take(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self._show()
            self.changed.emit(value)
