from __future__ import annotations

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtWidgets import QToolTip

from mlloop_gui import theme as themes
from mlloop_gui.plots.network_edges import MOST_EDGES, edge_pen
from mlloop_gui.plots.network_picture import NetworkPicture
from mlloop_gui.plots.network_text import brief


def parameters(sizes, seed=0):
    draw = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(sizes))
    return [draw.normal(size=pair) for pair in pairs], [draw.normal(size=b) for _, b in pairs]


def image(widget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture
def picture(qtbot):
    made = NetworkPicture()
    qtbot.addWidget(made)
    made.resize(360, 480)
    made.set_structure((2, 4, 1), ("x₁", "x₂"), (), ("tanh",))
    made.set_parameters(*parameters((2, 4, 1)))
    made.show()
    return made


def test_it_says_what_it_shows(picture):
    assert picture.objectName() == "plot.network"
    assert picture.accessibleName()
    assert "17 parameters" in picture.accessibleDescription()
    assert "hidden 1 · tanh with 4 units" in picture.accessibleDescription()


def test_a_click_on_a_unit_chooses_it(picture, qtbot):
    at = picture.unit_rect(1, 2).center().toPoint()
    with qtbot.waitSignal(picture.unit_clicked) as got:
        qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at)
    assert got.args == [1, 2]
    assert picture.selected() == (1, 2)


def test_a_click_on_an_edge_tells_it(picture, qtbot):
    at = picture.edge_point(0, 1, 0, 0.25).toPoint()
    with qtbot.waitSignal(picture.edge_clicked) as got:
        qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at)
    assert got.args == [0, 1, 0]


def test_hovering_tells_the_live_value(picture, qapp):
    weights, biases = parameters((2, 4, 1))
    weights[0][0, 2], biases[1][0], biases[0][1] = 0.31, 0.73, -0.5
    picture.set_parameters(weights, biases)
    edge = picture.text_at(picture.edge_point(0, 0, 2, 0.25))
    assert edge == "w 0.3100 from x₁ to hidden 1 unit 3 (weight_0[0,2])"
    assert picture.text_at(picture.unit_rect(2, 0).center()) == "the output · b 0.7300 (bias_1[0])"
    picture.set_unit_values([np.array([0.1, 0.2]), np.full(4, -0.42), None], "δ")
    unit = picture.text_at(picture.unit_rect(1, 1).center())
    assert unit == "hidden 1 unit 2 · δ −0.4200 · b −0.5000 (bias_0[1])"
    assert picture.text_at(QPointF(1.0, 1.0)) == ""
    at = picture.unit_rect(2, 0).center().toPoint()
    qapp.sendEvent(picture, QHelpEvent(QHelpEvent.Type.ToolTip, at, picture.mapToGlobal(at)))
    assert QToolTip.text().startswith("the output")
    QToolTip.hideText()


def test_edges_can_show_other_values(picture):
    before = image(picture)
    picture.set_edge_values([None, np.array([[0.1], [-0.2], [0.3], [0.0]])], "edge: w × δ", "w·δ")
    assert image(picture) != before
    assert picture.text_at(picture.edge_point(1, 1, 0, 0.4)).endswith("w·δ −0.2000")
    assert "w·δ" not in picture.text_at(picture.edge_point(0, 0, 3, 0.8))
    picture.set_edge_values(None)
    assert image(picture) == before


def test_sign_is_told_by_dashes_and_magnitude_by_width(qapp):
    plus, minus = edge_pen(themes.LIGHT, 0.5), edge_pen(themes.LIGHT, -0.5)
    assert plus.style() == Qt.PenStyle.SolidLine
    assert minus.style() == Qt.PenStyle.CustomDashLine
    assert plus.color() != minus.color()
    assert edge_pen(themes.LIGHT, 0.9).widthF() > plus.widthF()
    assert edge_pen(themes.LIGHT, float("nan")).color().name() == themes.LIGHT.error


def test_every_bias_changes_the_picture(picture):
    weights, biases = parameters((2, 4, 1))
    last = image(picture)
    for layer, unit in [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)]:
        biases[layer][unit] += 1.0
        picture.set_parameters(weights, biases)
        now = image(picture)
        assert now != last
        last = now


def test_maps_are_drawn_through_their_tables(picture):
    maps = [np.zeros((n, 8, 8), dtype=np.uint8) for n in (2, 4, 1)]
    maps[1][2, :4] = 255
    for array in maps:
        array.setflags(write=False)
    table = themes.class_lut(themes.LIGHT)
    picture.set_unit_maps(maps, [None, None, table])
    shot = image(picture)
    signed = themes.diverging_lut(themes.LIGHT)
    square = picture.unit_rect(1, 2)
    at = square.center().toPoint()
    assert shot.pixelColor(at - QPoint(0, 10)).getRgb()[:3] == tuple(signed[255])
    assert shot.pixelColor(at + QPoint(0, 10)).getRgb()[:3] == tuple(signed[0])
    out = picture.unit_rect(2, 0).center().toPoint()
    assert shot.pixelColor(out).getRgb()[:3] == tuple(table[0])


