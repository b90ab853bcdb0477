"""What every test of the window stands on: nothing outlives it, nothing waits for a person."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMenu, QMessageBox

from tests.gui.helpers import Opener, SessionOpener
from tests.gui.leaks import LeakWatch

FAILED = pytest.StashKey[bool]()
MODAL = (
    *((kind, "exec") for kind in (QDialog, QMenu, QMessageBox, QFileDialog)),
    *((QMessageBox, name) for name in ("information", "question", "warning", "critical", "about")),
    *((QFileDialog, f"get{name}") for name in ("OpenFileName", "SaveFileName", "OpenFileNames")),
    *((QInputDialog, f"get{name}") for name in ("Text", "Int", "Double", "Item")),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session", autouse=True)
def qt_paths() -> None:
    """Keeps Qt's own files out of the user's folders too."""
    QStandardPaths.setTestModeEnabled(True)


@pytest.fixture(scope="module", autouse=True)
def quick_collections() -> None:
    """Sets aside what is there already, so that the collections after each test stay short."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a thread, a timer, an animation or a window behind.

    Garbage is collected between tests alone, in the main thread: collected during one, it might be
    found, and widgets be destroyed, in a worker thread.
    """
    watch = LeakWatch()
    gc.disable()
    watch.begin()
    yield
    # The values of fixtures that are over would otherwise be kept alive until the next test.
    request.node.funcargs.clear()
    left = watch.end()
    gc.enable()
    # The frames of a failed test keep alive whatever they hold; its own failure is enough.
    if left and not request.node.stash.get(FAILED, False):
        pytest.fail("left behind:\n  " + "\n  ".join(left), pytrace=False)


@pytest.fixture
def open_window(qtbot) -> Opener:
    """Opens the full window on an experiment; closed when the test ends."""
    return Opener(qtbot)


@pytest.fixture
def open_session(qtbot) -> Iterator[SessionOpener]:
    """Starts sessions without a window; their threads are ended with the test."""
    opener = SessionOpener(qtbot)
    yield opener
    opener.close()


@pytest.fixture(autouse=True)
def no_modal_dialogs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns a dialog that would wait for a person into a failure; a test may answer it instead."""

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise AssertionError("a modal dialog would wait for ever; replace it in this test")

    for kind, name in MODAL:
        monkeypatch.setattr(kind, name, refuse)
