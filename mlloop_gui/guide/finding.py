"""The widget of a name, and bringing it into view: scrolled to, its tab raised."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QDockWidget,
    QScrollArea,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QWidget,
)


def find_in(window: QWidget, name: str) -> QWidget | None:
    """Return the widget of an objectName; for an action, the button that shows it."""
    action = window.findChild(QAction, name)
    if action is not None:
        for button in window.findChildren(QToolButton):
            if button.defaultAction() is action:
                return button
    found = window.findChildren(QWidget, name)
    # Of two of one name, the one that is seen.
    seen = [widget for widget in found if widget.isVisible()]
    return next(iter(seen or found), None)


def reveal(widget: QWidget) -> None:
    """Raise the tabs and docks that a widget is in, and scroll to it; a hidden part stays so."""
    inner: QWidget = widget
    outer = widget.parentWidget()
    areas: list[QScrollArea] = []
    while outer is not None and not inner.isWindow():
        if isinstance(outer, QTabWidget) and outer.indexOf(inner) >= 0:
            outer.setCurrentWidget(inner)
        elif isinstance(outer, QStackedWidget) and isinstance(
            tabs := outer.parentWidget(), QTabWidget
        ):
            tabs.setCurrentWidget(inner)
        elif isinstance(outer, QDockWidget) and outer.isVisible():
            outer.raise_()
        elif isinstance(outer, QScrollArea):
            areas.append(outer)
        inner, outer = outer, outer.parentWidget()
    for area in areas:
        area.ensureWidgetVisible(widget, 12, 24)
