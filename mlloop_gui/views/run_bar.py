"""The toolbar: run and step, speed, where the run stands, seed."""

from __future__ import annotations

from PySide6.QtCore import Property, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolBar,
    QToolButton,
    QWidget,
)

from core.stages import StepSize
from mlloop_gui.actions import SIZES, Actions
from mlloop_gui.panels.fields import field_widget
from mlloop_gui.session import Session
from mlloop_gui.theme import font

SPEEDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 0)


class SpeedControl(QWidget):
    """A slider over sensible speeds; its user property is updates a second, 0 for max."""

    changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("speed")
        self._speed = 20.0
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, len(SPEEDS) - 1)
        self._slider.setFixedWidth(56)
        self._slider.setAccessibleName("Speed")
        self._text = QLabel()
        # As wide as its longest text, so that the bar never jumps.
        self._text.setFixedWidth(self._text.fontMetrics().horizontalAdvance("5000/s") + 10)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._slider)
        layout.addWidget(self._text)
        help_text = "How fast it runs, in updates a second; learning is gradual and must be seen"
        for widget in (self, self._slider):
            widget.setToolTip(help_text)
        self.setAccessibleName("Speed in updates a second")
        self.setFocusProxy(self._slider)
        self._slider.valueChanged.connect(self._slid)
        self._show()

    def speed(self) -> float:
        """Updates a second; 0 is as fast as possible."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Take any speed from 0 (max) up; the slider stands at the nearest of its own."""
        speed = max(0.0, float(speed))
        if speed != self._speed:
            self._speed = speed
            self._show()
            self.changed.emit(speed)

    value = Property(float, speed, set_speed, user=True)

    @Slot(int)
    def _slid(self, place: int) -> None:
        self.set_speed(SPEEDS[place])

    def _show(self) -> None:
        place = len(SPEEDS) - 1
        if self._speed:
            place = min(range(place), key=lambda k: abs(SPEEDS[k] - self._speed))
        with QSignalBlocker(self._slider):
            self._slider.setValue(place)
        self._text.setText(f"{self._speed:g}/s" if self._speed else "max")


_MARGINS = 12  # pixels at the bar's ends


class RunBar(QToolBar):
    """The bar above the ring."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__("Run")
        self.setObjectName("toolbar.run")
        self.setMovable(False)
        self._session = session
        made = {
            name: self._button(actions, name, primary=name == "run")
            for name in ("reset", "step_back", "run", "step")
        }
        self.run_button = made["run"]
        self._sizes(actions)
        self.speed = SpeedControl()
        self.speed.changed.connect(session.set_speed)
        self.addWidget(self.speed)
        self._stop = QComboBox()
        self._stop.setObjectName("stop_mode")
        self._stop.addItems(["Until I stop it", "As the experiment says"])
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._stop.setSizeAdjustPolicy(policy)
        self._stop.setMinimumContentsLength(10)
        self._stop.setToolTip("When a run ends: by your hand, or by the [stop] settings")
        self._stop.setAccessibleName("When a run ends")
        self._stop.currentIndexChanged.connect(self._choose_stop)
        until = self.addWidget(self._stop)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        named = self.addWidget(QLabel("Seed "))
        self.seed = field_widget(session, "seed")
        self.seed.setFixedWidth(64)
        seed = self.addWidget(self.seed)
        for name in ("new_seed", "undo", "redo"):
            # One sign each: no more room than that takes.
            self._button(actions, name).setProperty("sign", True)
        # What goes where there is no room, the first first; the last three have keys.
        self._spare = (named, until, seed, *self.actions()[-3:])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide what there is no room for: the menu at the end must be there."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Show as much of what can be spared as there is room for."""
        widths = {action: self._width_of(action) for action in self.actions()}
        over = sum(widths.values()) + _MARGINS - self.width()
        for action in self._spare:
            action.setVisible(over <= 0)
            over -= widths[action] if over > 0 else 0

    def _width_of(self, action: QAction) -> int:
        widget = self.widgetForAction(action)
        layout = self.layout()
        between = layout.spacing() if layout is not None else 0
        return max(0, min(widget.sizeHint().width(), widget.maximumWidth())) + between

    def _button(self, actions: Actions, name: str, primary: bool = False) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(actions[name])
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setProperty("primary", primary)
        button.setAccessibleName(actions[name].text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if primary:
            # Wide enough for both of its texts, which are bold.
            metrics = QFontMetrics(font(bold=True))
            button.setMinimumWidth(metrics.horizontalAdvance("❚❚ Pause") + 34)
        self.addWidget(button)
        return button

    def _sizes(self, actions: Actions) -> None:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(0)
        for index, size in enumerate(StepSize):
            button = QToolButton()
            button.setDefaultAction(actions[f"step_size.{size}"])
            button.setAccessibleName(f"Step size {SIZES[size][0]}")
            place = "first" if index == 0 else "last" if index == len(SIZES) - 1 else "middle"
            button.setProperty("segment", place)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
        self.addWidget(row)

    @Slot(int)
    def _choose_stop(self, index: int) -> None:
        self._session.by_experiment = index == 1
