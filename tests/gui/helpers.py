"""A window and the hands of a person at it: clicks, keys, and waiting for what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.experiment import Experiment
from core.stages import Stage, StepSize
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.main_window import MainWindow
from mlloop_gui.session import Session
from mlloop_gui.settings import Settings

PATIENCE = 20_000  # milliseconds until something that does not come is a failure


def small(**tables: Any) -> Experiment:
    """A small experiment: quick to build, quick to check."""
    tree: dict[str, Any] = {"data": {"source": "circle", "samples": 60}, "model": {"hidden": [3]}}
    for name, table in tables.items():
        tree[name] = {**tree.get(name, {}), **table} if isinstance(table, dict) else table
    return Experiment.from_dict(tree)


def is_settled(session: Session) -> bool:
    """Whether the frame at hand is the answer to the last command."""
    frame = session.frame
    return frame is not None and session.loading is None and frame.command == session._worker._sent


def settle(qtbot: QtBot, session: Session) -> Frame:
    """Waits until every command has been carried out, and gives the frame then."""
    qtbot.waitUntil(lambda: is_settled(session), timeout=PATIENCE)
    assert session.frame is not None
    return session.frame


class SessionPlayer:
    """What is done with a session, each followed by a wait for its effect.

    Attributes
    ----------
    said : list of (str, str)
        Every message, with its severity.
    """

    def __init__(self, qtbot: QtBot, session: Session) -> None:
        self.qtbot, self.session = qtbot, session
        self.said: list[tuple[str, str]] = []
        session.message.connect(self._hear)

    def _hear(self, severity: str, text: str) -> None:
        self.said.append((severity, text))

    @property
    def frame(self) -> Frame:
        assert self.session.frame is not None
        return self.session.frame

    def settle(self) -> Frame:
        """Waits until every command has been carried out."""
        return settle(self.qtbot, self.session)

    def until(self, condition: Callable[[], object]) -> None:
        """Waits until something is so."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def until_state(self, state: RunState) -> Frame:
        """Waits until the run is in a state."""
        self.until(lambda: self.session.state is state)
        return self.frame

    def do(self, name: str, *arguments: Any) -> Frame:
        """Calls a method of the session."""
        getattr(self.session, name)(*arguments)
        return self.settle()

    def step(self, size: str = "stage", count: int = 1, back: bool = False) -> Frame:
        """Steps of one size."""
        self.session.set_step_size(StepSize(size))
        for _ in range(count):
            self.do("step_back" if back else "step")
        return self.frame

    def set(self, **values: Any) -> Frame:
        """Sets one field after another; two underscores stand for the dot."""
        for name, value in values.items():
            self.session.set(name.replace("__", "."), value)
        return self.settle()


class Player(SessionPlayer):
    """A person at a window.

    Attributes
    ----------
    window : MainWindow
    """

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        super().__init__(qtbot, window.session)
        self.window = window
        self._found: dict[tuple[str, type[Any]], Any] = {}

    # -- finding -------------------------------------------------------------------------------

    def find(self, name: str, kind: type[Any] = QWidget) -> Any:
        """The one thing of that object name."""
        if (name, kind) not in self._found:
            found = self.window.findChildren(kind, name)
            assert len(found) == 1, f"{len(found)} {kind.__name__} named {name!r}"
            self._found[name, kind] = found[0]
        return self._found[name, kind]

    def action(self, name: str) -> QAction:
        """An action by its name."""
        return self.find(name, QAction)

    def button(self, name: str) -> QToolButton:
        """The toolbar button of an action."""
        action = self.action(name)
        buttons = self.window.run_bar.findChildren(QToolButton)
        return next(b for b in buttons if b.defaultAction() is action)

    def status(self) -> tuple[Any, Any, Any]:
        """The stage, update and epoch that the labels show."""
        names = ("stage", "update", "epoch")
        return tuple(self.find(f"status.{name}", QLabel).property("value") for name in names)

    @property
    def state(self) -> str:
        """The state that the label shows."""
        return self.find("status.state", QLabel).property("value")

    def editor(self, path: str) -> QWidget:
        """The widget that edits a field."""
        return self.find(path)

    def shown(self, path: str) -> Any:
        """What a field's widget shows."""
        editor = self.editor(path)
        return editor.property(user_property(editor))

    @property
    def last_message(self) -> str:
        """The text of the message bar, empty while it is hidden."""
        bar = self.window.messages
        return bar.text.text() if bar.isVisible() else ""

    # -- doing ---------------------------------------------------------------------------------

    def press(self, name: str) -> Frame:
        """Clicks the button of a command and waits for its effect."""
        self.click(name)
        return self.settle()

    def click(self, name: str) -> None:
        """Clicks the button of a command."""
        button = self.button(name)
        assert button.isEnabled(), f"{name} is disabled"
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key, modifier: Any = Qt.KeyboardModifier.NoModifier) -> Frame:
        """Presses a key where the focus is and waits for its effect."""
        # Through the platform's queue, as a real key comes: only so do shortcuts see it.
        QTest.keyClick(self.window.windowHandle(), key, modifier)
        return self.settle()

    def edit(self, path: str, value: Any) -> Frame:
        """Writes a field through its widget's USER property."""
        editor = self.editor(path)
        assert editor.setProperty(user_property(editor), value)
        return self.settle()

    def stages(self, count: int) -> Frame:
        """That many stage steps."""
        self.click("step_size.stage")
        for _ in range(count):
            self.press("step")
        return self.frame

    def steps(self, size: str, count: int = 1, back: bool = False) -> Frame:
        """Steps of one size."""
        self.click(f"step_size.{size}")
        for _ in range(count):
            self.press("step_back" if back else "step")
        return self.frame

    def inspect(self, stage: Stage) -> Any:
        """Clicks a stage of the ring; its inspector."""
        self.qtbot.mouseClick(self.find(f"stage.{stage.key}"), Qt.MouseButton.LeftButton)
        self.settle()
        page = self.find(f"inspector.{stage.key}")
        assert page.isVisible()
        return page

    def focus(self, widget: QWidget) -> None:
        """Puts the keyboard's focus into a widget."""
        self.window.activateWindow()
        widget.setFocus()
        self.until(widget.hasFocus)


class SessionOpener:
    """Starts sessions without a window; `close` ends their threads."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._open: list[Session] = []

    def __call__(self, experiment: Experiment | None = None) -> SessionPlayer:
        session = Session(experiment or small())
        self._open.append(session)
        player = SessionPlayer(self._qtbot, session)
        player.settle()
        return player

    def close(self) -> None:
        """Ends every thread."""
        for session in self._open:
            assert session.finish()
        self._open.clear()


def user_property(widget: QWidget) -> str:
    """The name of a widget's USER property."""
    found = widget.metaObject().userProperty()
    assert found.isValid(), f"{widget.objectName()} has no USER property"
    return found.name()


class Opener:
    """Opens windows, shown and settled."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot

    def __call__(
        self,
        experiment: Experiment | None = None,
        settings: Settings | None = None,
        simple: bool = False,
        settled: bool = True,
    ) -> Player:
        window = MainWindow(experiment, settings)
        self._qtbot.addWidget(window)
        player = Player(self._qtbot, window)
        if simple:
            window.show_simple()
        window.show()
        if settled:
            player.settle()
        return player
