"""The boundary plot: what it shows, what a click and the cursor tell, what it says in words."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from mlloop_gui import theme
from mlloop_gui.plots.boundary import BoundaryPlot

EXTENT = (-1.0, 1.0, -2.0, 2.0)
XY = np.array([[-0.5, -1.0], [0.5, 1.0], [0.0, 0.0], [0.9, -1.8]])
CLASSES = np.array([0, 1, 0, 1])
PARTS = np.array([0, 0, 1, 1])
IDS = np.array([10, 11, 12, 13])


@pytest.fixture
def plot(qtbot):
    made = BoundaryPlot()
    qtbot.addWidget(made)
    made.resize(420, 460)
    made.show()
    qtbot.waitExposed(made)
    return made


def ramp(rows: int = 40, columns: int = 40) -> np.ndarray:
    """Return the probability of class 1, rising from left to right."""
    x = (np.arange(columns) + 0.5) / columns
    return np.tile(x, (rows, 1))


def show_classes(plot: BoundaryPlot, wrong=None) -> None:
    plot.set_classes(["inside", "outside"])
    p = ramp()
    index = np.round(p * 255).astype(np.uint8)
    plot.set_plane(EXTENT, index, theme.class_lut(theme.LIGHT), values=p)
    plot.set_points(XY, CLASSES, PARTS, wrong, IDS)


def viewport_point(plot: BoundaryPlot, x: float, y: float) -> QPoint:
    return plot.to_pixel(x, y).toPoint()


def pixel(plot: BoundaryPlot, x: float, y: float) -> QColor:
    return QColor(plot.viewport().grab().toImage().pixel(viewport_point(plot, x, y)))


def test_a_click_on_a_sample_gives_its_id_and_rings_it(plot, qtbot):
    show_classes(plot)
    with qtbot.waitSignal(plot.sample_clicked) as clicked:
        qtbot.mouseClick(
            plot.viewport(), Qt.MouseButton.LeftButton, pos=viewport_point(plot, 0.5, 1.0)
        )
    assert clicked.args == [11]
    assert plot.selected() == 11


def test_a_click_beside_every_sample_gives_nothing(plot, qtbot):
    show_classes(plot)
    with qtbot.assertNotEmitted(plot.sample_clicked):
        qtbot.mouseClick(
            plot.viewport(), Qt.MouseButton.LeftButton, pos=viewport_point(plot, -0.5, 1.0)
        )


def test_arrow_keys_walk_through_the_samples(plot, qtbot):
    show_classes(plot)
    chosen = []
    plot.sample_clicked.connect(chosen.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(plot, key)
    assert chosen == [10, 11, 10, 13]


def test_the_cursor_reads_out_place_answer_and_sample(plot, qtbot):
    show_classes(plot, wrong=[False, True, False, False])
    qtbot.mouseMove(plot.viewport(), viewport_point(plot, 0.5, 1.0))
    plot.hover(plot.to_pixel(0.5, 1.0))
    assert plot.readout().startswith("x₁ 0.5")
    assert "outside 7" in plot.readout()  # 74 to 76 %
    assert plot.footer.readout() == "sample 11 (train): outside, misclassified"
    plot.hover(QPointF(2.0, 2.0))
    assert plot.readout() == ""
    assert plot.footer.readout() == ""


def test_the_map_is_drawn_the_right_way_up(plot):
    index = np.zeros((30, 30), dtype=np.uint8)
    index[15:, 15:] = 255  # right and high
    lut = theme.class_lut(theme.LIGHT)
    plot.set_plane((0.0, 1.0, 0.0, 1.0), index, lut)
    low = QColor(*(int(part) for part in lut[0][:3]))
    assert pixel(plot, 0.1, 0.11) == low
    assert pixel(plot, 0.9, 0.11) == low
    assert pixel(plot, 0.1, 0.91) == low
    orange = [pixel(plot, 0.9 + 0.002 * k, 0.91) for k in range(-20, 20)]
    assert all(color.red() > color.blue() for color in orange)
    assert len({color.name() for color in orange}) > 1, "the side of class 1 is hatched"


def test_misclassified_samples_are_crossed(plot):
    show_classes(plot)
    before = plot.viewport().grab().toImage()
    plot.set_wrong([True, False, False, False])
    after = plot.viewport().grab().toImage()
    at = viewport_point(plot, *XY[0])
    # The cross is ink where the marker was the class's blue.
    assert QColor(before.pixel(at)).blue() > 150
    assert QColor(after.pixel(at)).blue() < 110
    elsewhere = viewport_point(plot, *XY[1])
    assert before.pixel(elsewhere) == after.pixel(elsewhere)


def test_train_is_filled_and_validation_hollow(plot):
    show_classes(plot)
    blue = QColor(theme.LIGHT.class_colors[0])
    assert pixel(plot, *XY[0]) == blue
    assert pixel(plot, *XY[2]) == QColor(theme.LIGHT.paper)


def test_the_selected_sample_is_ringed_and_the_batch_outlined(plot):
    show_classes(plot)
    accent = QColor(theme.LIGHT.accent)
    at = viewport_point(plot, *XY[0]) + QPoint(10, 0)
    plot.set_selected(10)
    near = [QColor(plot.viewport().grab().toImage().pixel(at + QPoint(k, 0))) for k in (-1, 0, 1)]
    assert accent in near
    before = plot.viewport().grab().toImage()
    plot.set_batch([11])
    assert plot.viewport().grab().toImage() != before
    plot.set_batch(None)
    assert plot.viewport().grab().toImage() == before


def test_same_arrays_again_change_only_the_crosses(plot):
    show_classes(plot)
    drawn = plot._points._version
    plot.set_points(XY, CLASSES, PARTS, np.array([False, True, True, False]), IDS)
    assert plot._points._version == drawn
    assert "2 misclassified" in plot.describe()


def test_what_it_says_and_its_table(plot):
    show_classes(plot, wrong=[False, False, True, False])
    said = plot.accessibleDescription()
    assert "2 train, 2 validation of 2 classes; 1 misclassified" in said
    assert "50" in said
    assert "outside" in said
    headers, columns = plot.as_table()
    assert headers == ["sample", "part", "x₁", "x₂", "class", "misclassified"]
    assert list(columns[0]) == [10, 11, 12, 13]
    assert columns[1] == ["train", "train", "validation", "validation"]
    assert columns[4] == ["inside", "outside", "inside", "outside"]
    assert list(columns[5]) == [False, False, True, False]


def test_samples_that_are_not_finite_are_left_out(plot):
    xy = XY.copy()
    xy[1, 0] = np.nan
    plot.set_points(xy, CLASSES, PARTS, [True, True, False, False], IDS)
    assert list(plot.as_table()[1][0]) == [10, 12, 13]
    plot.set_wrong([False, True, False, True])
    assert list(plot.as_table()[1][5]) == [False, False, True]
    plot.grab()


def test_samples_and_curves_far_outside_do_no_harm(plot):
    xy = XY.copy()
    xy[0] = 1e300
    plot.set_points(xy, CLASSES, PARTS, [True] * 4, IDS)
    plot.set_selected(10)
    plot.set_batch([10, 11])
    assert not plot.grab().isNull()
    plot.set_mode("curve")
    plot.set_curve([-1.0, -0.5, 0.0, 0.5, 1.0], [0.0, 1e300, -1e300, np.inf, 0.0])
    assert not plot.grab().isNull()


def test_many_classes_have_boundary_lines_and_names(plot):
    names = ["a", "b", "c"]
    g = (np.arange(30) + 0.5) / 30
    x, y = np.meshgrid(g, g)
    scores = np.stack([x, y, 1.0 - x - y], axis=-1)
    plot.set_classes(names)
    shares = np.abs(scores) / np.abs(scores).sum(axis=-1, keepdims=True)
    labels = shares.argmax(axis=-1)
    colors = theme.class_blend(theme.LIGHT, shares)
    plot.set_plane((0.0, 1.0, 0.0, 1.0), colors, values=shares, labels=labels)
    assert len(plot._map._boundary) > 20
    assert plot._map._hatch is None
    plot.hover(plot.to_pixel(0.05, 0.05))
    assert "c 9" in plot.readout()
    assert plot.footer.legend_text() == "a, b, c"


def test_surface_has_a_scale_and_reads_the_prediction_out(plot):
    plot.set_mode("surface")
    values = 10.0 * ramp() - 5.0
    plot.set_target_scale(-5.0, 5.0)
    index = np.round((values + 5.0) * 25.5).astype(np.uint8)
    plot.set_plane(EXTENT, index, theme.diverging_lut(theme.LIGHT), values=values)
    plot.set_points(XY, np.array([-5.0, 5.0, 0.0, np.nan]), PARTS, None, IDS)
    plot.hover(plot.to_pixel(0.5, 1.0))
    assert "predicts 2.5" in plot.readout() or "predicts 2.6" in plot.readout()
    assert plot.footer.readout() == "sample 11 (train): target 5.00"
    assert plot._scale_bar.isVisible()
    assert "green" in plot._scale_bar.accessibleDescription()
    assert plot.as_table()[0][-1] == "target"
    plot.grab()


def test_curve_mode(plot):
    plot.set_mode("curve")
    plot.set_axis_labels("dose (mg)", "response")
    plot.set_range((0.0, 4.0, -1.0, 1.0))
    x = np.linspace(0.0, 4.0, 9)
    plot.set_curve(x, 0.25 * x - 0.5)
    plot.set_points(np.c_[x, np.zeros(9)], np.zeros(9), np.zeros(9, dtype=int))
    plot.hover(plot.to_pixel(2.0, 0.5))
    assert "predicts" in plot.readout()
    assert abs(float(plot.readout().rsplit(" ", 1)[1])) < 0.02
    headers, columns = plot.as_table()
    assert headers[-2:] == ["curve dose (mg)", "curve prediction"]
    assert columns[-1][0] == -0.5
    y = 0.25 * x - 0.5
    y[4] = np.nan
    plot.set_curve(x, y)
    plot.grab()


def test_changing_the_mode_takes_the_old_picture_away(plot):
    show_classes(plot)
    plot.set_mode("curve")
    assert len(plot.as_table()[1][0]) == 0
    assert "No samples" in plot.accessibleDescription()


def test_empty_plot_paints_and_answers(plot):
    plot.set_points(np.empty((0, 2)), [], [])
    plot.hover(plot.to_pixel(0.0, 0.0))
    assert plot.readout().startswith("x₁ ")
    assert not plot.grab().isNull()


def test_lengths_that_differ_are_refused(plot):
    with pytest.raises(ValueError, match="part"):
        plot.set_points(XY, CLASSES, [0, 1])


def test_theme_and_size_change(plot):
    show_classes(plot)
    plot.set_theme(theme.DARK)
    assert QColor(plot.grab().toImage().pixel(3, 30)) == QColor(theme.DARK.panel)
    for size in ((220, 240), (900, 300), (300, 900)):
        plot.resize(*size)
        area = plot.plot_rect()
        assert abs(area.width() - area.height()) <= 2.0, "the plane stays square"
        assert plot.footer.geometry().bottom() <= plot.height()
        assert area.bottom() + plot.x_axis.height() <= plot.footer.y() + 1


def test_the_table_opens(plot, qtbot):
    show_classes(plot)
    window = plot.open_table()
    qtbot.addWidget(window)
    assert window.model.rowCount() == 4
    assert window.model.data(window.model.index(1, 2)) == "0.5"
    entries = [action.text() for action in plot.context_menu().actions()]
    assert entries == ["Open as table"]
