"""Opening and saving from the window: file dialogs, recent files, the last session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from core import experiment as experiment_files
from core.errors import InputError
from core.settings.file import write_whole
from mlloop_gui.actions import Actions
from mlloop_gui.session import Session
from mlloop_gui.settings import Settings

if TYPE_CHECKING:
    from core.export import TrainedModel
    from mlloop_gui.export_dialog import ExportKind

FILTER = "Experiments (*.toml);;All files (*)"


class Dialogs:
    """The file dialogs, in one place that a test can swap."""

    @classmethod
    def ask_open(cls, parent: QWidget, folder: str) -> str:
        """A file to open, or an empty text."""
        return QFileDialog.getOpenFileName(parent, "Open experiment", folder, FILTER)[0]

    @classmethod
    def ask_save(cls, parent: QWidget, proposal: str) -> str:
        """A file to save to, or an empty text."""
        return QFileDialog.getSaveFileName(parent, "Save experiment", proposal, FILTER)[0]

    @classmethod
    def ask_export(cls, parent: QWidget, proposal: str, kinds: str) -> str:
        """A file to write the model to, or an empty text."""
        return QFileDialog.getSaveFileName(parent, "Export model", proposal, kinds)[0]


class Files(QObject):
    """What the file commands of the window do.

    Parameters
    ----------
    session : Session
    settings : Settings
        Gets the recent files.
    actions : Actions
    window : QWidget
        Parent of the dialogs.
    """

    def __init__(
        self, session: Session, settings: Settings, actions: Actions, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._settings, self._window = session, settings, window
        for name, slot in {
            "open": self.open,
            "save": self.save,
            "save_as": self.save_as,
            "export": self.export,
            "open_table": self.open_table,
            "draw": self.draw,
            "suggest": self.suggest,
        }.items():
            actions[name].triggered.connect(slot)

    def _folder(self) -> str:
        return str(Path(self._session.path).parent) if self._session.path else ""

    @Slot()
    def open(self) -> None:
        """Ask for an experiment file and open it."""
        path = Dialogs.ask_open(self._window, self._folder())
        if path:
            self.open_path(path)

    def open_path(self, path: str) -> bool:
        """Open an experiment file; an error is shown, and the run on screen stays."""
        try:
            self.keep()
            self._session.open(path)
        except InputError as error:
            self._session.message.emit("error", str(error))
            return False
        self._settings.remember(path)
        return True

    @Slot()
    def save(self) -> None:
        """Save to the file that was opened, or ask for one."""
        if self._session.path:
            self._save_to(self._session.path)
        else:
            self.save_as()

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save to it."""
        path = Dialogs.ask_save(self._window, self._session.path or "experiment.toml")
        if path:
            self._save_to(path if Path(path).suffix else f"{path}.toml")

    def _save_to(self, path: str) -> None:
        try:
            self._session.save(path)
        except InputError as error:
            self._session.message.emit("error", str(error))
            return
        self._settings.remember(path)
        self._session.message.emit("note", f"Saved to {path}.")

    @Slot()
    def export(self) -> None:
        """Ask what the model of this moment is to be written as."""
        from core.export import TrainedModel
        from mlloop_gui.export_dialog import ExportDialog

        frame = self._session.frame
        if frame is None:
            return
        model = TrainedModel(
            frame.experiment,
            frame.settings,
            frame.problem,
            frame.layout,
            frame.theta,
            frame.position.update,
            frame.position.epoch,
        )
        dialog = ExportDialog(model, self._window)
        dialog.chosen.connect(self._export_as)
        dialog.open()

    @Slot(object, object)
    def _export_as(self, model: TrainedModel, kind: ExportKind) -> None:
        proposal = str(Path(self._folder()) / f"model{kind.suffix}")
        path = Dialogs.ask_export(self._window, proposal, kind.filter)
        if not path:
            return
        path = path if Path(path).suffix else path + kind.suffix
        tell = self._session.message.emit

        def work(progress: Callable[[float], None]) -> None:
            write_whole(path, kind.content(model))

        self._session.jobs.start(
            work,
            lambda _: tell("note", f"Wrote {path}."),
            lambda problem: tell("error", problem),
        )

    @Slot()
    def open_table(self) -> None:
        """Learn from a CSV or TSV file."""
        from mlloop_gui.data_dialog import OpenTableDialog

        chosen = OpenTableDialog.ask(self._session, self._window)
        if chosen is not None:
            try:
                self._session.choose_source("csv", **chosen)
            except InputError as error:
                self._session.message.emit("error", str(error))

    @Slot()
    def draw(self) -> None:
        """Open the drawing; the first stroke makes it what is learned."""
        from mlloop_gui.draw.dialog import DrawDialog

        DrawDialog.show_for(self._session, self._window)

    @Slot()
    def suggest(self) -> None:
        """Take the settings suggested for the data at hand."""
        self._session.suggest()

    # -- nothing unsaved is lost ---------------------------------------------------------------

    @staticmethod
    def last_session() -> Path:
        """Where the experiment on screen is kept when another takes its place."""
        return platformdirs.user_state_path("mlloop", appauthor=False) / "last_session.toml"

    def keep(self) -> None:
        """Keep the experiment on screen, if it is not in a file as it is."""
        session = self._session
        if not session.modified:
            return
        experiment = session.frame.experiment if session.frame else session.experiment
        try:
            self.last_session().parent.mkdir(parents=True, exist_ok=True)
            experiment_files.save(experiment, self.last_session())
        except (InputError, OSError):
            session.message.emit("warning", f"{self.last_session()} could not be written.")

    @Slot()
    def open_last_session(self) -> None:
        """Bring back what was on screen before."""
        self.open_path(str(self.last_session()))
