"""The presentation's words: the scene above, the stage beside the picture, the run below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.frames import Frame
from mlloop_gui.inspector.moment import newest_turn
from mlloop_gui.inspector.words import Words
from mlloop_gui.plots import numbers
from mlloop_gui.scenes import Scene
from mlloop_gui.theme import Theme
from mlloop_gui.views.card import Card
from mlloop_gui.views.presentation_pictures import KINDS
from mlloop_gui.views.status import SIGNS

#: Letters that the stage's room has lines for.
LONG_SENTENCE = 250
#: The sign on a picture's button, and the picture.
_SHORT = {
    "boundary": "Boundary",
    "network": "Network",
    "curves": "Curves",
    "loss": "Loss",
    "confusion": "Confusion",
}


class SceneTitle(QWidget):
    """The scene's title, its line, its place among the others, and the way to them.

    Signals
    -------
    walked(int)
        One scene on (1) or back (-1) is asked for.
    left()
        The presentation is to end.
    """

    walked = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.line, self.place = QLabel(), QLabel(), QLabel()
        for label, name, role in (
            (self.title, "scene title", "heading"),
            (self.line, "scene", ""),
            (self.place, "place among the scenes", "muted"),
        ):
            label.setAccessibleName(name)
            label.setProperty("role", role)
        self.title.setObjectName("presentation.title")
        self.line.setObjectName("presentation.line")
        self.line.setWordWrap(True)
        self.back = _button("presentation.back", "‹", "Scene before (PageUp)")
        self.on = _button("presentation.on", "›", "Next scene (PageDown)")
        self.leave = _button("presentation.leave", "Leave", "Back to the window (Esc, F5)")
        self.back.clicked.connect(lambda: self.walked.emit(-1))
        self.on.clicked.connect(lambda: self.walked.emit(1))
        self.leave.clicked.connect(self.left)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.line)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(8)
        row.addLayout(words, 1)
        for widget in (self.back, self.place, self.on, self.leave):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_scene(self, scene: Scene, at: int, count: int) -> None:
        """Write a scene's words."""
        self.title.setText(scene.title)
        self.line.setText(scene.line)
        self.place.setText(f"{at + 1} / {count}")
        self.back.setEnabled(at > 0)
        self.on.setEnabled(at < count - 1)


class PictureButtons(QWidget):
    """A button for each picture, one of them down.

    Signals
    -------
    chosen(str)
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("picture")
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._buttons: dict[str, QPushButton] = {}
        for number, (name, kind) in enumerate(KINDS.items()):
            help_text = f"{kind.title} ({kind.key})"
            button = _button(f"presentation.picture.{name}", _SHORT[name], help_text)
            button.setCheckable(True)
            place = {0: "first", len(KINDS) - 1: "last"}.get(number, "middle")
            button.setProperty("segment", place)
            button.setProperty("narrow", True)
            self._group.addButton(button, number)
            self._buttons[name] = button
            row.addWidget(button)
        self._group.idClicked.connect(self._clicked)

    def choose(self, name: str) -> None:
        """Press the button of a picture; nothing is emitted."""
        self._buttons[name].setChecked(True)

    def _clicked(self, number: int) -> None:
        self.chosen.emit(list(KINDS)[number])


class StagePanel(Card):
    """The one stage: name, question, formula, the formula with numbers, sentence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("presentation.stage")
        self.setAccessibleName("stage")
        self.body.setContentsMargins(10, 6, 10, 6)
        self.body.setSpacing(6)
        self.name, self.question, self.words = QLabel(), QLabel(), Words()
        self.name.setProperty("role", "heading")
        self.name.setAccessibleName("stage shown")
        self.question.setWordWrap(True)
        self.question.setAccessibleName("its question")
        self.question.setProperty("role", "question")
        for widget in (self.name, self.question):
            self.body.addWidget(widget)
        self.body.addWidget(self.words, 1)

    def show_stage(self, frame: Frame, stage: Stage) -> None:
        """Say what a stage did, and in which turn if not in the newest."""
        record = frame.record_of(stage)
        turn = ""
        if stage is not Stage.EVALUATE and record is not None and record.turn < newest_turn(frame):
            turn = f"  (turn {numbers.count(record.turn)})"
        self.name.setText(f"{int(stage)} {stage.label}{turn}")
        self.question.setText(stage.question)
        told = frame.explanations.get(stage)
        if told is None:
            nothing = stage is not Stage.EVALUATE and record is None
            self.words.set_text("", "", "Not yet: no turn has come this far." if nothing else "")
        else:
            self.words.set_text(told.formula, told.worked, shortened(told.sentence))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes in force."""
        self.words.set_theme(theme)


class RunLine(QWidget):
    """What the run is doing and how well the model does; a message takes the place of the keys."""

    KEYS = "PgUp PgDn scene · Space run · ← → step"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state, self.keys = QLabel(), QLabel(self.KEYS)
        self.state.setAccessibleName("run")
        self.state.setObjectName("presentation.run")
        self.keys.setAccessibleName("keys and messages")
        self.keys.setProperty("role", "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.addWidget(self.state, 1)
        row.addWidget(self.keys)

    def show_run(self, frame: Frame) -> None:
        """Say how the run stands."""
        check = frame.check
        parts = [f"{SIGNS[frame.state]} {frame.state}"]
        parts.append(f"train loss {numbers.short(check.train.loss)}")
        if check.validation.rows:
            loss = numbers.short(check.validation.loss)
            parts.append(f"validation {loss}, {check.validation.text()}")
        self.state.setText(" · ".join(parts))

    def say(self, text: str) -> None:
        """Show a message, or with an empty one the keys."""
        self.keys.setText(text or self.KEYS)


def shortened(sentence: str) -> str:
    """Return a sentence that can be read from the last row: the clauses that there is room for."""
    said, *clauses = sentence.rstrip(".").split("; ")
    for clause in clauses:
        if len(said) + len(clause) > LONG_SENTENCE:
            break
        said = f"{said}; {clause}"
    return said + "."


def _button(name: str, text: str, help_text: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(help_text)
    button.setToolTip(help_text)
    return button
