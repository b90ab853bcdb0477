from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget

from mlloop_gui import theme as themes
from mlloop_gui.panels.column import SettingsColumn
from tests.gui.panels.fake_session import FakeSession


@pytest.fixture
def make_column(qtbot) -> Callable[..., SettingsColumn]:
    """Builds and shows the whole column, unfolded unless told otherwise; keeps it until the end."""
    kept = []

    def make(session: FakeSession, unfolded: bool = True, height: int = 1600) -> SettingsColumn:
        column = SettingsColumn(session)
        qtbot.addWidget(column)
        kept.append(column)
        for panel in column.panels.values() if unfolded else ():
            panel.unfold()
        column.resize(256, height)
        column.show()
        qtbot.waitExposed(column)
        column.activateWindow()
        qtbot.waitUntil(column.isActiveWindow)
        return column

    return make


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


@pytest.fixture
def column(make_column, session) -> SettingsColumn:
    return make_column(session)


@pytest.fixture
def styled(qapp) -> Iterator[Callable[[themes.Theme], None]]:
    """Applies a theme, and takes it off again."""
    before, style, palette = qapp.styleSheet(), qapp.style().objectName(), qapp.palette()
    yield lambda theme: themes.apply(qapp, theme)
    themes.set_current(themes.LIGHT, 1.0)
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setStyleSheet(before)


@pytest.fixture
def editor(column) -> Callable[[str], QWidget]:
    def find(path: str) -> QWidget:
        found = column.findChild(QWidget, path)
        assert found is not None, path
        return found

    return find
