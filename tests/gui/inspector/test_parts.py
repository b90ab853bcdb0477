"""The small parts of the inspectors, each alone."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from core.losses import LOSSES
from core.network.layout import Layout
from mlloop_gui.inspector.epoch_bar import EpochBar
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.loss import loss_curve
from mlloop_gui.inspector.nudges import small
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.inspector.parameters import ParameterNames
from mlloop_gui.inspector.strip import ArrayStrip
from mlloop_gui.inspector.words import Words


def test_parameter_names_follow_the_flat_vector() -> None:
    names = ParameterNames(Layout((2, 3, 1)))
    assert len(names) == 13
    assert list(names[:3]) == ["weight_0[0,0]", "weight_0[0,1]", "weight_0[0,2]"]
    assert names[5] == "weight_0[1,2]"
    assert names[6] == "bias_0[0]"
    assert list(names)[-2:] == ["weight_1[2,0]", "bias_1[0]"]
    assert list(ParameterNames(Layout((2, 3, 1)), np.array([12, 6]))) == ["bias_1[0]", "bias_0[0]"]
    layout = Layout((2, 3, 1))
    for at, name in enumerate(names):
        kind, _, place = name.partition("_")
        layer, _, index = place.rstrip("]").partition("[")
        found = layout.index(kind, int(layer), tuple(int(k) for k in index.split(",")))
        assert found == at


@pytest.mark.parametrize(
    ("loss", "outputs"),
    # Cross-entropy has an output for each class.
    [(loss.name, n) for loss in LOSSES for n in (1, 3) if (loss.name, n) != ("cross_entropy", 1)],
)
def test_the_sample_lies_on_its_loss_curve(loss: str, outputs: int) -> None:
    part = LOSSES[loss]
    rng = np.random.default_rng(4)
    for _ in range(20):
        scores = 3.0 * rng.standard_normal(outputs)
        target = np.eye(outputs)[rng.integers(outputs)] if outputs > 1 else rng.integers(2, size=1)
        target = target.astype(np.float64)
        price = float(part.sample_losses(scores[None, :], target[None, :], 1.0)[0])
        x, y, here, name = loss_curve(part, scores, target, 1.0)
        assert name
        assert np.all(np.diff(x) > 0)
        assert x[0] <= here <= x[-1]
        assert np.interp(here, x, y) == pytest.approx(price, abs=0.05 * (1 + price))


def test_numbers_table_is_a_sound_model(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    table = NumbersTable("numbers")
    qtbot.addWidget(table)
    table.set_numbers(["a", "b"], [Column("x", np.array([1.0, -2.5])), Column("t", ["u", "v"])])
    qtmodeltester.check(table.numbers)


def test_numbers_table_writes_chooses_and_copies(qtbot: QtBot) -> None:
    table = NumbersTable("numbers")
    qtbot.addWidget(table)
    table.show()
    values = np.array([1 / 3, -2e-7, np.nan])
    table.set_numbers(
        ["a", "b", "c"], [Column("x", values, "a tip", signed=True), Column("t", ["u", "v", "w"])]
    )
    assert table.text_at(0, "x") == "0.33"
    assert table.text_at(2, "x") == "NaN"
    assert table.text_at(1, "t") == "v"
    with pytest.raises(KeyError):
        table.text_at(0, "y")
    index = table.numbers.index(0, 0)
    assert repr(1 / 3) in table.numbers.data(index, Qt.ItemDataRole.ToolTipRole)
    with qtbot.waitSignal(table.row_chosen, timeout=1000) as chosen:
        table.selectRow(1)
    assert chosen.args == [1]
    with qtbot.assertNotEmitted(table.row_chosen):
        table.set_chosen(2)
        table.set_numbers(["a", "b"], [Column("x", values[:2])], 0)
    assert table.currentIndex().row() == 0
    table.copy()
    assert repr(1 / 3) in QGuiApplication.clipboard().text()


def test_numbers_table_says_the_power_in_its_heading(qtbot: QtBot) -> None:
    table = NumbersTable("numbers")
    qtbot.addWidget(table)
    table.set_numbers(["a"], [Column("x", np.array([-2e-7]))])
    assert table.numbers.headerData(0, Qt.Orientation.Horizontal) == "x × 10⁻⁷"
    assert table.text_at(0, "x") == "−2.00"


def test_facts_keep_lines_and_full_values(qtbot: QtBot) -> None:
    facts = Facts("Things")
    qtbot.addWidget(facts)
    facts.set_facts([Fact.of("a", 1 / 3, "0.333", strong=True), Fact("b", "<i>")], "a note")
    assert facts.text_of("a") == "0.333"
    assert facts.describe() == "a: 0.333\nb: <i>\na note"
    assert facts._labels[0][1].toolTip() == repr(1 / 3)
    assert facts._labels[1][1].text() == "&lt;i>"
    facts.set_facts([Fact("a", "1")])
    assert facts._labels[1][0].isHidden()
    with pytest.raises(KeyError):
        facts.text_of("b")


def test_epoch_bar_tells_where_the_batch_stands(qtbot: QtBot) -> None:
    bar = EpochBar()
    qtbot.addWidget(bar)
    bar.resize(250, bar.sizeHint().height())
    bar.set_place(250, 10, 240, 250)
    assert "Samples 241 to 250 of 250" in bar.accessibleDescription()
    picture = bar.grab().toImage()
    y = picture.height() - 8
    assert picture.pixelColor(245, y).name() == bar.theme.text
    assert picture.pixelColor(123, y).name() not in (bar.theme.text, bar.theme.panel)


def test_words_scroll_only_where_they_must(qtbot: QtBot) -> None:
    words = Words()
    qtbot.addWidget(words)
    words.resize(300, 150)
    words.show()
    words.set_text("a = b", "1 = 1", "Short.")
    assert words.verticalScrollBar().maximum() == 0
    words.set_text("a = b", "1 = 1", "Long. " * 200)
    assert words.verticalScrollBar().maximum() > 0
    words.set_text("a = b", "1 = 1", "Short.")
    assert words.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize(
    ("value", "text"), [(2.04e-8, "2 × 10⁻⁸"), (9.7e-9, "1 × 10⁻⁸"), (0.0, "0"), (0.25, "0.25")]
)
def test_small_numbers_have_one_digit(value: float, text: str) -> None:
    assert small(value) == text


def test_names_of_parameters_are_compared_without_making_them() -> None:
    layout, other = Layout((2, 3, 1)), Layout((2, 4, 1))
    some = np.array([0, 5])
    assert ParameterNames(layout) == ParameterNames(Layout((2, 3, 1)))
    assert ParameterNames(layout) != ParameterNames(other)
    assert ParameterNames(layout, some) == ParameterNames(layout, some.copy())
    assert ParameterNames(layout, some) != ParameterNames(layout)
    assert ParameterNames(layout, np.arange(layout.parameters)) == ParameterNames(layout)
    assert ParameterNames(layout) != list(ParameterNames(layout))


class _Resized(QObject):
    """How often a widget has got another size."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.Resize
        return False


def test_arrays_of_many_columns_come_to_rest_at_every_width(qtbot):
    """Fewer columns need less room, which must not be what decides how much room there is."""
    row, strip = QWidget(), ArrayStrip()
    qtbot.addWidget(row)
    beside = QHBoxLayout(row)
    other = QLabel("beside")
    beside.addWidget(other, 3)
    beside.addWidget(strip, 4)
    batch, truths = strip.table("batch X"), strip.table("targets y")
    x = np.random.default_rng(0).normal(size=(30, 20))
    x[:, 4] *= 1000.0  # a column that is wide, and not among the first
    batch.set_array(x, rows=[str(k) for k in range(30)])
    truths.set_array(x[:, :1])
    row.resize(300, 185)
    row.show()
    qtbot.waitExposed(row)
    resized = _Resized(strip)
    for width in range(300, 1000, 20):
        row.resize(width, 185)
        strip.fit()
        for _ in range(6):
            QApplication.processEvents()
        resized.count = 0
        for _ in range(6):
            QApplication.processEvents()
        assert resized.count == 0, width
