"""The menu: every command with its key, recent files, looks and help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolButton

from mlloop_gui.actions import Actions
from mlloop_gui.files import Files
from mlloop_gui.settings import Settings


class Looks(Protocol):
    """Who changes colours and size."""

    def zoom(self, factor: float) -> None:
        """Scale text and widgets; 0 means back to 1."""

    def choose_theme(self, name: str) -> None:
        """``"system"``, ``"light"`` or ``"dark"``."""


class MenuButton(QToolButton):
    """A button that opens the menu (F10)."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        files: Files,
        settings: Settings,
        looks: Looks,
    ) -> None:
        super().__init__()
        self.setObjectName("menu")
        self.setText("☰")
        self.setProperty("sign", True)
        self.setAccessibleName("Menu")
        self.setToolTip("Menu (F10)")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._window, self._actions = window, actions
        self._open_files, self._settings = files, settings
        menu = QMenu(self)
        self.setMenu(menu)
        self._files(menu)
        self._commands(menu)
        self._views(menu, looks)
        menu.addSeparator()
        menu.addAction(self._action("Help and keys", "F12", self._help))
        menu.addAction(self._action("Quit", "Ctrl+Q", window.close))
        opener = QAction(window)
        opener.setShortcut(QKeySequence("F10"))
        opener.triggered.connect(self.showMenu)
        window.addAction(opener)

    def _action(self, text: str, key: str, slot: Callable[..., object]) -> QAction:
        action = QAction(text, self._window)
        if key:
            action.setShortcut(QKeySequence(key))
        action.triggered.connect(slot)
        self._window.addAction(action)
        return action

    def _files(self, menu: QMenu) -> None:
        actions, files = self._actions, self._open_files
        for name in ("open", "open_table", "draw"):
            menu.addAction(actions[name])
        self._recent = menu.addMenu("Recent files")
        self._recent.aboutToShow.connect(self._list_recent)
        menu.addAction(self._action("Reopen the last session", "", files.open_last_session))
        for name in ("save", "save_as", "export"):
            menu.addAction(actions[name])
        menu.addSeparator()

    def _commands(self, menu: QMenu) -> None:
        actions = self._actions
        for name in (
            "undo",
            "redo",
            "suggest",
            "open_test",
            "guide",
            "slow_motion",
            "presentation",
        ):
            menu.addAction(actions[name])
        menu.addSeparator()

    def _views(self, menu: QMenu, looks: Looks) -> None:
        view = menu.addMenu("View")
        for dock in self._window.findChildren(QDockWidget):
            view.addAction(dock.toggleViewAction())
        view.addSeparator()
        view.addAction(self._action("Larger", "Ctrl++", lambda: looks.zoom(1.1)))
        view.addAction(self._action("Smaller", "Ctrl+-", lambda: looks.zoom(1 / 1.1)))
        view.addAction(self._action("Normal size", "Ctrl+0", lambda: looks.zoom(0)))
        view.addSeparator()
        group = QActionGroup(view)
        for name in ("system", "light", "dark"):
            action = view.addAction(f"Colours: {name}")
            action.setCheckable(True)
            action.setChecked(self._settings.theme == name)
            action.triggered.connect(lambda checked=False, name=name: looks.choose_theme(name))
            group.addAction(action)

    @Slot()
    def _list_recent(self) -> None:
        self._recent.clear()
        for path in self._settings.recent:
            action = self._recent.addAction(Path(path).name)
            action.setToolTip(path)
            action.triggered.connect(
                lambda checked=False, path=path: self._open_files.open_path(path)
            )
        if not self._settings.recent:
            self._recent.addAction("none yet").setEnabled(False)

    @Slot()
    def _help(self) -> None:
        from mlloop_gui.help import HelpDialog

        HelpDialog.show_for(self._window)
