"""The window in which points are drawn by hand; every finished stroke starts a new run."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QIcon, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError
from core.settings import rules
from core.settings.problem import MOST_DRAWN_CLASSES
from mlloop_gui.draw.drawing import Drawing
from mlloop_gui.draw.start import points_of, starting_data
from mlloop_gui.plots.drawing_sheet import DrawingSheet
from mlloop_gui.plots.markers import TRAIN, stamp
from mlloop_gui.theme import current, current_scale

#: Name, label, key and what it does.
TOOLS = (
    ("add", "Add", "A", "A click adds a point, a drag a row of them."),
    ("spray", "Spray", "S", "Scatters points over the brush."),
    ("move", "Move", "M", "Takes the nearest point along."),
    ("erase", "Erase", "E", "Removes what is under the brush."),
    ("relabel", "Relabel", "R", "Gives what is under the brush the chosen class."),
)
BRUSHES = ("spray", "erase", "relabel")
GRAB = 14.0  # pixels within which a point is taken along
APART = 12.0  # pixels between the points of a row
SPRAYED = 6  # points at each place of a spray


class DrawDialog(QDialog):
    """A sheet, five tools, ten classes.

    Parameters
    ----------
    session : Session
        Gets the points after each stroke; when its points change, the sheet follows.
    """

    def __init__(self, session: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draw")
        self.setWindowTitle("Draw points")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self._names: tuple[str, ...] | None = None
        self._last: QPointF | None = None
        self._held: int | None = None
        self._in_force = session.experiment.data.points
        self.tool, self.kind = "add", 0
        self.drawing = Drawing()
        self.sheet = DrawingSheet("", self)
        self.sheet.setObjectName("draw.sheet")
        self.sheet.setAccessibleName("Sheet to draw points on")
        self.sheet.setToolTip("Draw with the mouse; or the arrow keys move the brush, Space draws.")
        self.sheet.pressed.connect(self._press)
        self.sheet.dragged.connect(self._drag)
        self.sheet.released.connect(self._release)
        self.status = QLabel()
        self.status.setObjectName("draw.status")
        self.status.setWordWrap(True)
        self._build()
        session.experiment_changed.connect(self._follow)
        session.run_started.connect(self._follow_run)
        self._load(**starting_data(session))
        self._choose_tool("add")
        self._follow_run()
        self.sheet.setFocus()

    @classmethod
    def show_for(cls, session: Any, window: QWidget | None) -> DrawDialog:
        """The window's drawing, opened if it is not there yet."""
        found = window.findChild(cls, "draw") if window is not None else None
        dialog = found or cls(session, window)
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    # -- building ------------------------------------------------------------------------------

    def _build(self) -> None:
        body = QVBoxLayout(self)
        body.setSpacing(6)
        body.addLayout(self._tool_row())
        body.addLayout(self._class_row())
        body.addWidget(self.sheet, 1)
        body.addWidget(self.status)
        body.addLayout(self._last_row())

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._tools = QButtonGroup(self)
        self.tools: dict[str, QToolButton] = {}
        for name, text, key, tip in TOOLS:
            button = QToolButton(self)
            button.setObjectName(f"draw.{name}")
            button.setText(text)
            button.setCheckable(True)
            button.setAccessibleName(f"{text} points")
            button.setToolTip(f"{tip} ({key})")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda checked=False, name=name: self._choose_tool(name))
            QShortcut(QKeySequence(key), self, button.click)
            self._tools.addButton(button)
            self.tools[name] = button
            row.addWidget(button)
        row.addSpacing(12)
        label = QLabel("Brush", self)
        self.brush = QSlider(Qt.Orientation.Horizontal, self)
        self.brush.setObjectName("draw.brush")
        self.brush.setAccessibleName("Size of the brush in pixels")
        self.brush.setToolTip("How far spray, erase and relabel reach.")
        self.brush.setRange(6, 80)
        self.brush.setValue(24)
        self.brush.valueChanged.connect(self._show_brush)
        label.setBuddy(self.brush)
        row.addWidget(label)
        row.addWidget(self.brush, 1)
        return row

    def _class_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        label = QLabel("Class", self)
        row.addWidget(label)
        self._classes = QButtonGroup(self)
        for number in range(MOST_DRAWN_CLASSES):
            button = QToolButton(self)
            button.setObjectName(f"draw.class.{number}")
            button.setText(str(number + 1))
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda checked=False, number=number: self._choose_class(number))
            QShortcut(QKeySequence(str((number + 1) % 10)), self, button.click)
            self._classes.addButton(button, number)
            row.addWidget(button)
        row.addStretch(1)
        self._classes.button(0).setChecked(True)
        return row

    def _last_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._undo = self._button("undo", "Undo", "Take the last stroke back (Ctrl+Z)")
        self._redo = self._button("redo", "Redo", "Make it again (Ctrl+Shift+Z)")
        self._clear = self._button("clear", "Clear", "Remove all points")
        self._present = self._button(
            "present", "Take the data on screen", "Begin with the samples of the run on screen"
        )
        close = self._button("close", "Close", "Close the drawing; the run goes on (Esc)")
        for button, slot in (
            (self._undo, self._undo_stroke),
            (self._redo, self._redo_stroke),
            (self._clear, self._clear_all),
            (self._present, self._take_present),
            (close, self.close),
        ):
            button.clicked.connect(slot)
        QShortcut(QKeySequence("Ctrl+Z"), self, self._undo_stroke)
        QShortcut(QKeySequence("Ctrl+Shift+Z"), self, self._redo_stroke)
        for button in (self._undo, self._redo, self._clear, self._present):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"draw.{name}")
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    # -- choosing ------------------------------------------------------------------------------

    def _choose_tool(self, name: str) -> None:
        self.sheet.let_go()
        self.tool = name
        self.tools[name].setChecked(True)
        self.sheet.holds = name == "move"
        self._show_brush()

    def _choose_class(self, number: int) -> None:
        self.kind = number
        self._classes.button(number).setChecked(True)

    @Slot()
    def _show_brush(self) -> None:
        self.sheet.set_brush(float(self.brush.value()) if self.tool in BRUSHES else 0.0)

    # -- strokes -------------------------------------------------------------------------------

    @Slot(float, float)
    def _press(self, x: float, y: float) -> None:
        self.drawing.begin()
        at = self.sheet.pixel(x, y)
        self._last = at
        if self.tool == "move":
            rows = self.sheet.near(at, GRAB)
            self._held = int(rows[0]) if len(rows) else None
        else:
            self._dab(at, x, y)

    @Slot(float, float)
    def _drag(self, x: float, y: float) -> None:
        at = self.sheet.pixel(x, y)
        if self._last is None:
            return
        if self.tool == "move":
            if self._held is not None:
                self.drawing.move(self._held, (x, y))
                self._show()
            return
        moved = at - self._last
        apart = APART if self.tool == "add" else max(self.brush.value() / 2, 4.0)
        if np.hypot(moved.x(), moved.y()) >= apart:
            self._last = at
            self._dab(at, x, y)

    def _dab(self, at: QPointF, x: float, y: float) -> None:
        """What the tool does at one place."""
        reach = float(self.brush.value())
        if self.tool == "add":
            self.drawing.add([(x, y)], self.kind)
        elif self.tool == "spray":
            self.drawing.spray((x, y), self.sheet.reach(reach), SPRAYED, self.kind)
        elif self.tool == "erase":
            self.drawing.erase(self.sheet.near(at, reach))
        else:
            self.drawing.relabel(self.sheet.near(at, reach), self.kind)
        self._show()

    @Slot()
    def _release(self) -> None:
        self._last = self._held = None
        if self.drawing.end():
            self._commit()

    @Slot()
    def _undo_stroke(self) -> None:
        self.sheet.let_go()
        if self.drawing.can_undo:
            self.drawing.undo()
            self._commit()

    @Slot()
    def _redo_stroke(self) -> None:
        self.sheet.let_go()
        if self.drawing.can_redo:
            self.drawing.redo()
            self._commit()

    @Slot()
    def _clear_all(self) -> None:
        self.sheet.let_go()
        self.drawing.begin()
        self.drawing.replace(())
        self._release()

    @Slot()
    def _take_present(self) -> None:
        self.sheet.let_go()
        problem = self._session.problem
        points = points_of(problem)
        if points:
            self._names = problem.dataset.class_names
            self.drawing.begin()
            self.drawing.replace(points)
            self.sheet.fit(self.drawing.xy)
            self._release()

    # -- the session ---------------------------------------------------------------------------

    def take(self) -> None:
        """Learn from what is drawn, if it is not so already."""
        if self._session.experiment.data.source != "drawn":
            self._commit()

    def _commit(self) -> None:
        """A new run with the points as they are, if something can be learned from them."""
        self._show()
        if self.drawing.lacks():
            return
        experiment = self._session.experiment
        data = {"points": self.drawing.points(), "class_names": self._names_for_all()}
        try:
            if experiment.data.source != "drawn":
                self._session.choose_source("drawn", **data)
            elif data["points"] != experiment.data.points:
                values = {f"data.{name}": value for name, value in data.items()}
                self._session.set_many(values | self._consequences(data))
        except InputError as error:
            self.status.setText(str(error))

    def _consequences(self, data: dict[str, Any]) -> dict[str, Any]:
        """What another number of classes brings: a loss that suits them, and no class weights."""
        experiment = self._session.experiment
        after = experiment.data.with_values(**data)
        if rules.class_count(after) == rules.class_count(experiment.data):
            return {}
        values: dict[str, Any] = {"loss.class_weights": None}
        if experiment.loss.name and rules.misfit(experiment.loss.name, after):
            values["loss.name"] = None
        return values

    def _names_for_all(self) -> tuple[str, ...] | None:
        """The names that the classes came with, more of them if more classes are drawn."""
        if self._names is None:
            return None
        names = list(self._names)
        for number in range(len(names), int(self.drawing.kinds.max(initial=0)) + 1):
            name = f"class {number + 1}"
            names.append(name if name not in names else f"{name} (drawn)")
        return tuple(names)

    @Slot()
    def _follow(self) -> None:
        """Show the points in force, if they are others: the window has its own undo."""
        data, before = self._session.experiment.data, self._in_force
        self._in_force = data.points
        if data.points not in (None, before) and data.points != self.drawing.points():
            self.drawing.begin()
            self._load(data.points, data.class_names)
            self.drawing.end()
            self._show()

    @Slot()
    def _follow_run(self) -> None:
        drawn = self._session.experiment.data.source == "drawn"
        self._present.setEnabled(not drawn and bool(points_of(self._session.problem)))
        if not len(self.drawing) and not drawn and not self.drawing.can_undo:
            self._load(**starting_data(self._session))

    def _load(self, points: Any, class_names: Any) -> None:
        self._names = class_names
        self.drawing.replace(points)
        self.sheet.fit(self.drawing.xy)
        self._show()

    # -- showing -------------------------------------------------------------------------------

    def _show(self) -> None:
        names = self._names_for_all() or tuple(f"class {k + 1}" for k in range(MOST_DRAWN_CLASSES))
        self.sheet.set_points(self.drawing.xy, self.drawing.kinds, names)
        lacks = self.drawing.lacks()
        if not lacks and not self.drawing.room:
            lacks = "The sheet is full: no more points can be drawn."
        self.status.setText(lacks or self.sheet.describe())
        self.status.setAccessibleName(self.status.text())
        self._undo.setEnabled(self.drawing.can_undo)
        self._redo.setEnabled(self.drawing.can_redo)
        self._clear.setEnabled(bool(len(self.drawing)))
        self._dress(names)

    def _dress(self, names: tuple[str, ...]) -> None:
        """Class buttons in the theme's colours and shapes, and by name."""
        theme, scale, ratio = current(), current_scale(), self.devicePixelRatioF()
        look = theme, scale, ratio, names
        if self.property("look") == repr(look):
            return
        self.setProperty("look", repr(look))
        for number in range(MOST_DRAWN_CLASSES):
            button = self._classes.button(number)
            name = names[number] if number < len(names) else f"class {number + 1}"
            image = stamp(theme, "class", number, TRAIN, scale, ratio)
            button.setIcon(QIcon(QPixmap.fromImage(image)))
            button.setAccessibleName(f"Draw {name}")
            button.setToolTip(f"Draw points of {name} ({(number + 1) % 10})")

    def changeEvent(self, event: QEvent) -> None:
        """Follow another theme or size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_present"):
            with QSignalBlocker(self):
                self.sheet.set_theme(current())
                self._show()
