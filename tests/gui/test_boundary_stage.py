"""The plane while the loop is stepped: who is in the batch, what each costs, who comes next."""

from __future__ import annotations

import numpy as np
import pytest

from core.stages import Stage
from mlloop_gui.plots.boundary import BoundaryPlot
from mlloop_gui.plots.stage_marks import LARGEST, LIVE, StageMarks
from mlloop_gui.views.boundary_view import BoundaryView
from tests.gui.helpers import Opener, Player, small


def view_of(player: Player) -> BoundaryView:
    found = player.window.findChildren(BoundaryView)
    assert len(found) == 1
    return found[0]


def marks_of(player: Player) -> StageMarks:
    return view_of(player).plot._marks


def test_areas_are_as_the_losses() -> None:
    marks = StageMarks("", np.array([7, 3, 9]), np.array([7, 3, 9]), np.array([0.5, 2.0, np.inf]))
    rows, radii = marks.radii(np.array([1, 3, 7, 9]))
    assert rows.tolist() == [1, 2, 3]
    assert radii[0] == LARGEST
    assert radii[1] ** 2 / radii[0] ** 2 == pytest.approx(0.5 / 2.0)
    assert radii[2] == LARGEST  # what is not finite is as large as a ring can be
    assert marks.rows(np.array([1, 3, 7, 9])).tolist() == [1, 2, 3]
    assert LIVE.rows(np.array([1])) is None


def test_a_turn_step_by_step(open_window: Opener) -> None:
    player = open_window(small(optimizer={"batch_size": 6}))
    plot = view_of(player).plot
    assert marks_of(player) is LIVE
    for number in range(1, 8):
        frame = player.stages(1)
        rows, marks = frame.record.rows, marks_of(player)
        assert marks.emphasised.tolist() == rows.tolist()
        if number == Stage.LOSS:
            assert marks.ringed.tolist() == rows.tolist()
            assert marks.losses.tolist() == frame.record.price.tolist()
            assert "ring area: loss, up to" in plot.accessibleDescription()
            assert "loss" in plot.header.legend_text()
        else:
            assert not len(marks.ringed)
            assert f"batch of turn {frame.turn}" in plot.accessibleDescription()
        player.window.grab()
    frame = player.stages(1)
    assert marks_of(player).emphasised is None
    assert marks_of(player).outlined.tolist() == frame.record.next_rows.tolist()
    assert "next batch" in plot.header.legend_text()
    following = player.stages(1).record.rows
    assert following.tolist() == frame.record.next_rows.tolist()


def test_at_stage_9_validation_stands_out(open_window: Opener) -> None:
    player = open_window(small(optimizer={"batch_size": 500}))
    frame = player.stages(9)
    while frame.position.stage is not Stage.EVALUATE:
        frame = player.stages(1)
    marks = marks_of(player)
    assert marks.emphasised.tolist() == frame.problem.rows("validation").tolist()
    player.window.grab()


def test_running_and_resting_are_live(open_window: Opener) -> None:
    player = open_window(small())
    player.stages(4)
    assert len(marks_of(player).ringed)
    player.session.set_speed(0)
    player.do("run", 50)
    player.until(lambda: player.state == "paused" and player.frame.turn >= 50)
    assert marks_of(player) is LIVE
    assert "batch of turn" not in view_of(player).plot.accessibleDescription()
    player.stages(1)
    assert marks_of(player).emphasised is not None


def test_the_others_go_pale_and_lose_their_crosses(qtbot) -> None:
    plot = BoundaryPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 340)
    plot.set_classes(["a", "b"])
    xy = np.array([[-0.5, -0.5], [0.5, 0.5]])
    plot.set_points(xy, [0, 1], [0, 0], [True, True], [10, 11])
    plot.show()

    def ink(row: int) -> float:
        """How far the darkest pixel near a sample is from the ground."""
        at = plot.to_pixel(*xy[row]).toPoint()
        image = plot.grab().toImage()
        ground = plot.palette().window().color().lightness()
        near = [(at.x() + i, at.y() + j) for i in range(-4, 5) for j in range(-4, 5)]
        return max(abs(image.pixelColor(*place).lightness() - ground) for place in near)

    alike = [ink(0), ink(1)]
    plot.set_marks(StageMarks("x", np.array([10])))
    assert ink(0) == pytest.approx(alike[0], abs=12)
    assert ink(1) < 0.6 * alike[1]
    plot.set_marks(LIVE)
    assert ink(1) == alike[1]
