"""The parts of the window that can be moved: settings, curves, the bottom, and the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.actions import Actions
from mlloop_gui.inspector.stack import InspectorStack
from mlloop_gui.panels.column import SettingsColumn
from mlloop_gui.session import Session
from mlloop_gui.settings import Settings
from mlloop_gui.theme import Theme
from mlloop_gui.views.bottom import Bottom, Tab
from mlloop_gui.views.curves_view import CurvesView

if TYPE_CHECKING:
    from mlloop_gui.guide.view import GuideView

GUIDE_HEIGHT, CURVES_HEIGHT = 410, 240
LOW, HIGH = 800, 1200
USUAL = ("Settings", "Curves", "Inspector")


class Docks(QObject):
    """The docks of a main window; what is not seen at the start is built when it is first shown.

    Attributes
    ----------
    by_name : dict of str to QDockWidget
        Settings, Curves, Inspector (the bottom with all its tabs) and Guide.
    panels, curves, inspectors, bottom
        What the docks hold.
    guide : GuideView or None
    """

    def __init__(
        self, window: QMainWindow, session: Session, settings: Settings, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._settings, self._actions = settings, actions
        self.panels = SettingsColumn(session)
        self.curves = CurvesView(session)
        self.inspectors = InspectorStack(session)
        self.guide: GuideView | None = None
        self.bottom = self._make_bottom()
        area = Qt.DockWidgetArea
        self.by_name = {
            "Settings": self._dock("Settings", self.panels, area.LeftDockWidgetArea),
            "Guide": self._dock("Guide", QWidget(), area.RightDockWidgetArea),
            "Curves": self._dock("Curves", self.curves, area.RightDockWidgetArea),
            "Inspector": self._dock("Inspector", self.bottom, area.BottomDockWidgetArea),
        }
        self.by_name["Inspector"].setTitleBarWidget(self.bottom.title)
        guide, curves = self.by_name["Guide"], self.by_name["Curves"]
        window.splitDockWidget(guide, curves, Qt.Orientation.Vertical)
        guide.hide()
        guide.visibilityChanged.connect(self._follow_guide)
        actions["guide"].triggered.connect(self.toggle_guide)
        window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, area.BottomDockWidgetArea)

    def _make_bottom(self) -> Bottom:
        bottom = Bottom(
            (
                Tab("inspector", "Inspector", "The chosen stage in numbers", self._inspectors),
                Tab("film", "Filmstrip", "The boundary as it emerged", self._film),
                Tab("runs", "Runs", "The runs that are kept, side by side", self._runs),
                Tab("landscape", "Landscape", "The loss over two directions", self._landscape),
                Tab("by_hand", "By hand", "Be the optimizer of three numbers", self._by_hand),
            )
        )
        header = self.inspectors.header
        faces = header.faces
        bottom.title.set_beside(
            0, faces, header.note, fit=lambda room: faces.set_compact(room < faces.full_width())
        )
        faces.offered.connect(bottom.title.fit)
        for number, name in enumerate(bottom.names, 1):
            key = QShortcut(QKeySequence(f"Ctrl+{number}"), self._window)
            key.activated.connect(lambda name=name: self.show_tab(name))
        return bottom

    # -- what the tabs hold; imported when first shown, for the start waits for none of it -----

    def _inspectors(self) -> QWidget:
        return self.inspectors

    def _film(self) -> QWidget:
        from mlloop_gui.views.filmstrip import Filmstrip

        return Filmstrip(self._session)

    def _runs(self) -> QWidget:
        from mlloop_gui.views.runs_view import RunsView

        return RunsView(self._session)

    def _landscape(self) -> QWidget:
        from mlloop_gui.views.landscape_view import LandscapeView

        return LandscapeView(self._session)

    def _by_hand(self) -> QWidget:
        from mlloop_gui.views.by_hand_view import ByHandView

        return ByHandView(self._session)

    # -- showing -------------------------------------------------------------------------------

    @Slot(str)
    def show_tab(self, name: str) -> None:
        """Show one of the tabs at the bottom."""
        self.by_name["Inspector"].show()
        self.bottom.show_tab(name)

    @Slot(str)
    def show_face(self, key: str) -> None:
        """Show the inspected stage by one of its faces."""
        self.show_tab("inspector")
        self.inspectors.show_face(self._session.inspected, key)

    def show_usual(self) -> None:
        """Show what a full window begins with."""
        for name in USUAL:
            self.by_name[name].show()

    @Slot()
    def toggle_guide(self) -> None:
        """Open the guide beside the pictures, or close it."""
        dock = self.by_name["Guide"]
        if not dock.isHidden():
            dock.hide()
            return
        dock.show()
        dock.raise_()
        column, heights = [dock, self.by_name["Curves"]], [GUIDE_HEIGHT, CURVES_HEIGHT]
        self._window.resizeDocks(column, heights, Qt.Orientation.Vertical)

    @Slot()
    def _follow_guide(self) -> None:
        """Build the guide when it is first seen."""
        dock = self.by_name["Guide"]
        there = not dock.isHidden()
        self._actions["guide"].setChecked(there)
        # There is no room for the guide above the curves unless both go to the window's bottom.
        low = there and self._window.height() < HIGH
        areas = Qt.DockWidgetArea
        area = areas.RightDockWidgetArea if low else areas.BottomDockWidgetArea
        self._window.setCorner(Qt.Corner.BottomRightCorner, area)
        if self.guide is None and there:
            from mlloop_gui.guide.view import GuideView

            self.guide = GuideView(self._session, self._settings)
            self.guide.set_theme(themes.current())
            self.guide.tab_wanted.connect(self.show_tab)
            self.guide.face_wanted.connect(self.show_face)
            dock.setWidget(self.guide)

    def _dock(self, name: str, widget: QWidget, where: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(name, self._window)
        dock.setObjectName(f"dock.{name.lower()}")
        dock.setTitleBarWidget(_slim_title(name))
        dock.setWidget(widget)
        self._window.addDockWidget(where, dock)
        return dock

    def arrange(self) -> None:
        """The docks' first sizes, once the window has its own."""
        window, wide = self._window, self._window.width()
        docks = [self.by_name[name] for name in USUAL]
        sizes = [262, min(340, max(250, wide // 4))]
        window.resizeDocks(docks[:2], sizes, Qt.Orientation.Horizontal)
        height = 250 if window.height() > LOW else 236
        window.resizeDocks(docks[2:], [height], Qt.Orientation.Vertical)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        for part in (self.curves, self.bottom, self.panels):
            part.set_theme(theme)
        if self.guide is not None:
            self.guide.set_theme(theme)


def _slim_title(name: str) -> QLabel:
    """A dock's title bar: small, and still what it is dragged by."""
    title = QLabel(name)
    title.setProperty("role", "muted")
    title.setContentsMargins(10, 2, 0, 0)
    title.setToolTip("Drag to move; double-click to float")
    return title
