"""The start: what the first picture waits for, and that what comes after it is the whole window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.stages import Stage
from mlloop_gui.growth import Growth
from mlloop_gui.main_window import MainWindow
from mlloop_gui.settings import Settings
from tests.gui.helpers import PATIENCE, settle, small

ROOT = Path(__file__).parents[2]

#: What the first picture shows, and can be pressed in it.
FIRST = ("turn_once", "speed", "plot.boundary", "plot.network", "scrub", "status.update", "menu")
FIRST_STAGES = tuple(f"stage.{stage.key}" for stage in Stage)
#: What comes after it.
AFTER = ("optimizer.learning_rate", "plot.loss", "inspector.represent", "show_everything")
#: What it does not import: parts of the window, and libraries.
LATE_MODULES = (
    "mlloop_gui.panels.column",
    "mlloop_gui.inspector.stack",
    "mlloop_gui.views.curves_view",
    "mlloop_gui.views.bottom",
    "mlloop_gui.views.welcome",
    "mlloop_gui.views.presentation",
    "mlloop_gui.plots.curves",
    "mlloop_gui.guide",
    "mlloop_gui.help",
    "mlloop_gui.inspector.base",
    "mlloop_gui.panels.fields.source",
    "core.explain.lenses",
    "tomllib",
    "tomli_w",
    "difflib",
    "email",
    "pyqtgraph.parametertree",
    "mlloop_gui.data_dialog",
    "numba",
    "pandas",
    "sklearn",
    "scipy",
)

#: The program's own start; at the first picture it says what is there, and ends.
PROGRAM = """
import json, sys
import mlloop_gui.__main__ as program
import mlloop_gui.cli.window
from mlloop_gui.growth import Growth

def tell(growth):
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget
    window = growth.parent()
    names = [w.objectName() for kind in (QWidget, QAction) for w in window.findChildren(kind)]
    run = window.actions_by_name["run"]
    print(json.dumps({
        "modules": list(sys.modules),
        "names": [name for name in names if name],
        "map": window.session.frame.map is not None,
        "run": run.isEnabled() and window.run_bar.run_button.isVisible(),
        "left": growth.left,
    }))
    window.close()

Growth._grow = tell
sys.argv[1:] = []
sys.exit(program.main())
"""


@pytest.fixture(scope="module")
def first_picture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the started program has when its first picture is painted."""
    folder = tmp_path_factory.mktemp("start")
    settings = folder / "mlloop" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"version": 1, "seen_introduction": True}))
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_first_picture_is_of_use(first_picture) -> None:
    assert first_picture["map"]
    assert first_picture["run"]
    for name in (*FIRST, *FIRST_STAGES):
        assert first_picture["names"].count(name) == 1, name


def test_the_first_picture_waits_for_nothing_else(first_picture) -> None:
    assert first_picture["left"] > 0
    assert not set(AFTER) & set(first_picture["names"])
    loaded = set(first_picture["modules"])
    assert "mlloop_gui.main_window" in loaded  # the names are told as the list below has them
    assert not [name for name in LATE_MODULES if name in loaded]


def test_qt_is_imported_after_all_that_needs_none(first_picture) -> None:
    """Once it is there, it reads the source of every module that is imported after it."""
    loaded = first_picture["modules"]
    late = loaded[loaded.index("PySide6") :]
    assert not [name for name in late if name.startswith(("numpy._core.", "pydantic.", "core."))]


def names_of(window: QWidget) -> list[str]:
    return sorted(w.objectName() for w in window.findChildren(QWidget) if w.objectName())


def chain_of(window: QWidget) -> list[str]:
    """The object names that the Tab key leads to, from one to the next."""
    found: list[str] = []
    for _ in range(40):
        window.focusNextChild()
        at = window.focusWidget()
        assert at is not None
        found.append(at.objectName())
    return found


