"""pyqtgraph's import: what it leaves out, that it is whole all the same, and its way back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def say(program: str) -> str:
    """What a program prints in an interpreter of its own."""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_what_is_never_used_is_not_imported() -> None:
    program = """
import sys
import mlloop_gui.plots.boundary, mlloop_gui.plots.curves, mlloop_gui.plots.histogram
left_out = ("parametertree", "multiprocess", "imageview", "flowchart", "opengl", "console")
print([name for name in left_out if f"pyqtgraph.{name}" in sys.modules])
print([name for name in sys.modules if "QtOpenGL" in name])
from PySide6.QtOpenGLWidgets import QOpenGLWidget
print(QOpenGLWidget.__module__)
"""
    assert say(program).split("\n") == ["[]", "[]", "PySide6.QtOpenGLWidgets"]


def test_no_class_of_qt_is_made_before_it_is_used() -> None:
    program = """
from PySide6 import QtWidgets
import mlloop_gui.plots.boundary
import pyqtgraph
mirror = vars(pyqtgraph.Qt.QtWidgets)
print("QGraphicsView" in mirror, "QWizard" in mirror)
print(pyqtgraph.Qt.QtWidgets.QWizard is QtWidgets.QWizard, "QWizard" in mirror)
print("QWizard" in dir(QtWidgets), "QCalendarWidget" in dir(pyqtgraph.Qt.QtWidgets))
print(hasattr(pyqtgraph.Qt.QtWidgets, "QNothing"))
"""
    assert say(program).split("\n") == ["True False", "True True", "True True", "False"]


def test_what_was_left_out_can_be_imported_later() -> None:
    program = """
import mlloop_gui.plots
from pyqtgraph.widgets.ColorMapWidget import ColorMapWidget
from pyqtgraph.imageview import ImageView
from pyqtgraph.widgets.RemoteGraphicsView import RemoteGraphicsView
print(ColorMapWidget.__name__, ImageView.__name__, RemoteGraphicsView.__name__)
"""
    assert say(program) == "ColorMapWidget ImageView RemoteGraphicsView"


def test_another_pyqtgraph_is_imported_as_it_comes() -> None:
    """One whose plots need what is left out here, as if that were its functions."""
    program = """
import sys
import PySide6.QtWidgets as widgets
from importlib import util
spec = util.find_spec("mlloop_gui.lean_pyqtgraph")
source = open(spec.origin, encoding="utf-8").read().replace('"imageview"', '"functions"')
module = util.module_from_spec(spec)
exec(compile(source, spec.origin, "exec"), vars(module))
import pyqtgraph
print("functions" in module.UNUSED, pyqtgraph.ImageView.__name__, pyqtgraph.mkColor("r").red())
print(type(sys.modules["pyqtgraph.Qt.QtWidgets"]).__name__, "QWizard" in dir(widgets))
"""
    assert say(program).split("\n") == ["True ImageView 255", "module True"]
