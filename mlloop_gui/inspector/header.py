"""The line above the inspectors: the nine stages, which record is shown, the sample in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from core.metrics import predicted_classes
from core.stages import Stage
from mlloop_gui.inspector.base import Choice
from mlloop_gui.inspector.elided_label import ElidedLabel
from mlloop_gui.inspector.face_chooser import FaceChooser
from mlloop_gui.inspector.layers import LayerChooser
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import markers, numbers
from mlloop_gui.theme import Theme, current, current_scale, font_px

if TYPE_CHECKING:
    from mlloop_gui.session import Session


_LEAST_ROOM = 110  # pixels for what is said of the sample
_BUTTON = "QToolButton { padding-left: 5px; padding-right: 5px; }"


class StageChooser(QWidget):
    """Nine buttons in a row, one of them down.

    Signals
    -------
    chosen : Stage
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("inspected stage")
        self._group = QButtonGroup(self)
        self._named = True
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.buttons: dict[Stage, QToolButton] = {}
        for stage in Stage:
            button = QToolButton()
            button.setCheckable(True)
            button.setObjectName(f"inspect.{stage.key}")
            button.setAccessibleName(f"inspect stage {int(stage)}, {stage.label}")
            button.setToolTip(f"{int(stage)} {stage.label}: {stage.question} (key {int(stage)})")
            place = {1: "first", 9: "last"}.get(int(stage), "middle")
            button.setProperty("segment", place)
            button.setStyleSheet(_BUTTON)
            self._group.addButton(button, int(stage))
            self.buttons[stage] = button
            row.addWidget(button)
        self._group.idClicked.connect(self._clicked)
        self._write()

    def set_stage(self, stage: Stage) -> None:
        """Press the button of a stage; nothing is emitted."""
        self.buttons[stage].setChecked(True)
        self._write()

    def set_named(self, named: bool) -> None:
        """Write the names of all stages, or only of the one chosen."""
        if named != self._named:
            self._named = named
            self._write()

    def named_width(self) -> int:
        """Return the width that all names take."""
        texts = [f"{int(stage)} {stage.label}" for stage in Stage]
        return sum(self._button_width(text) for text in texts)

    def width_now(self) -> int:
        """Return the width that the names written now take."""
        return sum(button.minimumWidth() for button in self.buttons.values())

    def _button_width(self, text: str) -> int:
        """Room for the bold letters of a button that is down, its padding and its border."""
        face = QFont(self.buttons[Stage.REPRESENT].font())
        face.setBold(True)
        return QFontMetrics(face).horizontalAdvance(text) + 14

    def _write(self) -> None:
        for stage, button in self.buttons.items():
            full = self._named or button.isChecked()
            text = f"{int(stage)} {stage.label}" if full else str(int(stage))
            button.setFixedWidth(self._button_width(text))
            if button.text() != text:
                button.setText(text)

    def _clicked(self, number: int) -> None:
        self._write()
        self.chosen.emit(Stage(number))


