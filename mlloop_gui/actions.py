"""Every command of the window, once: its text, key, help, and what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from core.stages import StepSize
from mlloop_gui.frames import RunState
from mlloop_gui.session import Session


@dataclass(frozen=True)
class Command:
    """What an action is called and how it is reached."""

    name: str
    text: str
    key: str
    help: str


COMMANDS = (
    Command("reset", "↺ Reset", "Ctrl+R", "Back to update 0 and the same initial weights"),
    Command("step_back", "◂ Back", "Left", "One step of the chosen size back, bit for bit"),
    Command("run", "▶ Run", "Space", "Let the loop run; again: pause at the end of the turn"),
    Command("step", "Step ▸", "Right", "One step of the chosen size"),
    Command("new_seed", "⚄", "Ctrl+N", "Other initial weights and order, the same data"),
    Command("undo", "↶", "Ctrl+Z", "Take the last change of a setting back"),
    Command("redo", "↷", "Ctrl+Shift+Z", "Make it again"),
    Command("open", "Open experiment…", "Ctrl+O", "Open an experiment file"),
    Command("open_table", "Open a table (CSV)…", "Ctrl+T", "Learn from your own CSV or TSV file"),
    Command(
        "draw", "Draw points…", "Ctrl+D", "Points of your own: add, spray, move, erase, relabel"
    ),
    Command("save", "Save experiment", "Ctrl+S", "Save the settings and events to a file"),
    Command("save_as", "Save experiment as…", "Ctrl+Shift+S", "Save to another file"),
    Command("export", "Export model…", "Ctrl+E", "The model as numpy or PyTorch code, or weights"),
    Command("open_test", "Open the test part", "", "Look at the sealed test part; it is counted"),
    Command("slow_motion", "Slow motion", "F6", "Turn after turn, a second a stage; again: stop"),
    Command("guide", "Guide", "F7", "Nine short chapters, one a stage, beside the live window"),
    Command("presentation", "Presentation", "F5", "Ring, one picture and one stage in large type"),
    Command("suggest", "Suggested settings", "Ctrl+G", "Settings that learn this data well"),
)
SIZES = {
    StepSize.STAGE: ("Stage", "F1", "One stage of the loop"),
    StepSize.LAYER: ("Layer", "F2", "One layer in stages 2 and 6, elsewhere one stage"),
    StepSize.UPDATE: ("Update", "F3", "One whole turn of the loop"),
    StepSize.EPOCH: ("Epoch", "F4", "One pass over the training data"),
}


class Actions(QObject):
    """The window's QActions, kept in step with the session.

    Parameters
    ----------
    session : Session
    window : QWidget
        Owns the actions, so that their keys work everywhere in it.
    """

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        # The worker begins its run before it obeys what follows: no need to wait for a frame.
        self._awaited = session.loading is None
        self._made: dict[str, QAction] = {}
        for command in COMMANDS:
            self._add(window, command)
        group = QActionGroup(self)
        for size, (text, key, help_text) in SIZES.items():
            action = self._add(window, Command(f"step_size.{size}", text, key, help_text))
            action.setCheckable(True)
            action.setData(size)
            group.addAction(action)
        self["step_size.stage"].setChecked(True)
        group.triggered.connect(self._choose_size)
        self["run"].setCheckable(True)
        self["guide"].setCheckable(True)
        self["run"].triggered.connect(self._run_or_pause)
        for name, slot in {
            "reset": session.reset,
            "step_back": session.step_back,
            "step": session.step,
            "undo": session.undo,
            "redo": session.redo,
            "open_test": session.open_test,
        }.items():
            self._connect(name, slot)
        self._connect("new_seed", lambda: session.new_seed())
        session.frame_changed.connect(self._follow)
        session.message.connect(self._follow_message)
        session.history_changed.connect(self._follow_history)
        self._follow()
        self._follow_history()

    def _connect(self, name: str, slot: Callable[[], object]) -> None:
        self[name].triggered.connect(lambda checked=False: slot())

    def _add(self, window: QWidget, command: Command) -> QAction:
        action = QAction(command.text, window)
        action.setObjectName(command.name)
        key = f" ({QKeySequence(command.key).toString()})" if command.key else ""
        action.setToolTip(f"{command.help}{key}")
        action.setStatusTip(command.help)
        if command.key:
            action.setShortcut(QKeySequence(command.key))
        window.addAction(action)
        self._made[command.name] = action
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    @Slot(bool)
    def _run_or_pause(self, checked: bool) -> None:
        if checked:
            self._session.run()
        else:
            self._session.pause()
        self["run"].setText("❚❚ Pause" if checked else "▶ Run")

    @Slot(QAction)
    def _choose_size(self, action: QAction) -> None:
        self._session.set_step_size(StepSize(action.data()))

    @Slot(str, str)
    def _follow_message(self, severity: str, text: str) -> None:
        if severity == "error":
            self._awaited = False
            self._follow()

    @Slot()
    def _follow(self) -> None:
        """What can be done now."""
        frame = self._session.frame
        state = self._session.state
        there = frame is not None or self._awaited
        at_start = frame is None or (frame.position.update == 0 and not frame.in_turn)
        run = self["run"]
        running = state is RunState.RUNNING
        if run.isChecked() != running:
            run.setChecked(running)
        text = "❚❚ Pause" if running else "▶ Run"
        if run.text() != text:
            run.setText(text)
        failed = state is RunState.FAILED
        for name, on in {
            "run": there and not failed,
            "step": there and not failed,
            "step_back": there and (failed or not at_start),
            "reset": frame is not None,
            "open_test": frame is not None and len(frame.problem.parts.test) > 0,
            "export": frame is not None,
        }.items():
            if self[name].isEnabled() != on:
                self[name].setEnabled(on)

    @Slot()
    def _follow_history(self) -> None:
        for name, text in (
            ("undo", self._session.edits.undo_text),
            ("redo", self._session.edits.redo_text),
        ):
            self[name].setEnabled(bool(text))
            what = f"{name.capitalize()}: {text}" if text else f"Nothing to {name}"
            self[name].setToolTip(f"{what} ({self[name].shortcut().toString()})")
