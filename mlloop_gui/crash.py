"""What happens when the program itself is wrong: a sentence, a log, and the window goes on."""

from __future__ import annotations

import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import platformdirs
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QMessageBox


def log_path() -> Path:
    """Where the details of a fault are written."""
    return platformdirs.user_log_path("mlloop", appauthor=False) / "faults.log"


class _Reporter(QObject):
    """Shows a fault on the GUI thread, whichever thread it came from, one at a time."""

    arrived = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self.arrived.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def hook(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log a fault and queue its message; takes the place of ``sys.excepthook``."""
        if issubclass(kind, KeyboardInterrupt):
            application = QApplication.instance()
            if application is not None:
                application.quit()
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        try:
            log_path().parent.mkdir(parents=True, exist_ok=True)
            with log_path().open("a", encoding="utf-8") as log:
                log.write(f"{datetime.now(UTC).isoformat()}\n{details}\n")
            where = f"\n\nDetails are in {log_path()}."
        except OSError:
            where = ""
        self.arrived.emit(f"{kind.__name__}: {error}{where}")

    @Slot(str)
    def _show(self, text: str) -> None:
        if self._busy:
            return
        self._busy = True
        box = QMessageBox(
            QMessageBox.Icon.Critical, "mlloop", "Something went wrong in the program."
        )
        box.setInformativeText(text)
        box.exec()
        self._busy = False


def install() -> None:
    """Have faults shown and logged instead of ending the program."""
    reporter = _Reporter()
    application = QApplication.instance()
    assert application is not None
    reporter.setParent(application)
    sys.excepthook = reporter.hook
