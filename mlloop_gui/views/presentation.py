"""The presentation: ring, one picture and one stage in large type, and the scenes of a lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.stages import Stage, StepSize
from mlloop_gui import theme as themes
from mlloop_gui.actions import Actions
from mlloop_gui.frames import RunState
from mlloop_gui.plots.ring import LoopRing
from mlloop_gui.scenes import Scene, load_scenes
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme
from mlloop_gui.views.pace import NUMBERS, Pace
from mlloop_gui.views.presentation_pictures import KINDS, Pictures, rename
from mlloop_gui.views.presentation_texts import PictureButtons, RunLine, SceneTitle, StagePanel
from mlloop_gui.views.ring_bar import QUESTION, show_place
from mlloop_gui.views.turn_once import TurnOnce

#: At this size the smallest text is 18 px; a larger window takes larger text.
SIZE = QSize(1280, 650)
SCALE, LARGEST_SCALE = 1.5, 2.4


class PresentationView(QWidget):
    """A page for a lecture room, on the session's live run.

    While it is hidden nothing of it follows the session.

    Parameters
    ----------
    session : Session
    actions : Actions
    travel : TurnOnce, optional
        Whose sample is shown on the ring.
    scenes : sequence of Scene, optional
        Those that come with the program when left out.

    Signals
    -------
    left
        The person asks for the window back.
    """

    left = Signal()

    def __init__(
        self,
        session: Session,
        actions: Actions,
        travel: TurnOnce | None = None,
        scenes: Sequence[Scene] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._actions, self._travel = session, actions, travel
        self.scenes = tuple(load_scenes() if scenes is None else scenes)
        self.at = 0
        self._pace = Pace(NUMBERS)
        self._stage: Stage | None = None
        self._scale = 0.0
        self.setObjectName("presentation")
        self.setAccessibleName("Presentation")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._build()
        keys: list[tuple[str, Callable[[], object]]] = [
            ("PgDown", partial(self.walk, 1)),
            ("PgUp", partial(self.walk, -1)),
            ("Esc", self.left.emit),
        ]
        keys += [(kind.key, partial(self.choose, name)) for name, kind in KINDS.items()]
        for key, act in keys:
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _build(self) -> None:
        self.heading, self.run_line = SceneTitle(), RunLine()
        self.heading.walked.connect(self.walk)
        self.heading.left.connect(self.left)
        self.ring = LoopRing([(int(s), s.key, s.label, s.question) for s in Stage])
        rename(self.ring)
        self.ring.setObjectName("presentation.ring")
        self.ring.set_sentence(QUESTION)
        self.ring.stage_clicked.connect(self._inspect)
        self.pictures = Pictures(self._session, self._actions)
        self.buttons = PictureButtons()
        self.buttons.chosen.connect(self.choose)
        self.panel = StagePanel()
        beside = QVBoxLayout()
        beside.addWidget(self.panel, 1)
        beside.addWidget(self.buttons)
        across = QHBoxLayout()
        across.setSpacing(8)
        across.addWidget(self.pictures, 11)
        across.addLayout(beside, 10)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 4)
        column.setSpacing(5)
        column.addWidget(self.heading)
        column.addWidget(self.ring)
        column.addLayout(across, 1)
        column.addWidget(self.run_line)

    def sizeHint(self) -> QSize:
        """Return the size of a small projector's picture."""
        return SIZE

    # -- the lesson ----------------------------------------------------------------------------

    @property
    def scene(self) -> Scene:
        """The scene that was restored last."""
        return self.scenes[self.at]

    @Slot(int)
    def walk(self, by: int) -> None:
        """Some scenes on, or with a negative number back; at the ends the scene is made again."""
        self.restore(min(max(self.at + by, 0), len(self.scenes) - 1))

    def restore(self, at: int) -> None:
        """Make a scene as it was prepared, whatever has been done in between."""
        session, self.at = self._session, at
        scene = self.scene
        if self._travel is not None:
            self._travel.stop()
        self.run_line.say("")
        session.by_experiment = False
        session.speed = scene.speed
        session.show(sample=None, columns=None, inspected=scene.stage)
        self._actions[f"step_size.{scene.step_size}"].trigger()
        older = [run.number for run in session.runs if run.number not in self._kept]
        # A scene is nobody's work: it is neither unsaved nor to be saved over a file.
        session.path, session.saved = None, scene.experiment
        session.new_run(scene.experiment)
        session.reach(scene.update)
        if scene.stage is not Stage.EVALUATE:
            for _ in range(scene.stage):
                session.step(StepSize.STAGE)
        for number in older:
            session.forget_run(number)
        self.heading.show_scene(scene, at, len(self.scenes))
        self.choose(scene.picture)

    _kept: frozenset[int] = frozenset()

    def keep(self, numbers: Sequence[int]) -> None:
        """Say which runs are the person's own; all others are the scenes', and let go in time."""
        self._kept = frozenset(numbers)

    @Slot(str)
    def choose(self, name: str) -> None:
        """Show another picture of the same moment."""
        self.pictures.choose(name)
        self.buttons.choose(name)
        self._session.show(**self.wanted())

    def wanted(self) -> dict[str, bool]:
        """Return what the frames must carry while this page is seen; see `View`."""
        nothing = {"embedding": False, "film": False, "trajectory": False}
        return {**self.pictures.wanted(), "inspector": True, **nothing}

    # -- following -----------------------------------------------------------------------------

    def _links(self) -> list[tuple[Any, Callable[..., object]]]:
        session = self._session
        found: list[tuple[Any, Callable[..., object]]] = [
            (session.run_started, self._restart),
            (session.frame_changed, self._follow),
            (session.inspected_changed, self._tell_stage),
            (session.message, self._say),
        ]
        if self._travel is not None:
            found.append((self._travel.travelled, self.ring.set_traveller))
            found.append((self._travel.finished, self._arrived))
        return found

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the session from here on, in large type."""
        super().showEvent(event)
        for signal, slot in self._links():
            signal.connect(slot)
        self._stage = None
        self._fit()
        self.setFocus()
        self._restart()
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Follow no longer."""
        super().hideEvent(event)
        for signal, slot in self._links():
            signal.disconnect(slot)
        self.ring.set_traveller(None)

    @Slot()
    def _restart(self) -> None:
        self._stage = None
        self.pictures.restart()

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        self.pictures.follow()
        if not self._pace.lets(frame):
            return
        show_place(self.ring, frame)
        self.run_line.show_run(frame)
        self._follow_stage()
        self.panel.show_stage(frame, self._session.inspected)

    def _follow_stage(self) -> None:
        """Turn to the stage that a small step has done."""
        session, frame = self._session, self._session.frame
        assert frame is not None
        before, self._stage = self._stage, frame.position.stage
        small = session.step_size in (StepSize.STAGE, StepSize.LAYER)
        if frame.state is RunState.FAILED and frame.failure is not None:
            session.inspect(frame.failure.stage)
        elif before not in (None, self._stage) and small and frame.state is RunState.PAUSED:
            session.inspect(self._stage)

    @Slot()
    def _tell_stage(self) -> None:
        if self._session.frame is not None:
            self.panel.show_stage(self._session.frame, self._session.inspected)

    @Slot(int)
    def _inspect(self, stage: int) -> None:
        self._session.inspect(Stage(stage))

    @Slot(str, str)
    def _say(self, severity: str, text: str) -> None:
        self.run_line.say(text if severity != "note" else "")

    @Slot()
    def _arrived(self) -> None:
        self.ring.set_traveller(None)

    # -- looks ---------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write larger in a larger window."""
        super().resizeEvent(event)
        if self.isVisible():
            self._fit()

    def _fit(self) -> None:
        room = min(self.width() / SIZE.width(), self.height() / SIZE.height())
        scale = round(min(max(SCALE * room, SCALE), LARGEST_SCALE), 1)
        if scale != self._scale or themes.current_scale() != scale:
            self._scale = scale
            self.set_theme(themes.current())

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``, in this page's own size of text.

        The size in force is the page's while it is seen; whoever shows the window again sets the
        window's own.
        """
        themes.set_current(theme, self._scale or SCALE)
        sheet = themes.stylesheet(theme, self._scale or SCALE)
        self.setStyleSheet(
            f"{sheet}\nQWidget#presentation {{ background: {theme.window}; }}"
            'QLabel[role="question"] { font-style: italic; }'
            'QPushButton[narrow="true"] { padding-left: 2px; padding-right: 2px; }'
        )
        for part in (self.ring, self.pictures, self.panel):
            part.set_theme(theme)
