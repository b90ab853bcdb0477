"""A number by a slider and by a field; what a person does to it is counted in moves."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QSizePolicy, QSlider

from mlloop_gui.plots import numbers

_FINE = 20  # places of the slider in one unit


class SignedBox(QDoubleSpinBox):
    """A field for a number that writes a typographic minus and reads either."""

    def textFromValue(self, value: float) -> str:
        """Return the number as it is written here."""
        return numbers.fixed(value, self.decimals())

    def valueFromText(self, text: str) -> float:
        """Return the number that a text stands for."""
        return super().valueFromText(text.replace(numbers.MINUS, "-"))

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Judge a text as if its minus were a hyphen."""
        state, _, _ = super().validate(text.replace(numbers.MINUS, "-"), position)
        return state, text, position


class NumberSlider(QObject):
    """A label, a slider and a field that stand for one number; a layout takes the three.

    Parameters
    ----------
    name : str
        As it is written: ``"w1"``.
    what : str
        What the number is, for a screen reader.
    reach : float
        The number lies between minus this and this.
    prefix : str
        Of the object names.

    Signals
    -------
    changed
        The number is another one; also in the midst of a drag.
    moved
        A person's move is done: a drag released, a key pressed, a number typed.
    """

    changed = Signal()
    moved = Signal()

    def __init__(
        self, name: str, what: str, reach: float, prefix: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._value = self._pressed_at = 0.0
        self.label = QLabel(name)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"{prefix}.{name}.slider")
        self.slider.setAccessibleName(f"{what}, slider")
        self.slider.setToolTip(f"{what}: drag, or ← → by 0.1 and Page Up, Page Down by 1")
        self.slider.setRange(round(-reach * _FINE), round(reach * _FINE))
        self.slider.setSingleStep(_FINE // 10)
        self.slider.setPageStep(_FINE)
        self.slider.setMinimumWidth(90)
        self.field = SignedBox()
        self.field.setObjectName(f"{prefix}.{name}")
        self.field.setAccessibleName(what)
        self.field.setToolTip(f"{what}: type a number and press Enter; ↑ ↓ step by 0.1")
        self.field.setDecimals(2)
        self.field.setRange(-reach, reach)
        self.field.setSingleStep(0.1)
        # A number is taken when it is whole, not at its first digit.
        self.field.setKeyboardTracking(False)
        self.field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.label.setBuddy(self.field)
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderPressed.connect(self._press)
        self.slider.sliderReleased.connect(self._release)
        self.field.valueChanged.connect(self._typed)

    @property
    def value(self) -> float:
        """The number."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a number; no move is counted and nothing is emitted."""
        self._value = value
        with QSignalBlocker(self.slider), QSignalBlocker(self.field):
            self.slider.setValue(round(value * _FINE))
            self.field.setValue(value)

    def _take(self, value: float) -> bool:
        if value == self._value:
            return False
        self.set_value(value)
        self.changed.emit()
        return True

    @Slot(int)
    def _slid(self, place: int) -> None:
        # While the handle is held, the move is not over.
        if self._take(place / _FINE) and not self.slider.isSliderDown():
            self.moved.emit()

    @Slot()
    def _press(self) -> None:
        self._pressed_at = self._value

    @Slot()
    def _release(self) -> None:
        if self._value != self._pressed_at:
            self.moved.emit()

    @Slot(float)
    def _typed(self, value: float) -> None:
        if self._take(value):
            self.moved.emit()
