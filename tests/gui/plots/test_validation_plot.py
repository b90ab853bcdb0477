"""The validation plot: fits, means, bands and ends where they belong; read out, told, chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from mlloop_gui import theme
from mlloop_gui.plots import spread_layer
from mlloop_gui.plots.spread import Part, Spread
from mlloop_gui.plots.validation_plot import PlacesAxis, ValidationPlot
from mlloop_gui.style_sheet import mix

BAND = mix(theme.LIGHT.text, theme.LIGHT.panel, 0.84)


def part(*rows: list[float]) -> Part:
    """Scores with a standard error of 0.02 and an interval of 0.05 to each side."""
    scores = np.array(rows)
    mean = scores.mean(axis=1)
    wide = np.full(len(mean), 0.05)
    return Part(scores, mean, np.full(len(mean), 0.02), mean - wide, mean + wide)


def folds() -> Spread:
    """Three folds, twice."""
    train = part([0.1, 0.12, 0.08, 0.1, 0.1, 0.1])
    validation = part([0.2, 0.35, 0.25, 0.3, 0.3, 0.4])
    return Spread("folds", np.zeros(1), "", "Loss", train, validation, folds=3)


def curve(**changed) -> Spread:
    """A setting at 0, 0.01, 0.1 and 1; two fits at each."""
    train = part([0.1, 0.3], [0.1, 0.2], [0.2, 0.2], [0.5, 0.6])
    validation = part([0.3, 0.5], [0.2, 0.4], [0.3, 0.3], [0.7, 0.8])
    made = Spread(
        "setting", np.array([0.0, 0.01, 0.1, 1.0]), "L2 penalty", "Loss", train, validation,
        log=True, now=0.1, folds=2,
    )  # fmt: skip
    return replace(made, **changed)


@pytest.fixture
def plot(qtbot) -> ValidationPlot:
    made = ValidationPlot()
    qtbot.addWidget(made)
    made.resize(620, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


def color_at(plot: ValidationPlot, x: float, y: float, across: float = 0.0) -> QColor:
    """The colour so many pixels right of a place of the data."""
    at = plot.to_pixel(x, y) + QPointF(across, 0.0)
    return QColor(plot.grab().toImage().pixel(at.toPoint()))


def test_an_empty_one_says_what_to_do(plot) -> None:
    assert plot.accessibleName() == "Validation"
    plot.set_state("Validation", "", False, "One split may be lucky.")
    assert plot.accessibleDescription() == "One split may be lucky."
    assert plot.as_table() == (["score"], [[]])
    empty = plot.grab().toImage()
    plot.set_state("Validation", "", False, "")
    assert plot.grab().toImage() != empty
    plot.set_spread(folds())
    plot.set_spread(None)
    plot.hover(plot.to_pixel(0.5, 0.5))
    assert plot.readout() == ""


def test_folds_stand_side_by_side_with_their_mean_behind(plot) -> None:
    plot.set_spread(folds())
    ink, paper = QColor(theme.LIGHT.text), QColor(theme.LIGHT.panel)
    aside = spread_layer._ASIDE
    for fit, (train, validation) in enumerate(
        zip(folds().train.scores[0], folds().validation.scores[0], strict=True), 1
    ):
        assert color_at(plot, fit, train, -aside) == ink, "train is filled"
        assert color_at(plot, fit, validation, aside) == paper, "validation is hollow"
    # The mean of the validation folds is 0.3 with a standard error of 0.02; its band is there.
    assert color_at(plot, 1.5, 0.312) == QColor(BAND)
    assert color_at(plot, 1.5, 0.288) == QColor(BAND)
    assert color_at(plot, 1.5, 0.33) == paper
    # The interval reaches farther, at the mean alone.
    muted = QColor(theme.LIGHT.muted)
    mean = 6.0 + spread_layer.MEAN_AT
    at = plot.to_pixel(mean, 0.335) + QPointF(aside, 0.0)
    image = plot.grab().toImage()
    near = [QColor(image.pixel(at.toPoint() + QPoint(k, 0))) for k in (-1, 0, 1)]
    darkest = min(near, key=lambda color: color.lightness())
    assert abs(darkest.lightness() - muted.lightness()) < 60


def test_folds_are_read_out_and_told(plot) -> None:
    plot.set_spread(folds())
    plot.hover(plot.to_pixel(2.1, 0.2))
    assert plot.readout() == "fold 2, repetition 1: train 0.120, validation 0.350"
    plot.hover(plot.to_pixel(4.9, 0.2))
    assert plot.readout() == "fold 2, repetition 2: train 0.100, validation 0.300"
    mean = "mean: train 0.100 ± 0.0200, validation 0.300 ± 0.0200 (95 %: 0.250 to 0.350)"
    plot.hover(plot.to_pixel(7.0, 0.2))
    assert plot.readout() == mean
    assert plot.viewport().toolTip() == mean, "where the line above is too short"
    plot.unhover()
    assert plot.viewport().toolTip() == ""
    assert plot.readout() == ""
    assert plot.accessibleDescription() == f"Validation. 6 fits; {mean}."
    headers, columns = plot.as_table()
    assert headers == ["repetition", "fold", "train Loss", "validation Loss"]
    assert columns[0].tolist() == [1, 1, 1, 2, 2, 2]
    assert columns[1].tolist() == [1, 2, 3, 1, 2, 3]
    assert columns[3].tolist() == [0.2, 0.35, 0.25, 0.3, 0.3, 0.4]


def test_a_curve_has_its_places_on_a_scale_of_powers_and_0_before_them(plot) -> None:
    plot.set_spread(curve())
    assert curve().places().tolist() == pytest.approx([-2.75, -2.0, -1.0, 0.0])
    assert curve(log=False).places().tolist() == [0.0, 0.01, 0.1, 1.0]
    assert curve().place_texts() == ["0", "0.01", "0.1", "1"]
    shown = plot.x_axis.tickValues(*plot.box.viewRange()[0], 560.0)[0][1]
    assert plot.x_axis.tickStrings(shown, 1.0, 1.0) == ["0", "0.01", "0.1", "1"]
    # Half-way between two places, the band about the mean of the validation fits.
    assert color_at(plot, -1.5, 0.31) == QColor(BAND)
    assert color_at(plot, -1.5, 0.35) == QColor(theme.LIGHT.panel)
    image, solid = plot.grab().toImage(), True
    for x in np.linspace(-1.8, -1.2, 9):  # from 0.15 to 0.2
        at = plot.to_pixel(x, 0.15 + 0.05 * (x + 2.0)).toPoint()
        column = [QColor(image.pixel(at + QPoint(0, k))).lightness() for k in (-1, 0, 1)]
        solid = solid and min(column) < 160
    assert solid, "train is a solid line"


def test_the_present_value_is_marked_also_between_the_places(plot) -> None:
    accent = QColor(theme.LIGHT.accent)

    def marked(at: float) -> bool:
        image, where = plot.grab().toImage(), plot.to_pixel(at, 0.55).toPoint()
        beside = [QColor(image.pixel(where + QPoint(k, 0))) for k in (-1, 0, 1)]
        return any(color.hue() == pytest.approx(accent.hue(), abs=12) for color in beside)

    plot.set_spread(curve())
    assert marked(-1.0)
    assert "Now: 0.1." in plot.describe()
    plot.set_now(0.03)
    assert marked(np.log10(0.03))
    assert not marked(-1.0)
    plot.set_now(100.0)
    assert marked(2.0), "what lies beyond comes into view"
    plot.set_now(None)
    assert not marked(-1.0)
    assert "Now" not in plot.describe()


def test_a_place_is_chosen_by_a_click_or_by_keys(plot, qtbot) -> None:
    plot.set_spread(curve())
    with qtbot.waitSignal(plot.chosen) as chosen:
        at = plot.to_pixel(-1.9, 0.4).toPoint()
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [1]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(plot, key)
    assert plot.readout().startswith("L2 penalty 0.1: train 0.200 ± 0.0200, validation 0.300")
    assert plot.readout().endswith("click to take it")
    with qtbot.waitSignal(plot.chosen) as chosen:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert chosen.args == [2]
    for _ in range(9):
        qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.readout().startswith("L2 penalty 0: ")


@pytest.mark.parametrize("shown", [folds(), curve(kind="samples", now=None)])
def test_elsewhere_nothing_is_chosen(plot, qtbot, shown) -> None:
    plot.set_spread(shown)
    with qtbot.assertNotEmitted(plot.chosen):
        at = plot.to_pixel(float(shown.places()[1]), 0.3).toPoint()
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.keyClick(plot, Qt.Key.Key_Right)
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert plot.readout()
    assert "click" not in plot.readout()


def test_shares_are_told_in_percent(plot) -> None:
    plot.set_spread(replace(folds(), share=True))
    assert "validation 30.0\u202f% ± 2.0\u202f%" in plot.describe()
    low, high = plot.box.viewRange()[1]
    values = plot.y_axis.tickValues(low, high, 200.0)[0][1]
    assert plot.y_axis.tickStrings(values, 1.0, 0.1)[-1] == "50\u202f%"


def test_failed_fits_are_left_out_and_told(plot) -> None:
    nan = float("nan")
    scores = np.array([[0.2, nan, 0.4], [nan, nan, nan], [0.3, 0.3, 0.3]])
    mean = np.array([0.3, nan, 0.3])
    gone = Part(scores, mean, np.array([0.1, nan, 0.0]), mean - 0.2, mean + 0.2)
    spread = Spread(
        "setting", np.array([1.0, 2.0, 4.0]), "Batch size", "Loss", gone, gone, log=True, failed=4
    )
    plot.set_spread(spread)
    plot.hover(plot.to_pixel(np.log10(2.0), 0.3))
    assert plot.readout().startswith("Batch size 2: train –, validation –")
    assert plot.describe().endswith("Failed fits: 4.")
    # No line leads over the place that has none.
    middle = (np.log10(2.0) + np.log10(4.0)) / 2.0
    assert color_at(plot, middle, 0.3, 7.0) != QColor(theme.LIGHT.text)
    one = replace(
        spread, kind="folds", x=np.zeros(1), train=_row(gone, 0), validation=_row(gone, 0)
    )
    plot.set_spread(one)
    plot.hover(plot.to_pixel(2.0, 0.3))
    assert plot.readout() == "fold 2: no number"
    none = _row(gone, 1)
    plot.set_spread(replace(one, train=none, validation=none))
    assert not plot.grab().isNull()


def _row(part: Part, row: int) -> Part:
    kept = slice(row, row + 1)
    return Part(part.scores[kept], *(
        getattr(part, name)[kept] for name in ("mean", "error", "low", "high")
    ))  # fmt: skip


def test_scores_far_apart_stand_at_their_powers(plot) -> None:
    plot.set_spread(curve())
    assert not plot.y_axis.log
    far = part([0.001, 0.003], [0.1, 0.2], [0.2, 0.2], [500.0, 6000.0])
    plot.set_spread(curve(validation=far))
    assert plot.y_axis.log
    low, high = plot.box.viewRange()[1]
    assert low < np.log10(0.002)
    assert high > np.log10(6000.0)
    paper = QColor(theme.LIGHT.panel)
    aside = spread_layer._ASIDE
    assert color_at(plot, 0.0, np.log10(6000.0), aside) == paper, "a hollow dot"
    plot.set_spread(curve())
    assert not plot.y_axis.log


@pytest.mark.parametrize("value", [1e300, 1e-300, 0.0, -4.0])
def test_any_numbers_are_drawn(plot, value) -> None:
    rows = [[value, value]] * 4
    plot.set_spread(curve(train=part(*rows), validation=part(*rows)))
    plot.set_theme(theme.DARK)
    assert not plot.grab().isNull()
    assert plot.describe()


def test_what_belongs_to_other_settings_is_pale(plot) -> None:
    plot.set_spread(curve())
    strong = plot.grab().toImage()
    plot.set_state("Error", "of other settings", True)
    assert plot.pale
    assert plot.grab().toImage() != strong
    at = plot.to_pixel(-1.5, 0.31).toPoint()
    assert QColor(plot.grab().toImage().pixel(at)).lightness() > QColor(BAND).lightness()


@given(
    places=st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30, unique=True),
    size=st.floats(1.0, 2000.0),
)
def test_ticks_are_places_that_do_not_touch(places, size, qapp) -> None:
    places = sorted(places)
    axis = PlacesAxis()
    texts = [f"{value:.3g}" for value in places]
    axis.set_places(places, texts)
    low, high = places[0] - 1.0, places[-1] + 1.0
    kept = axis.tickValues(low, high, size)[0][1]
    assert kept[0] == places[0]
    assert set(kept) <= set(places)
    middles = [(value - low) / (high - low) * size for value in kept]
    widths = [theme.text_width(texts[places.index(value)], "small") for value in kept]
    for k in range(len(kept) - 1):
        assert middles[k + 1] - middles[k] >= (widths[k] + widths[k + 1]) / 2.0
