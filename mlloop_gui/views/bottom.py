"""What stands at the bottom of the window, one at a time; each is built when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from mlloop_gui.theme import Theme
from mlloop_gui.views.calm import Calm

_AROUND = 80  # pixels of the title's margins and of what stands beside the tabs


@dataclass(frozen=True)
class Tab:
    """One of the tabs.

    Parameters
    ----------
    name : str
        For `Bottom.show_tab`.
    title, tip : str
    build : callable
        Makes the widget.
    """

    name: str
    title: str
    tip: str
    build: Callable[[], QWidget]


class TabTitle(QWidget):
    """The dock's title bar: the tabs, and a stretch by which the dock is dragged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip("Drag to move; double-click to float")
        self.bar = QTabBar()
        self.bar.setObjectName("bottom_tabs")
        self.bar.setAccessibleName("What the bottom of the window shows")
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(False)
        self._beside: tuple[int, QWidget] | None = None
        self._fit: Callable[[int], None] | None = None
        line = QWidget()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Calm(line))
        self._row = row = QHBoxLayout(line)
        row.setContentsMargins(8, 0, 8, 0)
        row.addWidget(self.bar)
        row.addWidget(QLabel(), 1)
        self.bar.currentChanged.connect(self._follow)

    def set_beside(
        self, number: int, *widgets: QWidget, fit: Callable[[int], None] | None = None
    ) -> None:
        """Have widgets stand beside the tabs while the tab of this number is shown.

        ``fit`` is told how many pixels there are for them.
        """
        self._fit = fit
        box = QWidget()
        inside = QHBoxLayout(box)
        inside.setContentsMargins(16, 0, 0, 0)
        inside.setSpacing(12)
        for widget in widgets:
            inside.addWidget(widget)
        self._row.insertWidget(1, box)
        self._beside = number, box
        self._follow()

    def _follow(self) -> None:
        if self._beside is not None:
            number, box = self._beside
            box.setVisible(self.bar.currentIndex() == number)
        self.fit()

    def fit(self) -> None:
        """Tell what stands beside the tabs how much room there is."""
        if self._fit is not None:
            self._fit(self.width() - self.bar.sizeHint().width() - _AROUND)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit what stands beside the tabs."""
        super().resizeEvent(event)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """Return the height alone: a narrow window shortens the line, and grows no wider."""
        return QSize(200, super().minimumSizeHint().height())


class Bottom(QWidget):
    """A stack of tabs.

    Parameters
    ----------
    tabs : tuple of Tab
        The first is shown, and built at once.

    Attributes
    ----------
    title : TabTitle
        To be used as the title bar of the dock that holds this widget.

    Signals
    -------
    changed
        Another tab is shown.
    """

    changed = Signal()

    def __init__(self, tabs: tuple[Tab, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottom")
        self._tabs = tabs
        self._built: dict[str, QWidget] = {}
        self._theme: Theme | None = None
        self.title = TabTitle()
        for number, tab in enumerate(tabs):
            self.title.bar.addTab(tab.title)
            self.title.bar.setTabToolTip(number, f"{tab.tip} (Ctrl+{number + 1})")
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(Calm(self._stack))
        self.title.bar.currentChanged.connect(self._turn_to)
        self._turn_to(0)

    @property
    def current(self) -> str:
        """The name of the tab that is shown."""
        return self._tabs[self.title.bar.currentIndex()].name

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all tabs, in order."""
        return tuple(tab.name for tab in self._tabs)

    def widget(self, name: str) -> QWidget:
        """What a tab holds; built if it was not yet. Raises `KeyError` for an unknown name."""
        if name not in self._built:
            tab = {tab.name: tab for tab in self._tabs}[name]
            made = self._built[name] = tab.build()
            self._stack.addWidget(made)
            if self._theme is not None and hasattr(made, "set_theme"):
                made.set_theme(self._theme)
        return self._built[name]

    def show_tab(self, name: str) -> None:
        """Turn to a tab; raises `KeyError` for an unknown name."""
        self.widget(name)
        self.title.bar.setCurrentIndex(self.names.index(name))

    def shows(self, name: str) -> bool:
        """Whether a tab can be seen now."""
        return self.isVisible() and self.current == name

    def _turn_to(self, number: int) -> None:
        self._stack.setCurrentWidget(self.widget(self._tabs[number].name))
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        self._theme = theme
        for made in self._built.values():
            if hasattr(made, "set_theme"):
                made.set_theme(theme)