def rooms_of(window: MainWindow) -> dict[str, Any]:
    parts = {**window.docks, "network": window.network, "boundary": window.boundary}
    return {name: part.geometry().getRect() for name, part in parts.items()}


@pytest.mark.parametrize("size", [(1440, 900), (1180, 720), (1000, 640)])
def test_what_is_built_late_is_the_same_window(qtbot, size) -> None:
    def shown(late: bool) -> tuple[Any, ...]:
        window = MainWindow(small(), Settings(seen_introduction=True), late=late)
        qtbot.addWidget(window)
        window.growth._timer.blockSignals(True)  # until the empty frames have been looked at
        window.resize(*size)
        window.show()
        settle(qtbot, window.session)
        assert bool(window.growth.left) == late
        first = rooms_of(window)
        window.growth.finish()
        qtbot.waitUntil(lambda: window.session.view.curves, timeout=PATIENCE)
        settle(qtbot, window.session)
        # Nothing on screen moves when the docks are filled.
        assert first == rooms_of(window)
        return names_of(window), chain_of(window), first, window.session.view

    assert shown(late=True) == shown(late=False)


def test_a_late_part_shows_the_run_on_screen(qtbot) -> None:
    window = MainWindow(small(data={"source": "sine"}), late=True)
    qtbot.addWidget(window)
    settle(qtbot, window.session)
    window.session.set("optimizer.learning_rate", 0.125)
    window.session.inspect(Stage.LOSS)
    settle(qtbot, window.session)
    assert window.findChild(QWidget, "optimizer.learning_rate") is None
    window.growth.finish()
    editor = window.findChild(QWidget, "optimizer.learning_rate")
    assert editor.property(editor.metaObject().userProperty().name()) == 0.125
    assert window.curves.quality.accessibleName() == "R²"
    assert window.inspectors.page.stage is Stage.LOSS


def test_what_is_asked_for_early_is_built_then_and_once(qtbot) -> None:
    window = MainWindow(small(), late=True)
    qtbot.addWidget(window)
    bottom = window.bottom
    assert bottom.isAncestorOf(window.inspectors)
    window.growth.finish()
    assert window.bottom is bottom
    assert names_of(window).count("inspector.loss") == 1


# -- the steps themselves -----------------------------------------------------------------------


def test_steps_are_done_one_a_turn_after_the_picture(qtbot) -> None:
    picture, owner = QWidget(), QObject()
    qtbot.addWidget(picture)
    done: list[str] = []
    there: list[bool] = []
    growth = Growth([lambda: done.append("a"), lambda: done.append("b")], owner)
    growth.begin_after(picture, lambda: bool(there))
    growth._timer.setInterval(PATIENCE)  # the picture alone begins it
    growth._timer.start()
    with qtbot.waitExposed(picture):
        picture.show()
    picture.repaint()
    assert growth._timer.interval() == PATIENCE
    there.append(True)
    picture.repaint()
    assert (done, growth.left) == ([], 2)  # never within a paint
    with qtbot.waitSignal(growth.finished, timeout=PATIENCE):
        pass
    assert done == ["a", "b"]
    picture.repaint()
    assert (done, growth.left) == (["a", "b"], 0)


def test_steps_do_not_wait_for_a_picture_for_ever(qtbot) -> None:
    picture, owner = QWidget(), QObject()
    qtbot.addWidget(picture)
    done: list[str] = []
    growth = Growth([lambda: done.append("a")], owner)
    with qtbot.waitSignal(growth.finished, timeout=PATIENCE):
        growth.begin_after(picture, lambda: False)
    assert done == ["a"]


def test_what_is_left_can_be_done_at_once(qtbot) -> None:
    owner = QObject()
    done: list[str] = []
    growth = Growth([lambda: done.append("a"), lambda: done.append("b")], owner)
    with qtbot.waitSignal(growth.finished, timeout=PATIENCE):
        growth.finish()
    growth.finish()
    assert (done, growth.left) == (["a", "b"], 0)
