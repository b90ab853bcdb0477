"""The guard of the tests of the window: what is left behind is found, named and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPropertyAnimation, QThread, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from tests.gui.leaks import LeakWatch

ROOT = Path(__file__).parents[2]


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[LeakWatch]:
    watch = LeakWatch()
    watch.begin()
    yield watch
    watch.end()


def a_timer() -> QTimer:
    timer = QTimer(objectName="tick")
    timer.start(1000)
    return timer


def a_thread() -> QThread:
    thread = QThread(objectName="engine")
    thread.start()
    return thread


def an_animation() -> tuple[QWidget, QPropertyAnimation]:
    label = QLabel()
    animation = QPropertyAnimation(label, b"pos", objectName="slide")
    animation.setEndValue(QPoint(9, 9))
    animation.setDuration(60_000)
    animation.start()
    return label, animation


def a_window() -> QWidget:
    window = QLabel(objectName="lost")
    window.show()
    return window


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (a_timer, "QTimer 'tick' still runs"),
        (a_thread, "QThread 'engine' still runs"),
        (an_animation, "QPropertyAnimation 'slide' still runs"),
        (a_window, "visible top-level QLabel 'lost'"),
        (QWidget, "hidden top-level QWidget"),
    ],
)
def test_what_is_left_is_named_and_ended(
    watch: LeakWatch, make: Callable[[], object], told: str
) -> None:
    left = make()
    assert told in "\n".join(watch.end())
    assert watch.end() == []
    del left


def test_the_line_that_started_it_is_named(watch: LeakWatch) -> None:
    timer = a_timer()
    (line,) = watch.end()
    assert __file__ in line
    assert line.endswith("in a_timer")
    assert not timer.isActive()


def test_a_python_thread_is_found(watch: LeakWatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.gui.leaks.PATIENCE", 0.01)
    over = threading.Event()
    thread = threading.Thread(target=over.wait, name="forgotten")
    thread.start()
    try:
        assert watch.end() == ["Python thread 'forgotten' still runs"]
    finally:
        over.set()
        thread.join()


def test_what_is_put_away_is_no_leak(watch: LeakWatch) -> None:
    timer, thread, window = a_timer(), a_thread(), a_window()
    timer.stop()
    thread.quit()
    thread.wait()
    window.close()
    window.deleteLater()
    assert watch.end() == []


def test_the_guard_fails_the_test_that_leaks(tmp_path: Path) -> None:
    """A run of its own, with the guard loaded as the tests of the window load it."""
    (tmp_path / "test_it.py").write_text(
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QDialog, QLabel\n"
        "kept = []\n"
        "def test_leaks():\n"
        "    kept.append(QTimer(objectName='tick'))\n"
        "    kept[0].start(1000)\n"
        "def test_clean(qtbot):\n"
        "    label = QLabel()\n"
        "    qtbot.addWidget(label)\n"
        "    label.show()\n"
        "def test_waits_for_a_person(qtbot):\n"
        "    dialog = QDialog()\n"
        "    qtbot.addWidget(dialog)\n"
        "    dialog.exec()\n"
    )
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tmp_path)),
            *("-p", "tests.gui.conftest", "-p", "no:cacheprovider", str(tmp_path)),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "ERROR at teardown of test_leaks" in run.stdout
    assert "QTimer 'tick' still runs" in run.stdout
    assert "test_waits_for_a_person - AssertionError: a modal dialog" in run.stdout
    assert "1 failed, 2 passed, 1 error" in run.stdout
