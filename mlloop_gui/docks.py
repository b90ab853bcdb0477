"""The parts of the window that can be moved: settings, curves, the bottom, and the guide."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.actions import Actions
from mlloop_gui.session import Session
from mlloop_gui.settings import Settings
from mlloop_gui.theme import Theme

if TYPE_CHECKING:
    from mlloop_gui.guide.view import GuideView
    from mlloop_gui.inspector.stack import InspectorStack
    from mlloop_gui.panels.column import SettingsColumn
    from mlloop_gui.views.bottom import Bottom
    from mlloop_gui.views.curves_view import CurvesView

GUIDE_HEIGHT, CURVES_HEIGHT = 410, 240
LOW, HIGH = 800, 1200
USUAL = ("Settings", "Curves", "Inspector")
#: Pixels, at the normal size of text, that what comes into a dock asks for at least.
LEAST = {"Settings": (256, 54), "Curves": (220, 168), "Inspector": (200, 78)}


class Docks(QObject):
    """The docks of a main window: empty frames at first, each filled by a step of its own.

    The window's first picture waits for none of what they hold, nor for its modules. Whoever
    asks for a part that is not there yet has it built.

    Attributes
    ----------
    by_name : dict of str to QDockWidget
        Settings, Curves, Inspector (the bottom with all its tabs) and Guide.
    steps : tuple of callable
        Fill the docks, one after the other; what is there already is left alone.
    panels, curves, inspectors, bottom
        What the docks hold.
    guide : GuideView or None
        Built when it is first seen.

    Signals
    -------
    changed
        Another tab is shown at the bottom, or a dock has been filled.
    """

    changed = Signal()

    def __init__(
        self, window: QMainWindow, session: Session, settings: Settings, actions: Actions
    ) -> None:
        super().__init__(window)
        self._window, self._session = window, session
        self._settings, self._actions = settings, actions
        self._panels: SettingsColumn | None = None
        self._curves: CurvesView | None = None
        self._inspectors: InspectorStack | None = None
        self._bottom: Bottom | None = None
        self.guide: GuideView | None = None
        area = Qt.DockWidgetArea
        self.by_name = {
            "Settings": self._dock("Settings", area.LeftDockWidgetArea),
            "Guide": self._dock("Guide", area.RightDockWidgetArea),
            "Curves": self._dock("Curves", area.RightDockWidgetArea),
            "Inspector": self._dock("Inspector", area.BottomDockWidgetArea),
        }
        guide, curves = self.by_name["Guide"], self.by_name["Curves"]
        window.splitDockWidget(guide, curves, Qt.Orientation.Vertical)
        guide.hide()
        guide.visibilityChanged.connect(self._follow_guide)
        actions["guide"].triggered.connect(self.toggle_guide)
        window.setCorner(Qt.Corner.BottomLeftCorner, area.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, area.BottomDockWidgetArea)
        # Importing and building are steps of their own, so that none takes long.
        self.steps: tuple[Callable[[], object], ...] = (
            lambda: import_module("mlloop_gui.panels.column"),
            lambda: self.panels,
            lambda: import_module("mlloop_gui.views.curves_view"),
            lambda: self.curves,
            lambda: import_module("mlloop_gui.inspector.stack"),
            lambda: self.inspectors,
            lambda: self.bottom,
        )

    # -- what the docks hold; imported when first built, for the first picture needs none of it --

    @property
    def panels(self) -> SettingsColumn:
        if self._panels is None:
            from mlloop_gui.panels.column import SettingsColumn

            self._panels = SettingsColumn(self._session)
            self._fill("Settings", self._panels)
        return self._panels

    @property
    def curves(self) -> CurvesView:
        if self._curves is None:
            from mlloop_gui.views.curves_view import CurvesView

            self._curves = CurvesView(self._session)
            self._fill("Curves", self._curves)
        return self._curves

    @property
    def inspectors(self) -> InspectorStack:
        if self._inspectors is None:
            from mlloop_gui.inspector.stack import InspectorStack

            self._inspectors = InspectorStack(self._session)
        return self._inspectors

    @property
    def bottom(self) -> Bottom:
        if self._bottom is None:
            self._bottom = self._make_bottom()
            self._bottom.changed.connect(self.changed)
            self.by_name["Inspector"].setTitleBarWidget(self._bottom.title)
            self._fill("Inspector", self._bottom)
        return self._bottom

    def _fill(self, name: str, widget: QWidget) -> None:
        self.by_name[name].setWidget(widget)
        self.changed.emit()

    def seen(self) -> dict[str, bool]:
        """Return what of it a frame must carry, by the names that `View` has."""
        curves, inspectors, bottom = self._curves, self._inspectors, self._bottom
        return {
            "curves": curves is not None and curves.isVisible(),
            "inspector": inspectors is not None and inspectors.isVisible(),
            "film": bottom is not None and bottom.shows("film"),
            "trajectory": bottom is not None and bottom.shows("landscape"),
        }

    def _make_bottom(self) -> Bottom:
        from mlloop_gui.views.bottom import Bottom, Tab

        bottom = Bottom(
            (
                Tab("inspector", "Inspector", "The chosen stage in numbers", self._inspector),
                Tab("film", "Filmstrip", "The boundary as it emerged", self._film),
                Tab("runs", "Runs", "The runs that are kept, side by side", self._runs),
                Tab("landscape", "Landscape", "The loss over two directions", self._landscape),
                Tab("by_hand", "By hand", "Be the optimizer of three numbers", self._by_hand),
                Tab(
                    "validate",
                    "Validate",
                    "How much a score depends on the split, the number of samples, a setting",
                    self._validate,
                ),
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

    def _inspector(self) -> QWidget:
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

    def _validate(self) -> QWidget:
        from mlloop_gui.views.validation_view import ValidationView

        return ValidationView(self._session)

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

    def _dock(self, name: str, where: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(name, self._window)
        dock.setObjectName(f"dock.{name.lower()}")
        dock.setTitleBarWidget(_slim_title(name))
        room = QWidget()
        width, height = LEAST.get(name, (0, 0))
        scale = themes.current_scale()
        room.setMinimumSize(round(width * scale), round(height * scale))
        dock.setWidget(room)
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
        for part in (self._curves, self._bottom, self._panels, self.guide):
            if part is not None:
                part.set_theme(theme)


def _slim_title(name: str) -> QLabel:
    """A dock's title bar: small, and still what it is dragged by."""
    title = QLabel(name)
    title.setProperty("role", "muted")
    title.setContentsMargins(10, 2, 0, 0)
    title.setToolTip("Drag to move; double-click to float")
    return title
