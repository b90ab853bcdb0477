"""The window: bars above, pictures in the middle, settings, curves and inspectors in docks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QSplitter,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from core.experiment import Experiment
from core.stages import Stage
from mlloop_gui import theme as themes
from mlloop_gui.actions import Actions
from mlloop_gui.docks import Docks
from mlloop_gui.files import Files
from mlloop_gui.growth import Growth
from mlloop_gui.menu import MenuButton
from mlloop_gui.session import Session
from mlloop_gui.settings import Settings
from mlloop_gui.theme import Theme
from mlloop_gui.views.boundary_view import BoundaryView
from mlloop_gui.views.card import light
from mlloop_gui.views.message_bar import MessageBar
from mlloop_gui.views.network_view import NetworkView
from mlloop_gui.views.presenter import Presenter
from mlloop_gui.views.ring_bar import RingBar
from mlloop_gui.views.run_bar import RunBar
from mlloop_gui.views.scrub_bar import ScrubBar
from mlloop_gui.views.turn_once import TurnOnce

if TYPE_CHECKING:
    from mlloop_gui.guide.view import GuideView
    from mlloop_gui.inspector.stack import InspectorStack
    from mlloop_gui.panels.column import SettingsColumn
    from mlloop_gui.views.bottom import Bottom
    from mlloop_gui.views.curves_view import CurvesView
    from mlloop_gui.views.welcome import WelcomeCard

TITLE = "mlloop"
LAYOUT_VERSION = 2


class MainWindow(QMainWindow):
    """The full window on an experiment, paused at update 0; nothing outside it is touched.

    Parameters
    ----------
    experiment : Experiment, optional
        The default experiment when left out.
    settings : Settings, optional
        What is remembered between starts; read and changed, never written to disk here.
    late : bool, optional
        Whether what the docks hold is built after the window's first picture; else all is built
        at once. What is asked for before its time is built then.

    Attributes
    ----------
    growth : Growth
        What is still to be built.

    Signals
    -------
    closed
        The window has closed and its threads have ended.
    """

    closed = Signal()

    def __init__(
        self,
        experiment: Experiment | None = None,
        settings: Settings | None = None,
        late: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.settings = settings or Settings()
        self._apply_theme()
        self.session = Session(experiment or Experiment(), parent=self)
        self.actions_by_name = Actions(self.session, self)
        self.travel = TurnOnce(self.session, self)
        self.files = Files(self.session, self.settings, self.actions_by_name, self)
        self.run_bar = RunBar(self.session, self.actions_by_name)
        self.ring_bar = RingBar(self.session, self.travel)
        self.addToolBar(self.run_bar)
        self.addToolBarBreak()
        self.addToolBar(self.ring_bar)
        self.scrub_bar = ScrubBar(self.session, self.actions_by_name)
        self.time_bar = _fixed_bar("Time", self.scrub_bar)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, self.time_bar)
        self._build_centre()
        self._arranged = False
        self.dock_area = Docks(self, self.session, self.settings, self.actions_by_name)
        self.docks = self.dock_area.by_name
        self.dock_area.changed.connect(self._follow_visibility)
        self.session.limit_memory(self.settings.memory * 2**20)
        self.session.frame_changed.connect(self._remember_memory)
        self.menu_button = MenuButton(self, self.actions_by_name, self.files, self.settings, self)
        self.run_bar.addWidget(self.menu_button)
        for stage in Stage:
            key = QShortcut(QKeySequence(str(int(stage))), self)
            key.activated.connect(lambda stage=stage: self.session.inspect(stage))
        self.presenter = Presenter(self.session, self.actions_by_name, self, self.travel)
        self.presenter.left.connect(self._retheme)
        self.actions_by_name["presentation"].triggered.connect(self.presenter.toggle)
        self.actions_by_name["slow_motion"].triggered.connect(self.travel.toggle_slow_motion)
        for name in ("run", "step", "step_back", "reset"):
            self.actions_by_name[name].triggered.connect(self.travel.stop)
        for changed in (self.session.history_changed, self.session.run_started):
            changed.connect(self.travel.stop)
        self.resize(1440, 900)
        self.setMinimumSize(1000, 640)
        self._set_title()
        self.session.experiment_changed.connect(self._set_title)
        self.session.frame_changed.connect(self._follow_visibility)
        self.growth = Growth((*self.dock_area.steps, lambda: self.welcome), self)
        if late:
            self.growth.begin_after(
                self.boundary.plot.viewport(), lambda: self.session.frame is not None
            )
        else:
            self.growth.finish()

    def _build_centre(self) -> None:
        session = self.session
        self.messages = MessageBar(session)
        self.network = NetworkView(session)
        self.boundary = BoundaryView(session, self.actions_by_name)
        self._welcome: WelcomeCard | None = None
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.setChildrenCollapsible(False)
        for part, stretch in ((self.network, 10), (self.boundary, 12)):
            self._add_across(part, stretch)
        centre = QWidget()
        centre.setObjectName("central")
        column = QVBoxLayout(centre)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addWidget(self.messages)
        column.addWidget(self._across, 1)
        self.setCentralWidget(centre)

    def _add_across(self, part: QWidget, stretch: int) -> None:
        self._across.addWidget(part)
        self._across.setStretchFactor(self._across.count() - 1, stretch)

    # -- what is built when it is asked for ----------------------------------------------------

    @property
    def panels(self) -> SettingsColumn:
        return self.dock_area.panels

    @property
    def curves(self) -> CurvesView:
        return self.dock_area.curves

    @property
    def inspectors(self) -> InspectorStack:
        return self.dock_area.inspectors

    @property
    def bottom(self) -> Bottom:
        return self.dock_area.bottom

    @property
    def welcome(self) -> WelcomeCard:
        """The card of the first minute; hidden but then."""
        if self._welcome is None:
            from mlloop_gui.views.welcome import WelcomeCard

            self._welcome = WelcomeCard(self.session, self.travel)
            self._welcome.hide()
            self._welcome.show_everything.clicked.connect(self.show_everything)
            self._add_across(self._welcome, 8)
        return self._welcome

    @property
    def guide(self) -> GuideView | None:
        """The guide, once it has been opened."""
        return self.dock_area.guide

    def event(self, event: QEvent) -> bool:
        """Leave the space bar to a button that has the focus; elsewhere it is a shortcut."""
        if event.type() is QEvent.Type.ShortcutOverride:
            assert isinstance(event, QKeyEvent)
            on_button = isinstance(self.focusWidget(), QAbstractButton)
            if on_button and event.key() == Qt.Key.Key_Space and not event.modifiers():
                event.accept()
                return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Arrange the docks when the window is first shown without a remembered layout."""
        super().showEvent(event)
        if not self._arranged:
            self._arranged = True
            if not self.settings.layout:
                self.dock_area.arrange()
                self._across.setSizes([320, 520, 300])
            self.boundary.plot.setFocus()

    # -- first launch --------------------------------------------------------------------------

    def show_simple(self) -> None:
        """Little on screen: the ring, the boundary, one question, one lit button."""
        self.time_bar.hide()
        for dock in self.docks.values():
            dock.hide()
        self.network.hide()
        self.welcome.take_button(self.ring_bar.turn_once)
        self.ring_bar.side.hide()
        light(self.run_bar.run_button, False)  # one lit button: the one under the question
        self.welcome.show()

    @Slot()
    def show_everything(self) -> None:
        """The whole window, from now on at every start."""
        self.settings.seen_introduction = True
        self.welcome.hide()
        self.ring_bar.take_back_button()
        self.ring_bar.side.show()
        light(self.run_bar.run_button, True)
        self.network.show()
        self.time_bar.show()
        self.dock_area.show_usual()
        self.boundary.plot.setFocus()  # not to the next button, which the space bar would press
        self._follow_visibility()

    # -- looks ---------------------------------------------------------------------------------

    def _apply_theme(self) -> None:
        chosen = {"light": themes.LIGHT, "dark": themes.DARK}.get(self.settings.theme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        themes.apply(application, chosen or themes.system_theme(), self.settings.scale)

    def choose_theme(self, name: str) -> None:
        """``"system"``, ``"light"`` or ``"dark"``."""
        self.settings.theme = name
        self._retheme()

    def zoom(self, factor: float) -> None:
        """Scale text and widgets; 0 means back to 1."""
        self.settings.scale = themes.clamp_scale(self.settings.scale * factor if factor else 1.0)
        self._retheme()

    @Slot()
    def _retheme(self) -> None:
        self._apply_theme()
        if self.presenter.page is not None and self.presenter.active:
            self.presenter.page.set_theme(self.theme)
            return  # the window's own parts take it when they are back
        for part in (
            self.ring_bar,
            self.network,
            self.boundary,
            self.scrub_bar,
            self.dock_area,
        ):
            part.set_theme(self.theme)

    @property
    def theme(self) -> Theme:
        return themes.current()

    @Slot()
    def _set_title(self) -> None:
        path = self.session.path
        name = path.replace("\\", "/").rsplit("/", 1)[-1] if path else "untitled"
        self.setWindowTitle(f"{name}[*] – {TITLE}")
        self.setWindowModified(self.session.modified)

    @Slot()
    def _follow_visibility(self) -> None:
        """Ask for no more than what is seen."""
        if self.presenter.active:
            self.session.show(**self.presenter.wanted())
            return
        seen = self.dock_area.seen()
        seen["inspector"] |= self.travel.active
        self.session.show(
            boundary=self.boundary.isVisible() or self.network.isVisible(),
            units=self.network.isVisible(),
            embedding=self.boundary.embedding.isVisible(),
            **seen,
        )

    @Slot()
    def _remember_memory(self) -> None:
        frame = self.session.frame
        if frame is not None and frame.memory[1]:
            self.settings.memory = frame.memory[1] // 2**20

    # -- layout and end ------------------------------------------------------------------------

    def remember_layout(self) -> None:
        """Write geometry and docks into the settings."""
        self.settings.geometry = _text(self.saveGeometry())
        if self.settings.seen_introduction:
            self.settings.layout = _text(self.saveState(LAYOUT_VERSION))

    def restore_layout(self) -> None:
        """Take geometry and docks from the settings; what does not fit is left as it is."""
        self.restoreGeometry(_bytes(self.settings.geometry))
        if self.settings.layout:
            self.restoreState(_bytes(self.settings.layout), LAYOUT_VERSION)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the threads and wait for them before the window goes."""
        self.travel.stop()
        self.presenter.leave()
        self.remember_layout()
        if not self.session.finish():
            event.ignore()
            self.messages.say("warning", "Still busy; close again in a moment.")
            return
        super().closeEvent(event)
        self.closed.emit()


def _fixed_bar(name: str, widget: QWidget) -> QToolBar:
    """A tool bar that stays where it is and holds one widget."""
    bar = QToolBar(name)
    bar.setObjectName(f"bar_{name.lower()}")
    bar.setMovable(False)
    bar.setStyleSheet("QToolBar { padding: 0; margin: 0; }")
    bar.addWidget(widget)
    return bar


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode("ascii", "ignore")))