def test_maps_that_do_not_lie_in_one_piece_are_drawn_too(picture):
    """Maps of several outputs come as transposed slices; Qt must never read beyond them."""
    picture.set_structure((2, 4, 3), ("x1", "x2"), ("a", "b", "c"), ("tanh",))
    shares = np.zeros((24, 24, 3), dtype=np.uint8)
    shares[:, :, 1] = 255
    maps = [np.zeros((n, 8, 8), dtype=np.uint8) for n in (2, 4)]
    outputs = shares.transpose(2, 0, 1)[:, ::-3, ::3]
    assert not outputs.flags.c_contiguous
    table = themes.class_lut(themes.LIGHT)
    picture.set_unit_maps([*maps, outputs], [None, None, table])
    shot = image(picture)
    for unit, index in ((0, 0), (1, 255), (2, 0)):
        at = picture.unit_rect(2, unit).center().toPoint()
        assert shot.pixelColor(at).getRgb()[:3] == tuple(table[index])


def test_arrow_keys_walk_the_units(picture, qtbot):
    picture.set_selected(0, 0)
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left)
    seen = []
    picture.unit_clicked.connect(lambda layer, unit: seen.append((layer, unit)))
    for key in keys:
        qtbot.keyClick(picture, key)
    assert seen == [(1, 0), (1, 1), (2, 0), (2, 0), (1, 0)]
    assert "Chosen: hidden 1 unit 1" in picture.accessibleDescription()


def test_the_table_holds_every_parameter(picture):
    headers, columns = picture.as_table()
    assert len(headers) == len(columns) == 4
    assert [len(column) for column in columns] == [17] * 4
    weights, _ = parameters((2, 4, 1))
    at = columns[0].index("weight_0[1,3]")
    assert [column[at] for column in columns[1:3]] == ["x₂", "hidden 1 unit 4"]
    assert columns[3][at] == float(weights[0][1, 3])


@pytest.mark.parametrize(
    "sizes",
    [(2, 1), (1, 1), (64, 64, 10), (7, 8, 8, 8, 8, 8, 8, 1), (30, 300, 300, 300, 3), (1, 1000, 1)],
)
@pytest.mark.parametrize("shape", [(360, 480), (240, 260), (40, 40), (1200, 900)])
def test_odd_shapes_are_drawn(qtbot, sizes, shape):
    picture = NetworkPicture()
    qtbot.addWidget(picture)
    picture.resize(*shape)
    names = [f"a rather long name of column {k}" for k in range(sizes[0])]
    picture.set_structure(sizes, names, [str(k) for k in range(sizes[-1])])
    picture.set_parameters(*parameters(sizes))
    picture.set_unit_values([np.full(n, 0.5) for n in sizes], "a")
    picture.set_selected(len(sizes) - 1, sizes[-1] - 1)
    shot = image(picture)
    wide, high = shot.width(), shot.height()
    steps = itertools.product(range(0, wide, 2), range(0, high, 2))
    colors = {shot.pixel(x, y) for x, y in steps}
    assert len(colors) > 1
    assert picture._edges is not None
    assert picture._edges.drawn_count() <= max(MOST_EDGES, len(sizes))


def test_squares_stay_inside_and_apart(qtbot):
    picture = NetworkPicture()
    qtbot.addWidget(picture)
    picture.resize(360, 480)
    picture.set_structure((64, 8, 8, 10))
    layout = picture._layout
    assert layout.hidden(0) + layout.shown(0) == 64
    for column in range(4):
        squares = layout.squares[column]
        for unit, square in enumerate(squares):
            assert picture.rect().contains(square.toRect())
            if unit:
                assert square.top() - squares[unit - 1].bottom() >= layout.line
    assert layout.more_row(0).bottom() < picture.height() - 2 * layout.line


def test_a_new_structure_forgets_the_old_values(picture):
    picture.set_unit_values([np.zeros(2), np.zeros(4), np.zeros(1)], "a")
    picture.set_selected(1, 3)
    picture.set_structure((3, 2))
    assert picture.selected() is None
    assert not image(picture).isNull()
    with pytest.raises(ValueError, match="do not fit"):
        picture.set_parameters(*parameters((2, 4, 1)))


def test_values_that_are_not_finite_are_drawn(picture):
    weights, biases = parameters((2, 4, 1))
    weights[0][0, 0], weights[1][2, 0], biases[0][1] = np.nan, np.inf, -np.inf
    picture.set_parameters(weights, biases)
    picture.set_unit_values([None, np.array([np.nan, np.inf, 1.0, 0.0]), None], "a")
    shot = image(picture)
    at = picture.edge_point(0, 0, 0, 0.25).toPoint()
    near = {
        shot.pixelColor(at + QPoint(dx, dy)).name() for dx in range(-2, 3) for dy in range(-2, 3)
    }
    assert themes.LIGHT.error in near
    assert "not a number" in picture.text_at(picture.edge_point(0, 0, 0, 0.25))


def test_an_empty_picture_and_a_theme(qtbot):
    picture = NetworkPicture()
    qtbot.addWidget(picture)
    picture.set_theme(themes.DARK)
    assert image(picture).pixelColor(5, 5).name() == themes.DARK.panel
    assert picture.text_at(QPointF(5, 5)) == ""
    assert picture.describe() == "No network yet."


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.314, "0.31"), (-0.547, "−0.55"), (0.0, "0.00"), (12.34, "12.3"), (-1234.5, "−1234"),
     (0.00031, "3e−4"), (float("nan"), "NaN"), (float("-inf"), "−∞")],
)  # fmt: skip
def test_short_numbers(value, text):
    assert brief(value) == text
