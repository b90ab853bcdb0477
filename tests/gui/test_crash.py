"""A fault of the program: logged, shown once, and the window goes on."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from mlloop_gui import crash


@pytest.fixture
def boxes(monkeypatch, tmp_path) -> list[str]:
    """What message boxes say; each is answered at once. Details go to a file of the test."""
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.informativeText()))
    monkeypatch.setattr(crash, "log_path", lambda: tmp_path / "logs" / "faults.log")
    return said


@pytest.fixture
def reporter(qapp, monkeypatch) -> crash._Reporter:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    crash.install()
    found = sys.excepthook.__self__
    yield found
    found.setParent(None)
    found.deleteLater()


def fault(text: str = "the program is wrong") -> tuple:
    try:
        raise RuntimeError(text)
    except RuntimeError:
        return sys.exc_info()


def test_a_fault_is_logged_and_shown(qtbot, reporter, boxes, capsys, tmp_path) -> None:
    sys.excepthook(*fault())
    qtbot.waitUntil(lambda: len(boxes) == 1)
    assert "RuntimeError: the program is wrong" in boxes[0]
    log = tmp_path / "logs" / "faults.log"
    assert str(log) in boxes[0]
    assert "Traceback" in log.read_text()
    assert "Traceback" in capsys.readouterr().err


def test_a_fault_in_a_thread_is_shown_by_the_gui(qtbot, reporter, boxes, monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(
        QMessageBox, "exec", lambda box: seen.append(threading.current_thread().name)
    )
    thread = threading.Thread(target=lambda: sys.excepthook(*fault()))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [threading.main_thread().name]


def test_a_fault_while_one_is_shown_is_only_logged(qtbot, reporter, boxes, monkeypatch) -> None:
    shown = []

    def show(box: QMessageBox) -> None:
        shown.append(box.informativeText())
        reporter._show("again")

    monkeypatch.setattr(QMessageBox, "exec", show)
    sys.excepthook(*fault("first"))
    qtbot.waitUntil(lambda: bool(shown))
    assert len(shown) == 1


def test_a_log_that_cannot_be_written_is_no_second_fault(
    qtbot, reporter, boxes, monkeypatch, tmp_path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(crash, "log_path", lambda: Path(tmp_path / "file" / "faults.log"))
    sys.excepthook(*fault())
    qtbot.waitUntil(lambda: len(boxes) == 1)
    assert "Details" not in boxes[0]
