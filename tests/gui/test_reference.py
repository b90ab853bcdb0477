"""What a run is held against: the best that there can be, twins, labels known to be false."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget

from core.evaluation.bayes import bayes_reference
from core.experiment import Experiment
from core.stages import Stage
from mlloop_gui.main_window import MainWindow
from mlloop_gui.plots import geometry
from tests.gui.helpers import Opener

WAIT = 20_000


@pytest.fixture
def opened(open_window: Opener) -> Callable[..., MainWindow]:
    """Opens the window on a source."""

    def opened(source: str = "circle", **values: object) -> MainWindow:
        experiment = Experiment().with_source(source)[0]
        return open_window(experiment.replace_many(values) if values else experiment).window

    return opened


def best_button(window) -> QPushButton:
    return window.findChild(QPushButton, "best_possible")


def test_nothing_is_worked_out_before_somebody_looks(opened) -> None:
    window = opened()
    assert window.session.reference.found is None
    assert not window.session.jobs.busy
    assert not best_button(window).isChecked()


def test_the_button_draws_the_best_line_dashed_and_takes_it_away(qtbot, opened) -> None:
    window = opened()
    button, layer = best_button(window), window.boundary._best_lines
    assert layer.shown == 0
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: layer.shown > 50, timeout=WAIT)
    x, y = window.session.reference.found.lines
    whole = np.isfinite(x)
    # The best line between the disc and the ring is a circle about the middle.
    radius = np.hypot(x[whole], y[whole])
    assert np.ptp(radius) < 0.02
    assert 0.5 < radius.mean() < 0.7
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert layer.shown == 0


def test_another_run_has_another_reference(qtbot, opened) -> None:
    window = opened()
    session = window.session
    best_button(window).setChecked(True)
    qtbot.waitUntil(lambda: session.reference.found is not None, timeout=WAIT)
    first = session.reference.found
    assert first.headline == bayes_reference(session.experiment.data).accuracy
    session.set("data.noise", 0.3)
    qtbot.waitUntil(
        lambda: (
            session.reference.found not in (None, first)
            and session.frame.settings.data.noise == 0.3
        ),
        timeout=WAIT,
    )
    assert session.reference.found.headline < first.headline
    # Where the law is not known there is nothing to draw, and no button.
    session.choose_source("iris")
    qtbot.waitUntil(lambda: session.frame.problem.dataset.name == "iris", timeout=WAIT)
    assert best_button(window).isHidden()
    assert window.boundary._best_lines.shown == 0


def test_a_curve_has_a_best_curve(qtbot, opened) -> None:
    window = opened("sine")
    best_button(window).setChecked(True)
    qtbot.waitUntil(lambda: window.session.reference.found is not None, timeout=WAIT)
    x, y = window.session.reference.found.lines
    assert np.allclose(y, np.sin(2 * np.pi * x), atol=1e-12)
    assert window.boundary._best_lines.shown == len(x)


def test_stage_9_tells_of_it_and_the_curves_have_its_level(qtbot, opened) -> None:
    window = opened(**{"data.label_noise": 0.2})
    session = window.session
    session.inspect(Stage.EVALUATE)
    page = window.inspectors.page
    qtbot.waitUntil(lambda: session.reference.found is not None, timeout=WAIT)
    qtbot.waitUntil(lambda: "best possible" in page.gap.describe(), timeout=WAIT)
    assert "lost to false labels: 19.8" in page.gap.describe()
    best = session.reference.found.headline
    assert 0.75 < best < 0.81
    assert window.curves.quality._guides == ((best, "best possible"),)
    false = int(page.gap.text_of("false labels learned").split(" of ")[1])
    rows, dataset = session.problem.parts.train, session.problem.dataset
    assert false == np.count_nonzero(dataset.target[rows] != dataset.true_target[rows])


@pytest.mark.parametrize("closed", [True, False])
def test_segments_join_into_lines(closed: bool) -> None:
    around = np.linspace(0.0, 2 * np.pi, 41)[: None if closed else -6]
    points = np.column_stack([np.cos(around), np.sin(around)])
    segments = np.column_stack([points[:-1], points[1:]])
    rng = np.random.default_rng(1)
    flip = rng.random(len(segments)) < 0.5
    segments[flip] = segments[flip][:, [2, 3, 0, 1]]
    lines = geometry.chains(segments[rng.permutation(len(segments))])
    assert len(lines) == 1
    assert len(lines[0]) == len(points)
    steps = np.hypot(*np.diff(lines[0], axis=0).T)
    assert np.allclose(steps, steps[0], atol=1e-3)


def test_lines_end_where_three_meet() -> None:
    arms = np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, -1, -1], [1, 0, 2, 0]], float)
    lines = geometry.chains(arms)
    assert sorted(len(line) for line in lines) == [2, 2, 3]
    assert geometry.chains(np.empty((0, 4))) == []


def test_the_button_is_named_and_told(opened) -> None:
    button = best_button(opened())
    assert button.accessibleName() == "Best possible"
    assert "new data" in button.toolTip()
    assert isinstance(button, QWidget)
