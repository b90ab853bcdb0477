"""The landscape tab: asked for, computed elsewhere, drawn, read out, pale once the run goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from core.landscape import Surface, survey
from core.network.layout import Layout
from core.stages import StepSize
from mlloop_gui import theme
from mlloop_gui.plots import numbers
from mlloop_gui.plots.gauge import Gauge
from mlloop_gui.plots.landscape import LandscapePicture
from mlloop_gui.plots.levels import Levels, enlarged
from mlloop_gui.plots.loss_map import LossMap, as_map
from mlloop_gui.views import landscape_view
from mlloop_gui.views.landscape_controls import ParameterBox
from mlloop_gui.views.landscape_view import LandscapeView
from tests.gui.helpers import SessionPlayer, small


def bowl(points: int = 21, scale: float = 1.0) -> LossMap:
    """x² + 2 y² round (0, 0), and a way from (−1, 1) to the middle."""
    axis = np.linspace(-2.0, 2.0, points)
    x, y = np.meshgrid(axis, axis)
    way = [[-1.0, 1.0], [-0.5, 0.2], [0.0, 0.0]]
    losses = scale * (x**2 + 2.0 * y**2)
    return as_map(
        axis, axis, losses, ("weight_0[0,0]", "bias_0[3]"), (0.0, 0.0, 0.0), [0, 5, 9], way
    )


# -- levels ----------------------------------------------------------------------------------------


def test_levels_are_round_numbers_within_the_map() -> None:
    narrow = Levels.of(np.array([[0.5, 0.8], [1.1, np.nan]]))
    assert not narrow.log
    assert narrow.values == pytest.approx(np.arange(11, 22) * 0.05)
    assert narrow.texts()[0] == "0.55"
    wide = Levels.of(np.array([0.09, 30.0, np.inf]))
    assert wide.log
    assert wide.values == pytest.approx((0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0))
    assert wide.texts() == ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20"]
    huge = Levels.of(np.array([0.0, 1e250]))
    assert 4 <= len(huge.values) <= 13
    assert huge.texts()[-1] == "10²⁴⁹"
    for flat in (np.full((2, 2), 0.3), np.full((2, 2), np.nan)):
        assert Levels.of(flat).values == ()


def test_where_a_loss_lies_on_the_scale() -> None:
    levels = Levels((1.0, 2.0, 4.0))
    assert [levels.place(v) for v in (0.3, 1.5, 3.0, 9.0)] == [0.5, 1.5, 2.5, 3.5]
    assert levels.place(float("inf")) == 4.0
    assert Levels((1.0, 100.0), True, 0.1).place(10.0) == pytest.approx(1.5)


def test_a_map_is_enlarged_from_rim_to_rim() -> None:
    field = np.array([[0.0, 1.0], [2.0, 3.0]])
    found = enlarged(field, 2, 4)
    np.testing.assert_allclose(found[0], 0.25 * 2 + np.array([0.125, 0.375, 0.625, 0.875]))
    np.testing.assert_allclose(found[1] - found[0], 1.0)
    assert enlarged(np.array([[7.0]]), 3, 3).tolist() == [[7.0] * 3] * 3


# -- the picture -----------------------------------------------------------------------------------


@pytest.fixture
def picture(qtbot) -> LandscapePicture:
    made = LandscapePicture()
    qtbot.addWidget(made)
    made.resize(620, 200)
    made.show()
    qtbot.waitExposed(made)
    return made


def color_at(picture: LandscapePicture, x: float, y: float) -> QColor:
    return QColor(picture.grab().toImage().pixel(picture.to_pixel(x, y).toPoint()))


def test_the_deep_is_pale_and_the_right_way_up(picture) -> None:
    shown = bowl()
    losses = shown.losses + 3.0 * shown.y[:, None] + 5.0
    tilted = as_map(shown.x, shown.y, losses, shown.names, (0.0, 0.0, 5.0))
    picture.set_map(tilted)
    low, high = color_at(picture, 0.9, -1.0), color_at(picture, 0.9, 1.6)
    assert low.lightness() > high.lightness() + 20
    picture.set_theme(theme.DARK)
    low, high = color_at(picture, 0.9, -1.0), color_at(picture, 0.9, 1.6)
    assert low.lightness() < high.lightness() - 20


def test_the_cursor_reads_out_the_loss(picture, qtbot) -> None:
    picture.set_map(bowl(41))
    qtbot.mouseMove(picture, picture.to_pixel(1.0, 1.0).toPoint() + QPoint(3, 3))
    qtbot.mouseMove(picture, picture.to_pixel(1.0, 1.0).toPoint())
    words = picture.readout()
    assert words.startswith("weight_0[0,0] ")
    assert float(words.rsplit(" ", 1)[1]) == pytest.approx(3.0, abs=0.1)
    assert picture.accessibleDescription() == words
    qtbot.mouseMove(picture, picture.to_pixel(-0.5, 0.2).toPoint())
    assert picture.readout().startswith("update 5, ")
    qtbot.mouseMove(picture, QPoint(5, 5))
    assert picture.readout() == ""


def test_the_loss_between_the_places_is_linear() -> None:
    shown = bowl(5)
    assert shown.at(1.0, -1.0) == 3.0
    assert shown.at(0.5, -1.0) == pytest.approx(2.5)
    assert shown.at(2.0, 2.0) == 12.0


def test_the_arrow_keys_read_out_too(picture, qtbot) -> None:
    picture.set_map(bowl(21))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(picture, key)
    # Steps of 0.2 from the middle: 0.4² + 2 × 0.2².
    assert picture.readout() == f"weight_0[0,0] 0.400, bias_0[3] {numbers.MINUS}0.200: loss 0.240"
    for _ in range(30):
        qtbot.keyClick(picture, Qt.Key.Key_Up)
    assert "bias_0[3] 2.00" in picture.readout()
    qtbot.keyClick(picture, Qt.Key.Key_Escape)
    assert picture.readout() == ""


def test_what_it_says_and_its_table(picture, qtbot) -> None:
    assert picture.describe() == "Nothing has been drawn yet."
    picture.set_state("2 of 17 directions", "of update 9", False)
    picture.set_map(bowl())
    said = picture.accessibleDescription()
    assert said.startswith("2 of 17 directions of update 9. Across: weight_0[0,0], −2.00 to 2.00.")
    assert "from 0 to 12.0; here it is 0." in said
    assert "from update 0 to 9" in said
    window = picture.open_table()
    qtbot.addWidget(window)
    headers, columns = picture.as_table()
    assert headers[:4] == ["weight_0[0,0]", "bias_0[3]", "loss", "update"]
    assert [float(column[0]) for column in columns] == [-2.0, -2.0, 12.0, 0.0, -1.0, 1.0]
    assert window.model.rowCount() == 21 * 21


def test_losses_that_are_not_finite_are_hatched(picture) -> None:
    shown = bowl()
    losses = shown.losses.copy()
    losses[:, 15:] = np.inf
    losses[:, 18:] = np.nan
    picture.set_map(as_map(shown.x, shown.y, losses, shown.names, (0.0, 0.0, 0.0)))
    image, at = picture.grab().toImage(), picture.to_pixel(1.6, -0.5).toPoint()
    colors = {QColor(image.pixel(at + QPoint(k, 0))).name() for k in range(12)}
    assert len(colors) == 2
    assert "At 126 places it is not finite" in picture.describe()
    for every in (np.full_like(losses, np.nan), np.full_like(losses, 1e300), 1e-300 * losses):
        picture.set_map(as_map(shown.x, shown.y, every, shown.names, (0.0, 0.0, np.nan)))
        assert not picture.grab().isNull()


def test_a_way_far_outside_does_no_harm(picture) -> None:
    shown = bowl()
    way = [[1e300, -1e300], [np.nan, 0.0], [0.0, 0.0]]
    picture.set_map(as_map(shown.x, shown.y, shown.losses, shown.names, (0, 0, 0), [0, 1, 2], way))
    assert not picture.grab().isNull()
    assert picture._nearest(picture.to_pixel(0.0, 0.0)) == 2


# -- the gauge -------------------------------------------------------------------------------------


def test_the_gauge_says_on_which_side_of_the_line_it_is(qtbot) -> None:
    gauge = Gauge("rate times curvature", 2.0)
    qtbot.addWidget(gauge)
    gauge.resize(240, gauge.sizeHint().height())
    gauge.show()
    assert gauge.accessibleDescription() == "No number yet."
    empty = gauge.grab().toImage()
    gauge.set_value(1.5)
    assert gauge.accessibleDescription() == "1.50, under the line at 2."
    assert gauge.grab().toImage() != empty
    gauge.set_value(2.0, ("momentum", 3.8))
    assert gauge.accessibleDescription() == "2.00, at or over the line at 2."
    assert gauge.as_table()[1] == [[2.0], [2.0], [3.8]]
    assert gauge.tip(QPointF(0, 0)) == "2.0"
    for value in (-3.0, 1e9, float("inf")):
        gauge.set_value(value)
        assert not gauge.grab().isNull()


# -- the controls ----------------------------------------------------------------------------------


def test_a_parameter_is_typed_by_its_name_or_stepped_to(qtbot) -> None:
    box = ParameterBox()
    qtbot.addWidget(box)
    box.set_layout(Layout((2, 4, 1)))
    box.show()
    assert box.text() == "weight_0[0,0]"
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.text() == "weight_0[0,1]"
    box.selectAll()
    qtbot.keyClicks(box, "bias_0[3]")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 11
    box.selectAll()
    qtbot.keyClicks(box, "bias_7[3]")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.value(), box.text()) == (11, "bias_0[3]"), "there is no such parameter"
    box.setValue(3)
    box.set_layout(Layout((2, 3, 1)))
    box.set_layout(Layout((4, 2, 1)))  # with as many parameters
    assert box.text() == "weight_0[1,1]", "the same place, another name"
    box.set_layout(Layout((1, 1)))
    assert box.maximum() == 1
    assert box.text() in ("weight_0[0,0]", "bias_0[0]")


# -- the tab ---------------------------------------------------------------------------------------


class Tab:
    """A person at the tab."""

    def __init__(self, qtbot: Any, player: SessionPlayer) -> None:
        self.qtbot, self.player, self.session = qtbot, player, player.session
        self.view = LandscapeView(player.session)
        self.view.resize(1180, 220)
        self.view.show()
        qtbot.waitExposed(self.view)
        player.settle()

    def choose(self, kind: str) -> None:
        box = self.view.controls.kind
        box.setCurrentIndex(box.findData(kind))

    def draw(self) -> None:
        """Presses the button and waits for the picture."""
        before = self.view._found
        self.qtbot.mouseClick(self.view.controls.draw_button, Qt.MouseButton.LeftButton)
        self.player.until(lambda: self.view._found is not before)

    def update(self) -> None:
        self.session.step(StepSize.UPDATE)
        self.player.settle()

    @property
    def said(self) -> str:
        return self.view.controls.status.text()


@pytest.fixture
def tab(qtbot, open_session) -> Iterator[Tab]:
    made = Tab(qtbot, open_session(small()))
    yield made
    made.view.close()
    made.view.deleteLater()


def test_nothing_is_computed_until_asked_for(tab, monkeypatch) -> None:
    monkeypatch.setattr(landscape_view, "survey", lambda *_: pytest.fail("not asked for"))
    tab.update()
    tab.update()
    assert not tab.view.working
    assert not tab.session.jobs.busy
    assert tab.view.picture.loss_map() is None
    assert "depends on every parameter" in tab.view.picture.describe()
    assert tab.view.product.text() == "not measured yet"


def test_the_exact_slice_of_the_moment_on_screen(tab) -> None:
    for _ in range(3):
        tab.update()
    tab.draw()
    frame = tab.player.frame
    seen = tab.view.picture.loss_map()
    assert seen is not None
    # 2-3-1: the first weight of each input, 13 parameters.
    assert seen.names == ("weight_0[0,0]", "weight_0[1,0]")
    assert seen.here[:2] == (frame.theta[0], frame.theta[3])
    surface = Surface(frame.problem, frame.layout, frame.settings)
    corner = frame.theta.copy()
    corner[[0, 3]] = seen.x[0], seen.y[-1]
    assert seen.losses[-1, 0] == pytest.approx(surface.at(corner), rel=1e-12)
    assert seen.here[2] == pytest.approx(surface.at(frame.theta), abs=1e-12)
    assert seen.updates[0] == 0
    assert seen.updates[-1] == 3
    np.testing.assert_allclose(seen.places[-1], [frame.theta[0], frame.theta[3]])
    head = tab.view.picture.head()
    assert head.startswith("2 of 13 directions of update 3 · 30 samples")
    assert tab.said == ""


def test_each_kind_of_plane(tab) -> None:
    for _ in range(4):
        tab.update()
    for kind, name in (
        ("random", "random direction 1"),
        ("trajectory", "direction 1, "),
        ("parameters", "weight_0[0,0]"),
    ):
        tab.choose(kind)
        tab.draw()
        seen = tab.view.picture.loss_map()
        assert seen is not None
        assert seen.names[0].startswith(name)
        assert seen.losses.shape == (41, 41)
        assert len(seen.updates) >= 3
        assert not tab.view.grab().isNull()


def test_a_picture_of_the_past_is_pale_and_says_so(tab) -> None:
    tab.update()
    tab.draw()
    assert not tab.view.picture.pale
    tab.session.step(StepSize.STAGE)
    tab.player.settle()
    assert not tab.view.picture.pale, "stage 1 moves nothing"
    tab.update()
    assert tab.view.picture.pale
    assert "of update 1 (now at 2)" in tab.view.picture.head()
    assert tab.view.product.toolTip() == "At update 1"
    tab.player.do("go_to", 1)
    assert not tab.view.picture.pale


def test_another_loss_makes_it_pale_and_another_rate_moves_the_gauge(tab) -> None:
    tab.update()
    tab.draw()
    before = tab.view.gauge.value()
    assert before == pytest.approx(0.3 * tab.view._found.sharpness.eigenvalue)
    tab.player.set(optimizer__learning_rate=0.6)
    assert tab.view.gauge.value() == pytest.approx(2.0 * before)
    assert not tab.view.picture.pale
    tab.player.set(optimizer__learning_rate=30.0)
    assert tab.view.sentence.text().startswith("Unstable")
    tab.player.set(loss__l2=0.5)
    assert tab.view.picture.pale


def test_an_edited_weight_makes_it_pale(tab) -> None:
    tab.update()
    tab.draw()
    tab.player.do("edit_parameter", "weight_0[0,1]", 1.5)
    assert tab.player.frame.position.update == 1
    assert tab.view.picture.pale


def test_a_new_run_begins_without_a_picture(tab) -> None:
    tab.update()
    tab.draw()
    tab.player.set(model__hidden=[2, 2])
    assert tab.view.picture.loss_map() is None
    assert tab.view.controls.first.maximum() == tab.player.frame.parameters - 1
    tab.draw()
    assert tab.view.picture.head().startswith("2 of 15 directions of update 0")


def test_auto_draws_whenever_the_run_stands_still_elsewhere(tab) -> None:
    tab.qtbot.keyClick(tab.view.controls.auto, Qt.Key.Key_Space)
    tab.player.until(lambda: tab.view._drawn is not None)
    tab.session.step(StepSize.UPDATE)
    tab.player.until(lambda: tab.view._drawn.update == 1 and not tab.view.working)
    tab.choose("random")
    tab.player.until(lambda: tab.view._drawn.choice.kind == "random" and not tab.view.working)
    tab.view.hide()
    tab.update()
    assert not tab.view.working, "nothing is computed out of sight"
    tab.view.show()
    tab.player.until(lambda: tab.view._drawn.update == 2 and not tab.view.working)


def test_the_runs_way_is_asked_for_only_in_sight(tab) -> None:
    assert tab.session.view.trajectory
    tab.view.hide()
    assert not tab.session.view.trajectory
    tab.view.show()
    assert tab.session.view.trajectory


def test_what_cannot_be_drawn_is_said(tab) -> None:
    tab.choose("trajectory")
    tab.view.controls.draw_button.click()
    tab.player.until(lambda: "has not moved" in tab.said)
    assert tab.view.controls.draw_button.isEnabled()
    tab.choose("parameters")
    tab.view.controls.second.setValue(0)
    tab.view.controls.draw_button.click()
    tab.player.until(lambda: "must differ" in tab.said)
    assert tab.view.picture.loss_map() is None


class Held:
    """A survey that goes on until it is cancelled or let go."""

    def __init__(self) -> None:
        self.go, self.threads = threading.Event(), []

    def __call__(self, request: Any, progress: Any) -> Any:
        self.threads.append(threading.current_thread())
        progress(0.25)
        while not self.go.wait(0.002):
            progress(0.25)
        return survey(request, progress)


@pytest.fixture
def held(monkeypatch) -> Iterator[Held]:
    made = Held()
    monkeypatch.setattr(landscape_view, "survey", made)
    yield made
    made.go.set()


def test_progress_and_cancel(tab, held) -> None:
    controls = tab.view.controls
    controls.draw_button.setFocus()
    tab.qtbot.keyClick(controls.draw_button, Qt.Key.Key_Space)
    tab.player.until(lambda: controls.progress.value() == 25)
    assert held.threads[0] is not threading.main_thread()
    assert controls.progress.isVisible()
    assert not controls.draw_button.isEnabled()
    tab.qtbot.keyClick(controls.cancel_button, Qt.Key.Key_Space)
    assert tab.said == "Cancelled."
    assert not tab.session.jobs.busy
    assert not tab.view.working
    assert not controls.progress.isVisible()
    assert controls.draw_button.isEnabled()
    held.go.set()
    tab.draw()
    assert tab.view.picture.loss_map() is not None


def test_a_new_run_gives_up_what_is_being_computed(tab, held) -> None:
    tab.view.controls.draw_button.click()
    tab.player.until(lambda: held.threads)
    tab.player.set(model__hidden=[2])
    assert not tab.view.working
    assert not tab.session.jobs.busy
    held.go.set()
    tab.draw()
    assert tab.view.picture.head().startswith("2 of 9 directions")


def test_another_job_takes_its_place(tab, held) -> None:
    tab.view.controls.draw_button.click()
    tab.player.until(lambda: held.threads)
    done: list[int] = []
    held.go.clear()
    tab.session.jobs.start(lambda progress: 7, done.append, pytest.fail)
    assert tab.said.startswith("Given up")
    assert not tab.view.working
    tab.player.until(lambda: done == [7])


def test_a_table_that_is_loaded_takes_its_place(tab, held, tmp_path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b,c\n" + "".join(f"{k},{k * k % 7},{k % 2}\n" for k in range(40)))
    tab.view.controls.draw_button.click()
    tab.player.until(lambda: held.threads)
    tab.session.choose_source("csv", path=str(path), target="c")
    assert tab.said == "Given up, for a table is being loaded."
    tab.qtbot.mouseClick(tab.view.controls.draw_button, Qt.MouseButton.LeftButton)
    assert "being loaded" in tab.said
    assert not tab.view.working
    tab.player.settle()


def test_every_control_has_a_name_a_tip_and_the_keyboards_focus(tab) -> None:
    controls = tab.view.controls
    for widget in (
        controls.kind, controls.first, controls.second, controls.seed, controls.reach,
        controls.points, controls.draw_button, controls.auto, controls.cancel_button,
    ):  # fmt: skip
        assert widget.objectName().startswith("landscape.")
        assert widget.accessibleName()
        assert widget.toolTip()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("size", [(900, 170), (1180, 220), (1180, 420)])
def test_nothing_is_cut_off(tab, size) -> None:
    tab.update()
    tab.draw()
    tab.view.resize(*size)
    tab.view.set_theme(theme.DARK)
    tab.view.grab()
    room = tab.view.rect()
    for part in (tab.view.controls.draw_button, tab.view.controls.status, tab.view.gauge):
        corner = part.mapTo(tab.view, part.rect().bottomRight())
        assert room.contains(corner), part.objectName()
    words = tab.view.sentence
    assert words.heightForWidth(words.width()) <= words.height()
    area = tab.view.picture.plot_rect()
    assert area.height() > 80
    assert area.right() < tab.view.picture.width()
