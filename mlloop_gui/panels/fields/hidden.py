"""The hidden layers: a number of units for each, and buttons that add and remove layers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QSignalBlocker, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from core.experiment import Field
from mlloop_gui.panels.fields.binding import ANY, Binding, Session

IN_A_ROW = 3
MOST_SHOWN = 24  # deeper networks are written in the file, not clicked together
NEW_LAYER = 4  # units where there is no layer to copy


class Units(QSpinBox):
    """The units of one layer."""

    def __init__(self, number: int, field: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(int(field.low or 1), int(field.high or 10**9))
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Units of hidden layer {number + 1}")
        self.setToolTip(f"Units of hidden layer {number + 1}. ↑ and ↓ step, Enter applies.")

    def minimumSizeHint(self) -> Any:
        # Three stand side by side, however large the largest allowed number is.
        size = super().minimumSizeHint()
        size.setWidth(4 * self.fontMetrics().height())
        return size

    def sizeHint(self) -> Any:
        return self.minimumSizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class HiddenEditor(QWidget):
    """A spin box for each layer; `corner` holds the buttons and stands beside the label."""

    stacked = True

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.units: list[Units] = []
        self.corner = QWidget(self)
        self.fewer = self._button("−", "remove_layer", "Remove the last hidden layer")
        self.more = self._button("+", "add_layer", "Add a hidden layer")
        line = QHBoxLayout(self.corner)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self._summary = QLabel(self.corner)
        self._summary.setProperty("role", "muted")
        line.addWidget(self._summary, 1, Qt.AlignmentFlag.AlignRight)
        line.addWidget(self.fewer)
        line.addWidget(self.more)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        for column in range(IN_A_ROW):
            self._grid.setColumnStretch(column, 1)
        self.binding = Binding(session, field, self)
        self.fewer.clicked.connect(self._remove)
        self.more.clicked.connect(self._add)
        self.setFocusProxy(self.more)
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        widths = [width for width in value if isinstance(width, int)]
        for number in range(len(self.units), min(len(widths), MOST_SHOWN)):
            self._add_box(number)
        for number, box in enumerate(self.units):
            box.setVisible(number < len(widths))
            if number < len(widths):
                with QSignalBlocker(box):
                    box.setValue(widths[number])
        count = len(widths)
        self._summary.setText(str(count))
        self._summary.setToolTip(f"Hidden layers: {', '.join(map(str, widths)) or 'none'}")
        self.fewer.setEnabled(bool(count))

    def _button(self, sign: str, name: str, words: str) -> QToolButton:
        button = QToolButton(self.corner)
        button.setText(sign)
        button.setObjectName(name)
        button.setAccessibleName(words)
        button.setToolTip(words + ". Starts a new run.")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setProperty("sign", True)
        return button

    def _add_box(self, number: int) -> None:
        box = Units(number, self._field, self)
        box.valueChanged.connect(self._edited)
        box.editingFinished.connect(self.binding.flush)
        self._grid.addWidget(box, number // IN_A_ROW, number % IN_A_ROW)
        self.units.append(box)

    def _edited(self) -> None:
        widths = [box.value() for box in self.units if not box.isHidden()]
        widths += self.binding.value[len(widths) :]
        self.binding.commit_soon(widths)

    def _add(self) -> None:
        widths = self.binding.shown
        self.binding.commit([*widths, widths[-1] if widths else NEW_LAYER])

    def _remove(self) -> None:
        self.binding.commit(self.binding.shown[:-1])
