"""The grid of numbers: what is written, what is left out, clicks, and the whole as a table."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication

from mlloop_gui import theme
from mlloop_gui.plots.arrays import ArrayTable
from mlloop_gui.plots.cells import format_for, window
from mlloop_gui.plots.formula import FormulaLabel


@pytest.fixture
def table(qtbot):
    made = ArrayTable("z¹")
    qtbot.addWidget(made)
    return made


def settle(table: ArrayTable) -> None:
    table.resize(table.sizeHint())
    table.show()


def test_title_has_the_shape_and_cells_their_numbers(table):
    table.set_array(np.array([[0.125, -2.5], [0.0, -0.001]]))
    assert table.title_text() == "z¹ (2 × 2)"
    assert [table.text_at(r, c) for r in range(2) for c in range(2)] == [
        "0.12",
        "−2.50",
        "0.00",
        "−0.00",
    ]


def test_tiny_numbers_share_a_power_of_ten(table):
    table.set_array(np.array([3.21e-5, -1e-6]))
    assert table.title_text() == "z¹ (2) × 10⁻⁵"
    assert table.text_at(0, 0) == "3.21"
    assert table.text_at(0, 1) == "−0.10"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([3.0, -4.0], ["3", "−4"]),
        ([0.0123, 0.001], ["0.012", "0.001"]),
        ([147.26, 0.4], ["147", "0"]),
        ([0.0, 0.0], ["0.00", "0.00"]),
        ([np.nan, np.inf], ["NaN", "∞"]),
    ],
)
def test_one_format_for_all_numbers(values, texts):
    made = format_for(np.array(values))
    assert [made.text(value) for value in values] == texts


def test_a_large_array_says_what_is_left_out_and_shows_the_chosen_cell(table):
    table.set_array(np.arange(300.0).reshape(10, 30), selected=(8, 20))
    settle(table)
    assert not table.cell_rect(8, 20).isEmpty()
    assert table.cell_rect(0, 0).isEmpty()
    assert table._more_text() == "from [4, 16] … 4 more rows, 22 more columns"
    table.set_selected(9, 2)
    assert table._more_text() == "from [4, 0] … 4 more rows, 22 more columns"
    assert "row 9, column 2: 272." in table.accessibleDescription()
    table.set_selected(None, None)
    assert table._more_text() == "… 4 more rows, 22 more columns"
    table.set_max(10, 30)
    assert table._more_text() == ""


def test_window_of_indices():
    assert window(5, 8, None) == (0, 5)
    assert window(30, 8, 3) == (0, 8)
    assert window(30, 8, 20) == (16, 24)
    assert window(30, 8, 29) == (22, 30)


def test_a_click_gives_row_and_column(table, qtbot):
    table.set_array(np.arange(300.0).reshape(10, 30), selected=(8, 20))
    settle(table)
    at = table.cell_rect(7, 18).center().toPoint()
    with qtbot.waitSignal(table.cell_clicked) as clicked:
        qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=at)
    assert clicked.args == [7, 18]


def test_arrow_keys_move_the_choice(table, qtbot):
    table.set_array(np.ones((3, 2)), selected=(0, 0))
    settle(table)
    moves = []
    table.cell_clicked.connect(lambda row, column: moves.append((row, column)))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Up):
        qtbot.keyClick(table, key)
    assert moves == [(1, 0), (0, 1), (0, 0)]


def test_tooltip_has_full_precision(table):
    table.set_array(np.array([[1.0 / 3.0]]))
    settle(table)
    assert table.tip(table.cell_rect(0, 0).center()) == "z¹[0, 0] = 0.3333333333333333"
    assert table.tip(QPointF(-5.0, -5.0)) == ""


def test_sign_is_colour_and_text_and_the_choice_is_outlined(table):
    table.set_array(np.array([[1.0, -1.0]]), selected=(0, 0))
    settle(table)
    image = table.grab().toImage()

    def corner(column: int) -> QColor:
        at = table.cell_rect(0, column).topLeft().toPoint()
        return image.pixelColor(at.x() + 4, at.y() + 3)

    assert corner(0).green() > corner(0).red()
    assert corner(1).red() > corner(1).green()
    edge = table.cell_rect(0, 0).topLeft().toPoint()
    assert image.pixelColor(edge.x() + 8, edge.y()) == QColor(theme.LIGHT.accent)


@pytest.mark.parametrize(
    "array",
    [
        np.empty((0, 3)),
        np.float64(2.0),
        np.full((2, 2), np.nan),
        np.zeros((2, 3, 4)),
        np.array([1, 2, 3]),
        np.array([[np.inf, 1.0]]),
    ],
)
def test_odd_arrays_are_painted_and_described(table, array):
    table.set_array(array)
    settle(table)
    assert not table.grab().isNull()
    assert table.accessibleDescription().startswith("z¹ (")


def test_description_tells_the_chosen_cell_and_what_is_not_finite(table):
    table.set_array(np.array([[0.5, np.nan], [-0.25, 1.0]]), selected=(1, 0))
    assert "Values from −0.250 to 1.00" in table.accessibleDescription()
    assert "1 values are not finite" in table.accessibleDescription()
    assert "row 1, column 0: −0.25" in table.accessibleDescription()


def test_table_and_copy_have_the_whole_array(table, qtbot):
    values = np.random.default_rng(0).normal(size=(10, 30))
    table.set_array(values, rows=[f"sample {k}" for k in range(10)])
    window_ = table.open_table()
    qtbot.addWidget(window_)
    model = window_.model
    assert (model.rowCount(), model.columnCount()) == (10, 30)
    assert model.data(model.index(9, 29)) == repr(float(values[9, 29]))
    assert model.headerData(9, Qt.Orientation.Vertical) == "sample 9"
    table.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 11
    assert lines[1].split("\t")[2] == repr(float(values[0, 2]))
    texts = [action.text() for action in table.context_menu().actions()]
    assert texts == ["Open as table", "Copy table"]


def test_dark_theme_repaints(table):
    table.set_array(np.array([[1.0, -1.0]]))
    settle(table)
    before = table.grab().toImage()
    table.set_theme(theme.DARK)
    assert table.grab().toImage() != before


def test_formula_shows_only_what_it_has(qtbot):
    label = FormulaLabel()
    qtbot.addWidget(label)
    label.set_text("δ¹ = (W² δ²) ⊙ tanh′(z¹)", "= −0.42")
    assert label.accessibleDescription() == "δ¹ = (W² δ²) ⊙ tanh′(z¹)\n= −0.42"
    label.show()
    assert label._numbers.isVisible()
    assert not label._sentence.isVisible()
    label.set_text("y = x", "", "Nothing changes.")
    assert not label._numbers.isVisible()
    assert label._sentence.isVisible()
    label.set_theme(theme.DARK)
    assert label._formula.color == theme.DARK.text
