"""Curve plots: lines, ranges, read-out, marks, and what is said of them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolTip

from mlloop_gui import theme
from mlloop_gui.plots import loop_curves, ranges
from mlloop_gui.plots.loss_view import LossCurveView
from mlloop_gui.plots.series import Series, pen_for, thin

X = np.arange(0.0, 1001.0, 50.0)
TRAIN = 0.7 * np.exp(-X / 300.0) + 0.05
VALIDATION = TRAIN + 0.03


@pytest.fixture
def plot(qtbot):
    made = loop_curves.loss_plot()
    qtbot.addWidget(made)
    made.resize(380, 140)
    made.show()
    qtbot.waitExposed(made)
    return made


def fill(plot) -> None:
    plot.set_series("train", X, TRAIN, "train")
    plot.set_series("validation", X, VALIDATION, "validation")


@pytest.mark.parametrize(
    ("make", "name", "log"),
    [
        (loop_curves.loss_plot, "plot.loss", False),
        (loop_curves.metric_plot, "plot.metric", False),
        (loop_curves.gradient_plot, "plot.gradients", True),
        (loop_curves.ratio_plot, "plot.ratio", True),
    ],
)
def test_each_has_its_name_scale_and_words(qtbot, make, name, log):
    made = make()
    qtbot.addWidget(made)
    assert made.objectName() == name
    assert made.is_log_y() is log
    assert made.accessibleName()
    assert "No values yet" in made.accessibleDescription()
    assert not made.grab().isNull()


def test_lines_are_updated_in_place(plot):
    fill(plot)
    items = dict(plot._items)
    plot.set_series("train", X, TRAIN * 0.5, "train")
    assert plot._items == items
    x, y = plot._items["train"].getData()
    assert np.array_equal(x, X)
    assert np.array_equal(y, TRAIN * 0.5)
    plot.remove_series("validation")
    plot.remove_series("validation")
    assert plot.series_names() == ["train"]
    plot.clear_series()
    assert plot.series_names() == []
    assert plot.header.legend_text() == "no values yet"


def test_header_and_description_tell_the_last_values(plot):
    fill(plot)
    last = f"train {TRAIN[-1]:.4f}, validation {VALIDATION[-1]:.3f}"
    assert plot.header.legend_text() == last
    assert "train: 0.750 at update 0, 0.0750 at 1\u202f000" in plot.accessibleDescription()


def test_cursor_reads_all_lines_out_at_the_nearest_check(plot, qtbot):
    fill(plot)
    plot.hover(plot.to_pixel(262.0, 0.3))
    assert plot.readout() == f"update 250: train {TRAIN[5]:.3f}, validation {VALIDATION[5]:.3f}"
    assert len(plot._overlay.marks.cross) == 2
    plot.set_series("train", X, TRAIN * 2.0, "train")
    assert f"train {TRAIN[5] * 2.0:.3f}" in plot.readout(), "the read-out follows the data"
    plot.unhover()
    assert plot.readout() == ""
    assert plot._overlay.marks.cross == []


def test_values_that_are_not_finite_leave_a_gap_and_a_mark(plot):
    broken = TRAIN.copy()
    broken[10:] = np.nan
    broken[12] = np.inf
    plot.set_series("train", X, broken, "train")
    assert plot._overlay.marks.broken == [500.0]
    assert plot.header.legend_text() == "train NaN"
    plot.hover(plot.to_pixel(900.0, 0.2))
    assert plot.readout() == "update 900: train NaN"
    assert plot._overlay.marks.cross == []
    image = plot.grab().toImage()
    red = QColor(theme.LIGHT.error)
    shown = [image.pixelColor(x, y) for x in range(image.width()) for y in range(24, 60)]
    assert any(abs(c.red() - red.red()) + abs(c.blue() - red.blue()) < 30 for c in shown)


def test_all_not_finite_and_empty_lines_paint(plot):
    plot.set_series("train", [0.0, 1.0], [np.nan, np.inf], "train")
    plot.set_series("validation", [], [], "validation")
    plot.set_log_y(True)
    plot.hover(plot.to_pixel(0.0, 0.0))
    assert not plot.grab().isNull()


def test_a_run_of_infinities_does_not_stretch_the_range(plot):
    y = TRAIN.copy()
    y[3] = np.inf
    plot.set_series("train", X, y, "train")
    assert plot.box.viewRange()[1][1] < 2.0


def test_ranges_change_in_steps(plot):
    plot.set_series("train", X, TRAIN, "train")
    before = plot.box.viewRange()
    changes = []
    plot.plotItem.sigRangeChanged.connect(lambda *_: changes.append(1))
    longer = np.append(X, X[-1] + 90.0)
    plot.set_series("train", longer, np.append(TRAIN, 0.06), "train")
    assert plot.box.viewRange() == before
    assert not changes
    plot.set_series("train", X * 10.0, TRAIN, "train")
    assert plot.box.viewRange()[0][1] >= 10000.0
    plot.set_series("train", X, TRAIN, "train")
    assert plot.box.viewRange()[0][1] < 2000.0, "a new run has its own range"


def test_log_scales(plot):
    fill(plot)
    plot.set_log_y(True)
    low, high = plot.box.viewRange()[1]
    assert low <= np.log10(TRAIN.min())
    assert high >= np.log10(VALIDATION.max())
    plot.hover(plot.to_pixel(250.0, -0.5))
    assert plot.readout().startswith(f"update 250: train {TRAIN[5]:.3f}")
    plot.set_log_x(True)
    assert plot.box.viewRange()[0][1] == pytest.approx(3.0, abs=0.1)
    plot.hover(plot.to_pixel(2.0, -0.5))
    assert plot.readout().startswith("update 100:")
    plot.grab()
    texts = [action.text() for action in plot.context_menu().actions()]
    assert texts == ["Open as table", "Logarithmic values", "Logarithmic updates"]
    plot.menu_actions()[0].trigger()
    assert not plot.is_log_y()


def test_events_are_marked_and_named_under_the_cursor(plot, qtbot, monkeypatch):
    fill(plot)
    plot.set_events([(400, "learning rate 0.3 to 0.1")])
    assert plot._overlay.marks.events == [400.0]
    shown = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _widget: shown.append(text))
    plot.hover(plot.to_pixel(400.0, 0.3))
    assert shown == ["update 400: learning rate 0.3 to 0.1"]
    assert "Changes: 1" in plot.accessibleDescription()
    plot.hover(plot.to_pixel(700.0, 0.3))
    assert len(shown) == 1


def test_layers_are_labelled_beside_their_lines(qtbot):
    made = loop_curves.gradient_plot()
    qtbot.addWidget(made)
    for k in range(3):
        made.set_series(f"hidden {k + 1}", X, 10.0**-k * TRAIN, f"layer {k}")
    assert [text for *_, text in made._overlay.marks.labels] == ["hidden 1", "hidden 2", "hidden 3"]
    patterns = {tuple(pen_for(f"layer {k}", theme.LIGHT).dashPattern()) for k in range(4)}
    assert len(patterns) == 4
    made.grab()


def test_the_table_has_every_point_at_full_precision(plot, qtbot):
    fill(plot)
    plot.set_series("batches", [0, 0, 1, 1], [0.1, 0.2, 0.1, 0.3], "fine")
    headers, columns = plot.as_table()
    assert headers[:2] == ["train: update", "train: mean loss"]
    assert headers[-2] == "batches: update"
    assert np.array_equal(columns[1], TRAIN)
    window = plot.open_table()
    qtbot.addWidget(window)
    assert window.model.data(window.model.index(3, 1)) == repr(float(TRAIN[3]))
    assert window.model.data(window.model.index(10, 4)) is None


def test_metric_shows_percentages(qtbot):
    made = loop_curves.metric_plot()
    qtbot.addWidget(made)
    made.set_series("train", X, 1.0 - TRAIN, "train")
    assert made.header.legend_text() == f"train {100 * (1 - TRAIN[-1]):.1f}\u202f%"
    low, high = made.box.viewRange()[1]
    assert low <= 0.25
    assert high == pytest.approx(1.005)


def test_wrong_shapes_are_refused(plot):
    with pytest.raises(ValueError, match="train"):
        plot.set_series("train", [0, 1], [0.0], "train")


def test_theme_changes_the_pens(plot):
    fill(plot)
    plot.set_theme(theme.DARK)
    assert plot._items["train"].opts["pen"].color() == QColor(theme.DARK.text)
    assert plot.grab().toImage().pixelColor(1, 60) == QColor(theme.DARK.panel)


def test_thinning_keeps_extremes_ends_and_gaps():
    rng = np.random.default_rng(1)
    x, y = np.arange(50_001.0), rng.normal(size=50_001)
    y[1234], y[43210] = 99.0, -99.0
    tx, ty = thin(x, y)
    assert len(tx) <= 1300
    assert ty.max() == 99.0
    assert ty.min() == -99.0
    assert tx[0] <= 100
    assert tx[-1] == 50_000.0
    assert (np.diff(tx) > 0).all()
    y[7000] = np.nan
    assert np.isnan(thin(x, y)[1]).sum() >= 1
    assert thin(x[:100], y[:100])[0] is not None
    assert len(thin(x[:100], y[:100])[0]) == 100


def test_range_rules():
    line = [Series.of("train", "train", [0, 1], [0.2, 3.9])]
    assert ranges.y_range(line, None) == (0.0, 4.0)
    assert ranges.y_range(line, (0.0, 5.0)) == (0.0, 5.0)
    assert ranges.y_range([], None) == (0.0, 1.0)
    flat = [Series.of("train", "train", [0, 1], [2.0, 2.0])]
    low, high = ranges.y_range(flat, None)
    assert low <= 2.0 < high
    wild = [Series.of("b", "fine", np.arange(100), np.append(np.ones(99), 1e9))]
    assert ranges.y_range(wild, None)[1] < 10.0
    assert ranges.x_range(0.0, None) == (0.0, pytest.approx(11.0, abs=2.0))


def test_a_loss_beyond_all_numbers_is_no_fault(qtbot):
    view = LossCurveView()
    qtbot.addWidget(view)
    x = np.linspace(-1e300, 1e300, 9)
    with np.errstate(over="ignore"):
        view.set_curve(x, x**2)
    view.set_curve(np.linspace(-2.0, 2.0, 9), np.array([0.0, 1e308, *[1.0] * 7]))
    view.set_sample(1e300, 1e308)
    assert np.isfinite(view.box.viewRange()).all()


def test_level_lines_can_come_later(plot) -> None:
    fill(plot)
    plot.set_guides([(0.3, "the floor")])
    assert plot._overlay.marks.guides == [(0.3, "the floor")]
    plot.set_log_y(True)
    assert plot._overlay.marks.guides == [(np.log10(0.3), "the floor")]
    plot.set_guides([])
    assert plot._overlay.marks.guides == []
