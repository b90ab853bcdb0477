"""The guide in its dock: the chapters, and the card of the step at hand."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError, nearest
from core.stages import Stage
from mlloop_gui.frames import RunState
from mlloop_gui.guide import finding
from mlloop_gui.guide.card import StepCard
from mlloop_gui.guide.chapter import Chapter, load, load_bundled
from mlloop_gui.guide.contents import Contents
from mlloop_gui.guide.doing import Doer
from mlloop_gui.guide.dots import Dots
from mlloop_gui.guide.lesson import Lesson
from mlloop_gui.guide.pointer import Pointer
from mlloop_gui.session import Session
from mlloop_gui.settings import Settings
from mlloop_gui.theme import Theme

FILTER = "Chapters (*.toml);;All files (*)"
#: Seconds between two looks at the live numbers while a run goes on.
PACE = 0.2


class Dialogs:
    """The file dialog, in one place that a test can swap."""

    @classmethod
    def ask_open(cls, parent: QWidget) -> str:
        """A chapter to open, or an empty text."""
        return QFileDialog.getOpenFileName(parent, "Open chapter", "", FILTER)[0]


class GuideView(QWidget):
    """Chapters that run the window beside it.

    Parameters
    ----------
    session : Session
    settings : Settings
        Keeps how far each chapter has been gone through.
    find : callable, optional
        The widget of a name, None where there is none; by default in this widget's window.
    reveal : callable, optional
        Brings a widget into view.

    Signals
    -------
    tab_wanted(str), face_wanted(str)
        A step speaks of a tab of the bottom dock, or of a face of the inspector in it.
    """

    tab_wanted = Signal(str)
    face_wanted = Signal(str)

    def __init__(
        self,
        session: Session,
        settings: Settings,
        find: Callable[[str], QWidget | None] | None = None,
        reveal: Callable[[QWidget], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("guide.view")
        self.setAccessibleName("Guide")
        self.setMinimumSize(280, 240)
        self._session, self._settings = session, settings
        self._find = find or (lambda name: finding.find_in(self.window(), name))
        self._reveal = reveal or finding.reveal
        self._doer = Doer(session, self._find, self)
        self._doer.tab_wanted.connect(self.tab_wanted)
        self._doer.face_wanted.connect(self.face_wanted)
        self.lesson: Lesson | None = None
        self.pointer = Pointer()
        self._bundled: dict[Stage, Chapter] = {}
        self._shown = 0.0
        self._build()

    def _build(self) -> None:
        self.contents = Contents()
        self.contents.wanted.connect(self.open_stage)
        self.card = StepCard()
        self.card.chosen.connect(self._choose)
        self.card.typed.connect(self._type_in)
        self.title = QLabel("Guide")
        self.title.setObjectName("guide.title")
        self.title.setProperty("role", "title")
        self.chapters = self._tool("guide.chapters", "‹", "Back to the list of chapters")
        self.chapters.setProperty("sign", True)
        self.chapters.clicked.connect(self.close_chapter)
        self.menu = self._tool("guide.menu", "☰", "More: begin again, open a chapter of your own")
        self.menu.setProperty("sign", True)
        self.menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.menu)
        self.restart = menu.addAction("Begin this chapter again")
        self.restart.triggered.connect(self.begin_again)
        menu.addAction("Open chapter…").triggered.connect(self.ask_chapter)
        self.menu.setMenu(menu)
        self.dots = Dots()
        self.back = self._button("guide.back", "Back", "The step before")
        self.help = self._button("guide.help", "Do it for me", "Have the program do what is asked")
        self.next = self._button("guide.next", "Next", "The next step")
        self.next.setProperty("primary", True)
        self.back.clicked.connect(self._go_back)
        self.help.clicked.connect(self._help)
        self.next.clicked.connect(self._go_on)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for row in (head, foot):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
        head.addWidget(self.chapters)
        head.addWidget(self.title, 1)
        head.addWidget(self.dots)
        head.addWidget(self.menu)
        foot.addWidget(self.back)
        foot.addWidget(self.help)
        foot.addStretch(1)
        foot.addWidget(self.next)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(self.card, 1)
        inner.addLayout(foot)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.contents)
        self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        self._show_contents()

    @staticmethod
    def _tool(name: str, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        return button

    @staticmethod
    def _button(name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(f"{text}: {tip}")
        button.setToolTip(tip)
        button.setAutoDefault(True)
        return button

    # -- chapters ------------------------------------------------------------------------------

    def bundled(self) -> dict[Stage, Chapter]:
        """The nine chapters, read when first asked for."""
        if not self._bundled:
            self._bundled = {stage: load_bundled(stage) for stage in Stage}
        return self._bundled

    @Slot(object)
    def open_stage(self, stage: Stage) -> None:
        """Open one of the nine, where it was left; a finished one from its beginning."""
        self.open_chapter(self.bundled()[stage])

    def open_chapter(self, chapter: Chapter) -> None:
        """Begin a chapter's run and show its step."""
        done = self._settings.guide.get(chapter.key, 0)
        self._begin(chapter, 0 if done >= len(chapter.steps) else done)

    def open_file(self, path: str) -> bool:
        """Open a teacher's chapter; an error is said, and nothing has changed then."""
        try:
            chapter = load(path)
            self.check_points(chapter)
        except InputError as error:
            self._session.message.emit("error", str(error))
            return False
        self.open_chapter(chapter)
        return True

    def check_points(self, chapter: Chapter) -> None:
        """Refuse a chapter that points at what is not in the window; raises `InputError`.

        A step that opens a tab or a face may speak of what is built only then.
        """
        for number, step in enumerate(chapter.steps):
            built_later = step.do.tab or step.do.face or step.show.tab or step.show.face
            if not step.point or built_later or self._find(step.point) is not None:
                continue
            names = sorted(
                name
                for widget in self.window().findChildren(QWidget)
                if (name := widget.objectName()) and not name.startswith(("qt_", "guide."))
            )
            raise InputError(
                f"{nearest(step.point, names)}no such widget (line {step.line})",
                file=chapter.file or None,
                field=f"step[{number}].point",
                value=step.point,
                allowed="the objectName of a widget or action of the window",
            )

    def _begin(self, chapter: Chapter, at: int) -> None:
        self._drop()
        self.lesson = lesson = Lesson(self._session, self._doer, chapter, at, self)
        lesson.step_changed.connect(self._show_step)
        lesson.changed.connect(self._refresh)
        lesson.progressed.connect(self._keep)
        self.pages.setCurrentIndex(1)
        self.chapters.show()
        self.dots.show()
        self.restart.setEnabled(True)
        self.title.setText(f"{int(chapter.stage)} {chapter.title}")
        lesson.begin()

    @Slot()
    def begin_again(self) -> None:
        """Go back to the first step, with a new run."""
        if self.lesson is not None:
            self._begin(self.lesson.chapter, 0)

    @Slot()
    def close_chapter(self) -> None:
        """Back to the list; the run stays as it is."""
        stage = self.lesson.chapter.stage if self.lesson else Stage.REPRESENT
        self._drop()
        self._show_contents()
        self.contents.buttons[stage].setFocus()

    @Slot()
    def ask_chapter(self) -> None:
        """Ask for a file and open it."""
        path = Dialogs.ask_open(self)
        if path:
            self.open_file(path)

    def _drop(self) -> None:
        self.pointer.point_at(None)
        if self.lesson is not None:
            self.lesson.end()
            self.lesson.deleteLater()
            self.lesson = None

    def _show_contents(self) -> None:
        self.pages.setCurrentIndex(0)
        self.chapters.hide()
        self.dots.hide()
        self.restart.setEnabled(False)
        self.title.setText("Guide")
        self._tell_progress()

    def _tell_progress(self) -> None:
        """Write how far each chapter is, once somebody looks."""
        if self.isVisible() and self.lesson is None:
            done = self._settings.guide
            self.contents.set_chapters(
                {
                    stage: (made.title, made.minutes, len(made.steps), done.get(made.key, 0))
                    for stage, made in self.bundled().items()
                }
            )

    @Slot(int)
    def _keep(self, reached: int) -> None:
        if self.lesson is not None:
            kept, key = self._settings.guide, self.lesson.chapter.key
            kept[key] = max(reached, kept.get(key, 0))

    # -- the step ------------------------------------------------------------------------------

    @Slot()
    def _show_step(self) -> None:
        if self.lesson is None:
            return
        self.card.open(self.lesson)
        self._refresh(at_once=True)
        self._point()
        first = self.card.choices[0] if self.card.choices else None
        if self.isVisible() and self.isAncestorOf(self.window().focusWidget() or self.window()):
            # Who came here by the keyboard goes on from the top of the new card.
            (first or (self.next if self.next.isEnabled() else self.help)).setFocus()

    @Slot()
    def _refresh(self, at_once: bool = False) -> None:
        lesson, frame = self.lesson, self._session.frame
        if lesson is None or not self.isVisible():
            return
        running = frame is not None and frame.state is RunState.RUNNING
        now = perf_counter()
        slow = running and not at_once and now - self._shown < PACE
        if not slow:
            self._shown = now
            self.card.refresh(lesson, frame)
        count = len(lesson.chapter.steps)
        self.dots.set_progress(count, lesson.index, lesson.reached)
        self.back.setEnabled(lesson.index > 0)
        self.next.setEnabled(lesson.can_go_on)
        text = "Finish" if lesson.last else "Next"
        if self.next.text() != text:
            self.next.setText(text)
        self.help.setVisible(lesson.step.check is not None)
        self.help.setEnabled(lesson.revealed and not lesson.done and not lesson.waiting)
        if not lesson.waiting and self.pointer.target is None:
            self._point()

    def _point(self) -> None:
        """Bring what the step speaks of into view, and ring it."""
        name = self.lesson.step.point if self.lesson else ""
        if name.startswith("inspector.") and self.isVisible():
            self.tab_wanted.emit("inspector")
        target = self._find(name) if name and self.isVisible() else None
        if target is not None and target is not self.pointer.target:
            self._reveal(target)
        self.pointer.point_at(target)

    @Slot(int)
    def _choose(self, choice: int) -> None:
        if self.lesson is not None:
            self.lesson.choose(choice)
            self._point()

    @Slot(str)
    def _type_in(self, text: str) -> None:
        if self.lesson is not None:
            self.lesson.type_in(text)

    @Slot()
    def _go_back(self) -> None:
        if self.lesson is not None:
            self.lesson.back()

    @Slot()
    def _help(self) -> None:
        if self.lesson is not None:
            self.lesson.help()

    @Slot()
    def _go_on(self) -> None:
        lesson = self.lesson
        if lesson is None:
            return
        last = lesson.last and lesson.can_go_on
        lesson.next()
        if last:
            self.close_chapter()

    # -- looks ---------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        for part in (self.contents, self.card, self.dots, self.pointer):
            part.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while nobody looked."""
        super().showEvent(event)
        self._tell_progress()
        self._refresh(at_once=True)
        self._point()

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at nothing while the guide is not seen."""
        super().hideEvent(event)
        self.pointer.point_at(None)
