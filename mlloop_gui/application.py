"""Starting the program: one application, one window, clean ends."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Slot
from PySide6.QtWidgets import QApplication

from core import experiment as experiment_files
from core.errors import InputError
from core.experiment import Experiment
from mlloop_gui import crash, settings, theme
from mlloop_gui.garbage import GarbageKeeper
from mlloop_gui.main_window import MainWindow

PICTURE = "mlloop.png"
LATE = True  # the docks are filled after the first picture


def has_display() -> bool:
    """Whether a window can be shown at all."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(file: str | None = None) -> int:
    """Open the window on an experiment file, or on the default experiment; the exit status.

    With no display, train off screen and write a picture of the window.

    Raises
    ------
    InputError
        If the file cannot be used.
    """
    experiment = experiment_files.load(file) if file else Experiment()
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return _picture(experiment)
    os.environ[theme.STYLE_OF_QT] = theme.STYLE
    application = QApplication(sys.argv[:1])
    application.setApplicationName("mlloop")
    crash.install()
    ender = Ender(application)
    found, trouble = settings.load()
    window = MainWindow(experiment, found, LATE)
    if file:
        window.session.path = file
        window.session.saved = experiment
        found.remember(file)
    window.restore_layout()
    if not (found.seen_introduction or file):
        window.show_simple()
    if trouble:
        window.messages.say("warning", trouble)
    GarbageKeeper.for_good = True
    window.closed.connect(window.files.keep)
    window.presenter.entering.connect(window.files.keep)
    window.show()
    status = application.exec()
    ender.stop()
    settings.save(found)
    return status


class Ender(QObject):
    """Has an interrupt or a request to end close the window, as a person would.

    Python runs a signal's handler between two of its own instructions, and an idle window has
    none; the signal's number arriving in a socket wakes it.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._inward, self._outward = socket.socketpair()
        for end in (self._inward, self._outward):
            end.setblocking(False)
        signal.set_wakeup_fd(self._inward.fileno(), warn_on_full_buffer=False)
        self._before = {
            number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)
        }
        kind = QSocketNotifier.Type.Read
        self._notifier = QSocketNotifier(self._outward.fileno(), kind, self)
        self._notifier.activated.connect(self._wake)

    def _end(self, *_: object) -> None:
        # By way of the event loop: before it runs, a plain call would be forgotten.
        QTimer.singleShot(0, self._application, self._application.quit)

    @Slot()
    def _wake(self) -> None:
        self._outward.recv(64)

    def stop(self) -> None:
        """Leave signals to whoever had them before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        self._inward.close()
        self._outward.close()


def _picture(experiment: Experiment) -> int:
    """Train off screen and write a picture of the window to the working folder."""
    application = QApplication(sys.argv[:1])
    window = MainWindow(experiment)
    window.show()
    session = window.session
    session.by_experiment = True
    session.set_speed(0)
    done: list[bool] = []
    wrong: list[str] = []

    def follow() -> None:
        if session.state in ("finished", "failed") and not done:
            done.append(True)
            QTimer.singleShot(0, window, application.quit)

    def hear(severity: str, text: str) -> None:
        if severity == "error" and session.frame is None:
            wrong.append(text)
            QTimer.singleShot(0, window, application.quit)

    session.message.connect(hear)
    session.frame_changed.connect(follow)
    session.run_started.connect(session.run)
    application.exec()
    if wrong:
        window.close()
        raise InputError(wrong[0])
    path = Path(PICTURE).absolute()
    written = window.grab().save(str(path))
    frame = session.frame
    window.close()
    if not written:
        raise InputError("cannot be written", file=str(path))
    said = ["There is no display, so no window was opened."]
    if frame is not None:
        result = frame.check.validation.text()
        updates = f"{frame.position.update:,} updates"
        said.append(f"Trained off screen: {updates}, {result} on validation data.")
    said.append(f"A picture of the window is in {path}")
    sys.stdout.write("\n".join(said) + "\n")
    return 1 if frame is None or frame.failure else 0
