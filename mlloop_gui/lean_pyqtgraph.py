"""pyqtgraph, imported without what this program never uses.

Its own way in makes every class of Qt, to copy it into modules of its own, and loads all of its
widgets: a fifth of the program's start. Here those modules find a class of Qt when it is asked
for, and the widgets named below stay away until somebody imports them.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

#: What pyqtgraph offers and neither its plots nor this program use, and what its first module
#: takes from each by name: editors of colours and regions, tables, trees, and what draws in the
#: parameter tree and the remote processes.
UNUSED: dict[str, tuple[str, ...]] = {
    "graphicsItems.ColorBarItem": (),
    "graphicsItems.GradientEditorItem": (),
    "graphicsItems.GradientLegend": (),
    "graphicsItems.HistogramLUTItem": (),
    "graphicsItems.PColorMeshItem": (),
    "graphicsItems.ROI": (),
    "graphicsItems.TargetItem": (),
    "imageview": (),
    "widgets.CheckTable": (),
    "widgets.ColorMapWidget": (),
    "widgets.DataFilterWidget": (),
    "widgets.DataTreeWidget": (),
    "widgets.DiffTreeWidget": (),
    "widgets.GradientWidget": (),
    "widgets.HistogramLUTWidget": (),
    "widgets.RemoteGraphicsView": ("RemoteGraphicsView",),
    "widgets.ScatterPlotWidget": (),
    "widgets.SpinBox": (),
    "widgets.TableWidget": (),
    "widgets.TreeWidget": (),
}


#: Qt's libraries for OpenGL, which take long to load: here everything is painted in software.
OPENGL = ("PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets")


class Mirror(ModuleType):
    """A module of Qt as pyqtgraph has it: what is not set in it is looked up there when needed."""

    def __init__(self, name: str, of: ModuleType) -> None:
        super().__init__(name)
        self._of = of

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._of)})


def import_pyqtgraph() -> None:
    """Import pyqtgraph, unless it is there; as it comes, if it is not built as expected."""
    if "pyqtgraph" in sys.modules:
        return
    try:
        _import_lean()
    except (ImportError, AttributeError, TypeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "pyqtgraph"]:
            del sys.modules[name]
        importlib.import_module("pyqtgraph")


def _import_lean() -> None:
    modules: tuple[Any, ...] = (QtCore, QtGui, QtWidgets)
    listed = [module.__dir__ for module in modules]
    for module in modules:
        name = f"pyqtgraph.Qt.{module.__name__.rpartition('.')[2]}"
        sys.modules[name] = Mirror(name, module)
        # What is to be copied is asked for in this way.
        module.__dir__ = list
    absent = {f"pyqtgraph.{name}": taken for name, taken in UNUSED.items()}
    absent |= {name: () for name in OPENGL if name not in sys.modules}
    for name, taken in absent.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(dict.fromkeys(taken), __all__=())
    if OPENGL[1] in absent:
        # The base of a widget that is never made.
        vars(sys.modules[OPENGL[1]])["QOpenGLWidget"] = QtWidgets.QWidget
    try:
        importlib.import_module("pyqtgraph")
    finally:
        for module, names in zip(modules, listed, strict=True):
            module.__dir__ = names
        for name in absent:
            del sys.modules[name]


import_pyqtgraph()
