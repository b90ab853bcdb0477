"""A place whose content is laid out within it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from mlloop_gui.views.calm import Calm


class Requests(QObject):
    """How often a widget was asked for a layout."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


def come_to_rest() -> None:
    """Each round of events takes a request for a layout one place further out."""
    for _ in range(8):
        QApplication.processEvents()


@pytest.fixture
def window(qtbot) -> QWidget:
    """A window whose one row has come to rest."""
    found, row, made = QWidget(), QWidget(), QLabel("250 of 500")
    qtbot.addWidget(found)
    inside = QHBoxLayout(row)
    inside.addWidget(made)
    inside.addWidget(QLabel("beside"))
    inside.addStretch(1)
    QVBoxLayout(found).addWidget(Calm(row))
    found.resize(300, 60)
    found.show()
    qtbot.waitExposed(found)
    for text in ("1 of 500", "250 of 500"):
        made.setText(text)
        come_to_rest()
    return found


def test_another_text_is_laid_out_in_its_row_and_asks_nothing_of_the_window(window) -> None:
    label = window.findChild(QLabel)
    asked, width = Requests(window), label.width()
    label.setText("17 of 500")
    come_to_rest()
    assert label.width() != width
    assert asked.count == 0


def test_a_text_that_needs_more_room_gets_it(window) -> None:
    label = window.findChild(QLabel)
    asked, before = Requests(window), window.minimumSizeHint()
    label.setText("250 of 500 " * 12)
    come_to_rest()
    assert asked.count
    assert window.minimumSizeHint().width() > before.width()
    label.setText("250\nof\n500")
    come_to_rest()
    assert window.minimumSizeHint().height() > before.height()
