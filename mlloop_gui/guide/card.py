"""The card of a step: its text, a question with choices, a number to type, what is to be done."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from mlloop_gui.frames import Frame
from mlloop_gui.guide import quantities
from mlloop_gui.guide.checks import Number
from mlloop_gui.guide.lesson import Lesson
from mlloop_gui.guide.markup import filled, plain, rich
from mlloop_gui.theme import Theme, current, font, font_px

TICK, OPEN, RIGHT, OTHER = "✓", "○", "✓", "→"


class Words(QLabel):
    """Rich text that wraps, with live numbers; written only when it differs."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._shown: tuple[str, str] | None = None
        self._style = ""

    def write(self, text: str, frame: Frame | None, head: str = "") -> None:
        """Show a text with its numbers filled in, after a head in bold."""
        whole = f"**{head}** {text}" if head else text
        made = filled(whole, lambda name: quantities.text_of(name, frame))
        if self._shown != (made, self._style):
            self._shown = (made, self._style)
            self.setText(rich(made, self._style))
            self.setAccessibleName(plain(made))

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        families = ", ".join(f"'{family}'" for family in font("mono").families())
        self._style = f"font-family: {families}; color: {theme.accent}"
        if self._shown is not None:
            made, _ = self._shown
            self._shown = (made, self._style)
            self.setText(rich(made, self._style))