class Header(QWidget):
    """Stage chooser, layer and unit, what the record is of, and the sample in hand."""

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.moment: Moment | None = None
        self._theme = current()
        self._notes = ("", "")
        self.chooser = StageChooser()
        self.faces = FaceChooser()
        self.layers = LayerChooser(choice)
        self.layers.hide()
        self.note = ElidedLabel()
        self.note.setAccessibleName("record shown")
        self.before, self.marker, self.after = ElidedLabel(), QLabel(), ElidedLabel()
        self.before.setObjectName("inspector.sample")
        self.before.setAccessibleName("sample in hand")
        self.previous = self._arrow("‹", "previous sample of the batch")
        self.next = self._arrow("›", "next sample of the batch")
        self.previous.clicked.connect(self._to_previous)
        self.next.clicked.connect(self._to_next)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 3, 12, 3)
        row.setSpacing(6)
        row.addWidget(self.chooser)
        row.addSpacing(6)
        row.addWidget(self.faces)
        row.addWidget(self.layers)
        row.addStretch(1)
        row.addWidget(self.note)
        row.addSpacing(6)
        for widget in (self.previous, self.before, self.marker, self.after, self.next):
            row.addWidget(widget)
        self.set_theme(self._theme)

    def _arrow(self, sign: str, meaning: str) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setAccessibleName(meaning)
        button.setToolTip(meaning.capitalize())
        button.setObjectName(f"inspector.sample_{meaning.split()[0]}")
        return button

    def refresh(self, moment: Moment | None) -> None:
        """Say which record and which sample are shown."""
        self.moment = moment
        there = moment is not None and moment.record is not None
        self.previous.setEnabled(there)
        self.next.setEnabled(there)
        self._notes = ("", "") if moment is None else record_notes(moment)
        before, kind, after = ("", None, "") if moment is None else sample_texts(moment)
        self.before.setText(before)
        self.after.setText(after)
        self.marker.setVisible(kind is not None)
        if kind is not None and moment is not None:
            self._draw_marker(kind, moment)
        self.before.setAccessibleDescription(f"{before} {after}".strip())
        self._fit()

    def set_place(self, place: tuple[int, int] | None) -> None:
        """Offer layer and unit with these two chosen, or with None neither."""
        record = self.moment.record if self.moment is not None else None
        self.layers.setVisible(place is not None and record is not None)
        if place is not None and record is not None:
            self.layers.set_place(record.layout.sizes, *place)
        self._fit()

    def _fit(self) -> None:
        """Write what there is room for: the stages' names, and the note in full."""
        self.note.setText(self._notes[0])
        free = self.width() - 60
        # The faces and the note may stand elsewhere.
        beside = [part for part in (self.faces, self.note) if part.parentWidget() is self]
        for widget in (*beside, self.layers, self.before, self.marker, self.after,
                       self.previous, self.next):  # fmt: skip
            free -= widget.sizeHint().width() + 6 if not widget.isHidden() else 0
        self.chooser.set_named(free >= self.chooser.named_width())
        # The ring has the same nine buttons: where there is no room, they are the first to go.
        spare = max(0, self.before.sizeHint().width() + self.after.sizeHint().width())
        least = min(spare, round(_LEAST_ROOM * current_scale()))
        self.chooser.setVisible(free + spare - least >= self.chooser.width_now())
        if self.note in beside and free < self.chooser.width_now():
            self.note.setText(self._notes[1])
            self.note.setToolTip(self._notes[0])

    def text(self) -> str:
        """Return what is said of the sample, in one line."""
        return f"{self.before.text()} {self.after.text()}".strip()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        for label in (self.before, self.after):
            label.setStyleSheet(f"color: {theme.text}; font-size: {font_px()}px;")
        self.note.setStyleSheet(
            f"color: {theme.muted}; font-size: {font_px('small')}px; font-style: italic;"
        )
        self.refresh(self.moment)

    def _draw_marker(self, kind: int, moment: Moment) -> None:
        part = markers.PART_NAMES.index(moment.problem.part_of(moment.sample))
        image = markers.stamp(
            self._theme, "class", kind, part, current_scale(), self.devicePixelRatioF()
        )
        self.marker.setPixmap(QPixmap.fromImage(image))

    def _to_previous(self) -> None:
        self._move(-1)

    def _to_next(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        """Pick the neighbour in the batch, round its ends; from outside, its first or last."""
        if self.moment is None or self.moment.record is None:
            return
        rows, place = self.moment.record.rows, self.moment.place
        at = (0 if by > 0 else -1) if place is None else (place + by) % len(rows)
        self.session.select_sample(int(rows[at]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the buttons to the width."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return the height alone: a narrow window cuts the line, and grows no wider."""
        return QSize(200, super().minimumSizeHint().height())


def record_notes(moment: Moment) -> tuple[str, str]:
    """Return what is to be said of the record, in full and in short."""
    if moment.stage is Stage.EVALUATE:
        said = f"at update {numbers.count(moment.frame.check.update)}"
        return said, said
    if moment.record is None:
        return "not yet: turn 1 has not come this far", "not yet"
    turn = f"turn {numbers.count(moment.record.turn)}"
    if moment.half is not None:
        return f"{turn}, layer {moment.half + 1} just done", f"{turn}, layer {moment.half + 1}"
    if moment.older:
        return f"record of {turn} (a newer turn has begun)", f"{turn}, older"
    return turn, turn


def sample_texts(moment: Moment) -> tuple[str, int | None, str]:
    """Return the words before the marker of the sample's class, the class, and those after."""
    problem, record = moment.problem, moment.record
    place = moment.place
    if record is not None and place is not None:
        said = f"Sample {place + 1} of {len(record.rows)}"
    else:
        row = int(problem.dataset.rows[moment.sample])
        said = f"Row {numbers.count(row)} ({problem.part_of(moment.sample)})"
    truth = problem.dataset.target_text(problem.dataset.target[moment.sample])
    answer = _answer(moment)
    voteless = record is not None and place is None
    tail = (" · no vote in this update" if voteless else "") + (f" · {answer}" if answer else "")
    if problem.classes:
        return f"{said} · class", int(problem.dataset.target[moment.sample]), truth + tail
    said += f" · {problem.dataset.target_name} = {numbers.signed(truth)}{tail}"
    return said, None, ""


def _answer(moment: Moment) -> str:
    """Return the model's answer in short: the probability of the truth, a score or a number."""
    record, problem = moment.record, moment.problem
    if record is None or len(record.a) < record.layout.layers:
        return ""
    scores = moment.shown.scores[moment.shown.chosen or 0][None, :]
    if not problem.classes:
        guess = problem.representation.inverse_target(scores[0].astype(np.float64))
        return f"predicted {numbers.short(float(guess[0]))}"
    shares = moment.loss.probabilities(scores)
    truth = int(problem.dataset.target[moment.sample])
    if shares is None:
        named = int(predicted_classes(scores)[0])
        return f"predicted {problem.dataset.class_names[named]}"
    return f"p({problem.dataset.class_names[truth]}) = {numbers.fixed(float(shares[0, truth]), 3)}"
