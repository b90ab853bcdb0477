"""The column as a whole: nothing is cut off, and the optimizer stays in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from mlloop_gui import theme as themes
from mlloop_gui.panels.fields.row import FieldRow
from tests.gui.panels.fake_session import FakeSession

CROWDED = {
    "source": "spiral",
    "model.hidden": [8, 8, 1024, 6],
    "model.activation": ["relu", "tanh", "leaky_relu", "gelu"],
    "optimizer.name": "adamw",
    "optimizer.schedule": "step",
    "model.initializer": "glorot_uniform",
}


@pytest.mark.parametrize("theme", [themes.LIGHT, themes.DARK], ids=lambda t: t.name)
@pytest.mark.parametrize("values", [{}, CROWDED, {"source": "csv"}, {"source": "breast_cancer"}],
                         ids=["default", "crowded", "table", "real"])  # fmt: skip
def test_nothing_is_wider_than_the_column(qtbot, styled, make_column, theme, values):
    styled(theme)
    column = make_column(FakeSession(**values), height=400)
    learning_rate = column.findChild(QWidget, "optimizer.learning_rate")
    learning_rate.metaObject().userProperty().write(learning_rate, -1.0)
    qtbot.waitUntil(lambda: check_that_all_fits(column))


def check_that_all_fits(column) -> None:
    content = column.widget()
    assert column.verticalScrollBar().maximum() > 0
    assert content.width() == column.viewport().width()
    for row in column.findChildren(FieldRow):
        if not row.isVisible():
            continue
        for part in (row.label, row.editor):
            right = part.mapTo(content, QPoint(part.width(), 0)).x()
            assert right <= content.width() - 8, row.field.path
            assert part.height() >= part.minimumSizeHint().height(), row.field.path
        assert row.label.width() >= row.label.fontMetrics().horizontalAdvance(row.label.text())
    for box in column.findChildren(QComboBox):
        if box.isVisible():
            needed = box.fontMetrics().horizontalAdvance(box.currentText()) + 24
            assert box.width() >= needed, (box.objectName(), box.currentText())


def test_errors_are_shown_whole(qtbot, styled, make_column, session):
    styled(themes.LIGHT)
    column = make_column(session)
    for path, value in (("optimizer.batch_size", "ten"), ("evaluation.test_fraction", 0.8)):
        widget = column.findChild(QWidget, path)
        widget.metaObject().userProperty().write(widget, value)
    errors = [label for label in column.findChildren(QLabel) if label.property("message")]
    shown = [label for label in errors if label.isVisible()]
    assert len(shown) == 2
    qtbot.waitUntil(lambda: all(e.height() >= e.heightForWidth(e.width()) for e in shown))


def test_the_optimizer_stays_in_sight(qtbot, make_column, session):
    column = make_column(session, unfolded=False, height=420)
    rate = column.findChild(QWidget, "optimizer.learning_rate")
    size = column.findChild(QWidget, "optimizer.batch_size")

    def in_sight(widget: QWidget) -> bool:
        top = widget.mapTo(column.viewport(), QPoint(0, 0)).y()
        return top >= 0 and top + widget.height() <= column.viewport().height()

    bar = column.verticalScrollBar()
    assert bar.maximum() > 0
    for value in (0, bar.maximum() // 2):
        bar.setValue(value)
        assert in_sight(rate), value
        assert in_sight(size), value
    bar.setValue(0)
    assert column.covered > 0
    column.resize(256, 2000)
    qtbot.waitUntil(lambda: column.covered == 0)
    # In its own place, between loss and evaluation.
    order = [column.panels[name].y() for name in ("loss", "optimizer", "evaluation")]
    assert order == sorted(order)


def test_an_unfolded_optimizer_hides_nothing(qtbot, make_column):
    column = make_column(FakeSession(**CROWDED), unfolded=False, height=420)
    assert column.covered > 0
    column.panels["optimizer"].unfold()
    qtbot.waitUntil(lambda: column.covered == 0)


def test_a_field_that_gets_the_focus_is_not_under_the_optimizer(qtbot, make_column, session):
    column = make_column(session, unfolded=False, height=420)
    for path in ("model.hidden", "loss.l2", "evaluation.validation_fraction", "data.source"):
        column.findChild(QWidget, path).setFocus()
        field = column.focusWidget()
        top = field.mapTo(column.viewport(), QPoint(0, 0)).y()
        assert top >= 0, path
        assert top + field.height() <= column.viewport().height() - column.covered, path


def test_text_is_never_under_12_px(styled, make_column):
    styled(themes.LIGHT)
    column = make_column(FakeSession(**CROWDED))
    sizes = {w.font().pixelSize() for w in column.findChildren(QWidget) if w.isVisible()}
    assert min(sizes - {-1}) >= 12


def test_changing_the_scale_widens_the_column(styled, make_column, session, qapp):
    styled(themes.LIGHT)
    column = make_column(session)
    narrow = column.minimumWidth()
    themes.apply(qapp, themes.LIGHT, 1.5)
    assert column.minimumWidth() == round(1.5 * narrow)
