"""The inputs that the model sees: a list to tick, and a line to type formulas of them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Property, QPoint, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError
from core.experiment import Field
from core.registry import registry
from core.representation.grammar import FUNCTIONS
from mlloop_gui.panels.fields.binding import ANY, Binding, Session

ROWS_SHOWN = 12
NAMED = 3  # so many are listed by name in the box


def column_names(session: Session) -> list[str]:
    """The names of the columns that there are; none where the data is not yet read."""
    data = session.experiment.data
    known = list(registry("sources")[data.source].inputs)
    if not known and session.problem is not None:
        known = list(session.problem.dataset.column_names)
    return known


def number_names(session: Session) -> list[str]:
    """The names of the columns that formulas may be made of."""
    problem, known = session.problem, column_names(session)
    if problem is None or list(problem.dataset.column_names) != known:
        return known
    return [column.name for column in problem.dataset.columns if column.kind == "number"]


def input_names(session: Session) -> list[str]:
    """All that can be ticked: the columns, and the formulas that are chosen.

    Only what is chosen where the data is not yet read.
    """
    known, chosen = column_names(session), list(session.experiment.representation.features or ())
    made = [name for name in chosen if name not in known]
    try:
        for text in made:
            FUNCTIONS.parse(text, known)
    except InputError:
        return chosen  # columns of data that are on their way
    return known + made if known else chosen


class InputList(QFrame):
    """The list in a window of its own: Space ticks, Esc or a click elsewhere closes."""

    def __init__(self, editor: FeaturesEditor) -> None:
        super().__init__(editor, Qt.WindowType.Popup)
        self._editor = editor
        self.setProperty("card", True)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Inputs that the model sees")
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        buttons = QHBoxLayout()
        for text, tip, state in (
            ("All", "Tick every input.", Qt.CheckState.Checked),
            ("None", "Tick no input.", Qt.CheckState.Unchecked),
        ):
            button = QPushButton(text, self)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            button.setProperty("state", state)
            button.clicked.connect(self._tick_all)
            buttons.addWidget(button)
        self.formula = QLineEdit(self)
        self.formula.setObjectName("representation.formula")
        self.formula.setAccessibleName("A formula of the inputs")
        self.formula.setPlaceholderText("Add a formula: sin(3*x1) + x2^2")
        self.formula.setToolTip(
            "One more input, made of the others: + - * / ^ and functions such as sin, exp, sqrt,"
            " max. Enter adds it."
        )
        self.formula.returnPressed.connect(self._add_formula)
        self.error = QLabel(self)
        self.error.setObjectName("representation.formula.error")
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.hide()
        self._columns: list[str] = []
        column.addWidget(self.list)
        column.addLayout(buttons)
        column.addWidget(self.formula)
        column.addWidget(self.error)
        self.setFocusProxy(self.list)

    def fill(self, names: list[str], ticked: list[str], columns: list[str]) -> None:
        """List `names`, some of them ticked; formulas may be made of `columns`."""
        self.list.clear()
        for name in names:
            self._add(name, name in ticked)
        self.list.setCurrentRow(0)
        self._columns = columns
        self.formula.setVisible(bool(columns))
        self.formula.clear()
        self._say("")

    def _add(self, name: str, ticked: bool) -> None:
        item = QListWidgetItem(name, self.list)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)

    def _say(self, problem: str) -> None:
        self.error.setText(problem)
        self.error.setVisible(bool(problem))
        self.adjustSize()

    def _add_formula(self) -> None:
        """Take what is typed as one more input; what cannot be read stays, with the reason."""
        text = self.formula.text().strip()
        if not text:
            return
        try:
            name = str(FUNCTIONS.parse(text, self._columns))
        except InputError as error:
            self._say(error.problem)
            return
        there = self.list.findItems(name, Qt.MatchFlag.MatchExactly)
        if there:
            there[0].setCheckState(Qt.CheckState.Checked)
        else:
            self._add(name, ticked=True)
        self.formula.clear()
        self._say("")

    def ticked(self) -> list[str]:
        """The names that are ticked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [i.text() for i in items if i.checkState() == Qt.CheckState.Checked]

    def open_at(self, place: QPoint, width: int) -> None:
        """Show the list with its upper left corner at a place on the screen."""
        rows = min(max(self.list.count(), 1), ROWS_SHOWN)
        self.list.setFixedHeight(rows * self.list.sizeHintForRow(0) + 6)
        self.list.setMinimumWidth(max(width, self.list.sizeHintForColumn(0) + 40))
        self.adjustSize()
        self.move(place)
        self.show()
        self.list.setFocus()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._editor.closed()

    def _tick_all(self) -> None:
        state = Qt.CheckState(self.sender().property("state"))
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(state)


class FeaturesEditor(QComboBox):
    """A box that names the inputs and opens the list; closing the list commits it."""

    def __init__(self, session: Session, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.inputs = InputList(self)
        self.binding = Binding(session, field, self, "Space opens the list and ticks.")
        session.run_started.connect(self._data_changed)
        session.experiment_changed.connect(self._data_changed)
        self.binding.begin()

    def _value(self) -> Any:
        return self.binding.value

    def _set_value(self, value: Any) -> None:
        self.binding.edit(value)

    value = Property(ANY, _value, _set_value, user=True)

    def show_value(self, value: Any) -> None:
        """Show `value` without telling anyone."""
        names = input_names(self._session)
        chosen = names if value is None else list(value)
        if not names:
            text = "all"
        elif len(chosen) <= NAMED:
            text = ", ".join(map(str, chosen)) or "none"
        else:
            text = f"all {len(names)}" if chosen == names else f"{len(chosen)} of {len(names)}"
        with QSignalBlocker(self):
            self.clear()
            self.addItem(text)

    def wanted_width(self) -> int:
        """Pixels that show the whole text, frame and arrow included."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self.currentText()) + round(2.6 * metrics.height())

    def showPopup(self) -> None:
        names = input_names(self._session)
        chosen = names if self.binding.value is None else self.binding.value
        self.inputs.fill(names, list(chosen), number_names(self._session))
        if names:
            self.inputs.open_at(self.mapToGlobal(self.rect().bottomLeft()), self.width())

    def hidePopup(self) -> None:
        self.inputs.hide()

    def closed(self) -> None:
        """Take what is ticked in the list that a person has closed."""
        chosen: list[str] | None = self.inputs.ticked()
        if chosen == input_names(self._session) and self.binding.value is None:
            chosen = None
        self.show_value(chosen)
        self.binding.commit(chosen)

    @Slot()
    def _data_changed(self) -> None:
        if not self.binding.error:
            self.show_value(self.binding.value)
            self.binding.shown_changed.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