class StepCard(QScrollArea):
    """Shows the step of a lesson, and tells it what a person chose and typed.

    Signals
    -------
    chosen(int)
        A prediction was made.
    typed(str)
        A number was given.
    """

    chosen = Signal(int)
    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide.card")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._inside.setProperty("scrolled", True)
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(2, 2, 8, 2)
        self._column.setSpacing(6)
        self.setWidget(self._inside)
        self.text = Words("guide.text")
        self.question = Words("guide.question")
        self.because = Words("guide.because")
        self.choices: list[QRadioButton] = []
        self._following = False
        self.verticalScrollBar().rangeChanged.connect(self._show_because)
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self._toggled)
        self._choices = QVBoxLayout()
        self._choices.setSpacing(2)
        self.guess = QPushButton("That is my guess")
        self.guess.setObjectName("guide.guess")
        self.guess.setAccessibleName("That is my guess")
        self.guess.setToolTip("Say what you expect; only then it is shown")
        self.guess.setAutoDefault(True)
        self.guess.clicked.connect(self._guessed)
        self.number = QLineEdit()
        self.number.setObjectName("guide.number")
        self.number.setAccessibleName("your number")
        self.number.setToolTip("Type the number and press Enter")
        self.number.setPlaceholderText("your number, then Enter")
        self.number.returnPressed.connect(self._typed)
        self.give = QPushButton("Check")
        self.give.setObjectName("guide.give")
        self.give.setAccessibleName("Check my number")
        self.give.setToolTip("See whether the number is right")
        self.give.setAutoDefault(True)
        self.give.clicked.connect(self._typed)
        self._number = QWidget()
        row = QHBoxLayout(self._number)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.number, 1)
        row.addWidget(self.give)
        self.task = QLabel()
        self.task.setObjectName("guide.task")
        self.task.setWordWrap(True)
        for part in (self.text, self.question):
            self._column.addWidget(part)
        self._column.addLayout(self._choices)
        self._column.addWidget(self.guess, 0, Qt.AlignmentFlag.AlignLeft)
        for below in (self.because, self._number, self.task):
            self._column.addWidget(below)
        self._column.addStretch(1)
        self.set_theme(current())

    def open(self, lesson: Lesson) -> None:
        """Lay out a step anew."""
        predict = lesson.step.predict
        for button in self.choices:
            self._group.removeButton(button)
            self._choices.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.choices = []
        self._following = False
        for k, choice in enumerate(predict.choices if predict else ()):
            button = QRadioButton(choice)
            button.setObjectName(f"guide.choice.{k + 1}")
            button.setAccessibleName(choice)
            button.setToolTip(choice)
            self._group.addButton(button, k)
            self._choices.addWidget(button)
            self.choices.append(button)
        self.number.clear()
        self.verticalScrollBar().setValue(0)

    def refresh(self, lesson: Lesson, frame: Frame | None) -> None:
        """Show where the step stands."""
        step, revealed = lesson.step, lesson.revealed
        self.text.write(step.text, frame)
        self._refresh_question(lesson, frame)
        asks_number = isinstance(step.check, Number)
        self._number.setVisible(asks_number and revealed)
        self.number.setReadOnly(lesson.done)
        self.give.setEnabled(not lesson.done)
        if lesson.done and asks_number and lesson.typed and self.number.text() != lesson.typed:
            self.number.setText(lesson.typed)
        self.task.setVisible(step.check is not None and revealed)
        if step.check is not None:
            self._write_task(lesson)

    def _refresh_question(self, lesson: Lesson, frame: Frame | None) -> None:
        predict = lesson.step.predict
        self.question.setVisible(predict is not None)
        answered = predict is not None and lesson.revealed
        if not answered:
            self.because.hide()
        self.guess.setVisible(predict is not None and not answered)
        self.guess.setEnabled(self._group.checkedId() >= 0)
        if predict is None:
            return
        self.question.write(predict.question, frame)
        chosen = lesson.chosen
        for k, button in enumerate(self.choices):
            button.setEnabled(not answered)
            mark = f"  {TICK}" if answered and k == predict.answer else ""
            button.setText(predict.choices[k] + mark)
            picked = predict.answer if chosen is None else chosen
            button.setVisible(not answered or k in (picked, predict.answer))
            if answered and k == picked:
                with QSignalBlocker(self._group):
                    button.setChecked(True)
        if answered and self.because.isHidden():
            self._following = True
            QTimer.singleShot(0, self, self._show_because)
        self.because.setVisible(answered)
        if answered:
            right = chosen is None or chosen == predict.answer
            head = "Just so." if right else "A fair guess, but it is otherwise."
            self.because.write(predict.because, frame, head)

    def _write_task(self, lesson: Lesson) -> None:
        check = lesson.step.check
        assert check is not None
        text = f"{TICK} Done" if lesson.done else f"{OPEN} {check.asks()}"
        if isinstance(check, Number):
            text = f"{TICK} That is it" if lesson.done else f"{OPEN} {check.asks()}"
            if lesson.missed:
                text = f"{OTHER} Not yet. {check.hint}".strip()
        if lesson.waiting:
            text = "… on the way there"
        if self.task.text() != text:
            self.task.setText(text)
            self.task.setAccessibleName(text)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        for words in (self.text, self.question, self.because):
            words.set_theme(theme)
        self.question.setStyleSheet(
            f"border-top: 1px solid {theme.border}; padding: 6px 0 0 0; color: {theme.text};"
        )
        self.because.setStyleSheet(
            f"background: {theme.accent_soft}; color: {theme.text}; border-radius: 4px;"
            " padding: 5px;"
        )
        self.task.setStyleSheet(
            f"color: {theme.text}; font-weight: bold; font-size: {font_px()}px;"
        )

    @Slot()
    def _show_because(self) -> None:
        """Scroll to what was just said, also once it has got its height."""
        if self._following and self.because.isVisible():
            # The check under it, if there is one, is what comes next.
            last = self.because if self.task.isHidden() else self.task
            self.ensureWidgetVisible(last, 0, 8)

    @Slot(int, bool)
    def _toggled(self, choice: int, on: bool) -> None:
        self.guess.setEnabled(self._group.checkedId() >= 0)

    @Slot()
    def _guessed(self) -> None:
        if self._group.checkedId() >= 0:
            self.chosen.emit(self._group.checkedId())

    @Slot()
    def _typed(self) -> None:
        if not self.number.isReadOnly():
            self.typed.emit(self.number.text())
