"""Keys that are a widget's own while it has the focus, and shortcuts of the window elsewhere."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

#: Elsewhere these step the loop.
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right)
_BARE = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)


def keeps(event: QEvent, keys: Container[Qt.Key]) -> bool:
    """Accept the question whether a key is a shortcut, if it is one of ``keys``; whether it was.

    For a widget's `event`, which returns True then: the key comes to it by `keyPressEvent`.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if Qt.Key(event.key()) not in keys or event.modifiers() not in _BARE:
        return False
    event.accept()
    return True
