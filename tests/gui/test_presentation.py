"""The presentation: scenes by a clicker, large type, and the window back as it was."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from core.stages import Stage, StepSize
from mlloop_gui import theme as themes
from mlloop_gui.frames import RunState
from mlloop_gui.scenes import Scene
from mlloop_gui.views.presentation import LARGEST_SCALE, SCALE, SIZE
from mlloop_gui.views.presentation_pictures import KINDS
from mlloop_gui.views.presentation_texts import shortened
from tests.gui.helpers import Player, small

LEAST_PIXELS = 18


def scene(name: str, **values) -> Scene:
    """A small scene."""
    given = {
        "title": f"Title of {name}",
        "line": f"Line of {name}.",
        "experiment": small(seed=5),
        "update": 0,
        "stage": Stage.EVALUATE,
        "step_size": StepSize.STAGE,
        "picture": "boundary",
        "speed": 20.0,
    }
    return Scene(name, **{**given, **values})


SCENES = (
    scene("start"),
    scene("loss", stage=Stage.LOSS, picture="loss"),
    scene("later", update=7, stage=Stage.UPDATE, step_size=StepSize.UPDATE, picture="network"),
    scene("end", update=30, step_size=StepSize.EPOCH, picture="curves", speed=100.0),
)


@pytest.fixture
def present(open_window, monkeypatch):
    """Opens a window, has it make some updates, and begins the presentation."""
    monkeypatch.setattr("mlloop_gui.views.presentation.load_scenes", lambda: SCENES)

    def begin(updates: int = 4) -> Player:
        player = open_window(small())
        if updates:
            player.steps("update", updates)
        player.key(Qt.Key.Key_F5)
        return player

    return begin


def page_of(player: Player):
    return player.window.presenter.page


def at(player: Player) -> tuple[str, int, int]:
    """The scene's title, and where the run stands."""
    frame = player.settle()
    title = player.find("presentation.title", QLabel).text()
    return title, frame.position.update, int(frame.position.stage)


def test_a_clicker_walks_the_scenes(present) -> None:
    player = present()
    assert at(player) == ("Title of start", 0, 9)
    assert player.find("presentation.line", QLabel).text() == "Line of start."
    player.key(Qt.Key.Key_PageUp)
    assert at(player) == ("Title of start", 0, 9)
    player.key(Qt.Key.Key_PageDown)
    assert at(player) == ("Title of loss", 0, 4)
    player.key(Qt.Key.Key_PageDown)
    assert at(player) == ("Title of later", 8, 7)
    player.key(Qt.Key.Key_PageDown)
    assert at(player) == ("Title of end", 30, 9)
    player.key(Qt.Key.Key_PageDown)
    assert at(player) == ("Title of end", 30, 9)
    player.key(Qt.Key.Key_PageUp)
    assert at(player) == ("Title of later", 8, 7)


def test_a_scene_is_the_run_it_says(present, open_session) -> None:
    """Bit for bit what the same experiment gives elsewhere."""
    player = present()
    for _ in range(2):
        player.key(Qt.Key.Key_PageDown)
    elsewhere = open_session(SCENES[2].experiment)
    elsewhere.do("reach", 7)
    other = elsewhere.step("stage", 7)
    assert np.array_equal(player.frame.theta, other.theta)
    assert player.session.inspected is Stage.UPDATE
    assert player.session.step_size is StepSize.UPDATE
    assert player.action("step_size.update").isChecked()


@pytest.mark.parametrize("broken", ["run", "setting", "weight", "seed", "stepped"])
def test_a_scene_is_restored_whatever_was_broken(present, broken) -> None:
    player = present()
    player.key(Qt.Key.Key_PageDown)
    whole = player.frame.theta
    if broken == "run":
        player.key(Qt.Key.Key_Space)
        player.until(lambda: player.frame.position.update > 3)
        assert player.session.state is RunState.RUNNING
    elif broken == "setting":
        player.set(optimizer__learning_rate=90.0)
        player.step("update", 3)
    elif broken == "weight":
        player.do("edit_parameter", "weight_0[0,0]", 50.0)
    elif broken == "seed":
        player.do("new_seed", 99)
    else:
        player.key(Qt.Key.Key_Left)
        player.step("epoch")
    assert not np.array_equal(player.settle().theta, whole) or broken == "stepped"
    page_of(player).restore(1)
    assert at(player) == ("Title of loss", 0, 4)
    assert player.session.state is RunState.PAUSED
    assert np.array_equal(player.frame.theta, whole)
    assert player.session.experiment == SCENES[1].experiment
    assert player.session.inspected is Stage.LOSS
    assert player.session.step_size is StepSize.STAGE
    assert page_of(player).pictures.chosen == "loss"


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F5])
def test_the_window_comes_back_on_its_own_run(present, key) -> None:
    player = present(4)
    window = player.window
    assert not window.boundary.isVisible()
    for _ in range(3):
        player.key(Qt.Key.Key_PageDown)
    player.key(key)
    frame = player.settle()
    assert not window.presenter.active
    assert not page_of(player).isVisible()
    for part in (window.boundary, window.run_bar, window.ring_bar, window.panels, window.curves):
        assert part.isVisible()
    assert (frame.run, frame.position.update) == (1, 4)
    assert player.session.experiment == small()
    player.until(lambda: [run.number for run in player.session.runs] == [1])
    assert player.session.step_size is StepSize.UPDATE
    assert player.action("step_size.update").isChecked()
    assert player.session.speed == 20.0
    assert themes.current_scale() == 1.0
    player.press("step")
    assert player.frame.position.update == 5


def test_the_first_minutes_window_comes_back_as_simple(open_window, monkeypatch) -> None:
    monkeypatch.setattr("mlloop_gui.views.presentation.load_scenes", lambda: SCENES)
    player = open_window(small(), simple=True)
    player.key(Qt.Key.Key_F5)
    assert page_of(player).isVisible()
    assert not player.find("show_everything").isVisible()
    player.key(Qt.Key.Key_Escape)
    assert player.find("show_everything").isVisible()
    assert player.find("turn_once").isVisible()
    for name in ("plot.network", "plot.loss", "optimizer.learning_rate"):
        assert not player.find(name).isVisible(), name


def test_a_run_without_an_update_is_begun_anew(present) -> None:
    player = present(0)
    player.key(Qt.Key.Key_PageDown)
    player.key(Qt.Key.Key_Escape)
    frame = player.settle()
    assert frame.position.update == 0
    assert frame.experiment == small()
    player.until(lambda: len(player.session.runs) == 1)


def test_what_was_looked_at_is_looked_at_again(open_window, monkeypatch) -> None:
    monkeypatch.setattr("mlloop_gui.views.presentation.load_scenes", lambda: SCENES)
    player = open_window(small())
    player.steps("update", 2)
    player.inspect(Stage.PREDICT)
    player.do("select_sample", 11)
    player.session.set_speed(3.0)
    player.session.by_experiment = True
    player.key(Qt.Key.Key_F5)
    assert player.session.sample is None
    assert not player.session.by_experiment
    player.key(Qt.Key.Key_PageDown)
    player.key(Qt.Key.Key_Escape)
    player.until(lambda: player.session.sample == 11)
    assert player.session.inspected is Stage.PREDICT
    assert player.session.speed == 3.0
    assert player.session.by_experiment
    player.settle()


def test_a_scene_never_lands_in_the_persons_file(open_window, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("mlloop_gui.views.presentation.load_scenes", lambda: SCENES)
    player = open_window(small())
    path = str(tmp_path / "mine.toml")
    player.session.save(path)
    player.set(optimizer__learning_rate=0.5)
    player.steps("update", 1)
    kept = []
    player.window.presenter.entering.connect(lambda: kept.append(player.session.frame.experiment))
    player.key(Qt.Key.Key_F5)
    assert [found.change[0].value for found in kept] == [0.5]
    assert player.session.path is None
    assert not player.session.modified
    player.key(Qt.Key.Key_Escape)
    player.settle()
    assert player.session.path == path
    assert player.session.saved == small()
    assert player.session.modified
    assert player.window.windowTitle().startswith("mine.toml")


def test_a_window_closed_in_the_presentation_remembers_its_own_layout(present) -> None:
    player = present()
    window = player.window
    window.settings.seen_introduction = True
    window.close()
    window.restore_layout()
    shown = {name for name, dock in window.docks.items() if not dock.isHidden()}
    assert shown == {"Settings", "Curves", "Inspector"}


def test_the_presentation_goes_on_where_it_was_left(present) -> None:
    player = present()
    player.key(Qt.Key.Key_PageDown)
    player.key(Qt.Key.Key_Escape)
    player.key(Qt.Key.Key_F5)
    assert at(player)[0] == "Title of loss"


def test_run_step_and_back_work(present) -> None:
    player = present()
    player.key(Qt.Key.Key_PageDown)
    player.key(Qt.Key.Key_Right)
    assert at(player)[1:] == (0, 5)
    assert page_of(player).panel.name.text() == "5 Gradients"
    player.key(Qt.Key.Key_Left)
    assert at(player)[1:] == (0, 4)
    assert page_of(player).panel.name.text() == "4 Loss"
    player.key(Qt.Key.Key_Space)
    player.until(lambda: player.frame.position.update > 2)
    assert "running" in player.find("presentation.run", QLabel).text()
    player.key(Qt.Key.Key_Space)
    assert player.settle().state is RunState.PAUSED
    assert "paused" in player.find("presentation.run", QLabel).text()


def test_the_stage_is_told(present) -> None:
    player = present()
    player.key(Qt.Key.Key_PageDown)
    panel = page_of(player).panel
    told = player.frame.explanations[Stage.LOSS]
    assert panel.name.text() == "4 Loss"
    assert panel.question.text() == "How wrong is the guess?"
    assert shortened(told.sentence) in panel.words.describe()
    player.key(Qt.Key.Key_2)
    assert panel.name.text() == "2 Transform"
    player.qtbot.mouseClick(player.find("presentation.stage.predict"), Qt.MouseButton.LeftButton)
    player.settle()
    assert panel.name.text() == "3 Predict"
    player.key(Qt.Key.Key_7)
    assert "Not yet" in panel.words.describe()


def test_pictures_by_keys_and_buttons(present) -> None:
    player = present()
    for name, kind in KINDS.items():
        player.key(getattr(Qt.Key, f"Key_{kind.key}"))
        page = page_of(player)
        assert page.pictures.chosen == name
        assert page.pictures.view.isVisible()
        assert player.find(f"presentation.picture.{name}").isChecked()
        view = player.session.view
        assert view.boundary == (name in ("boundary", "network"))
        assert view.units == (name == "network")
        assert view.curves == (name == "curves")
    button = player.find("presentation.picture.network")
    player.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page_of(player).pictures.chosen == "network"
    player.settle()


def test_the_pictures_show_the_frame(present) -> None:
    player = present()
    player.key(Qt.Key.Key_PageDown)
    plot = page_of(player).pictures.view.plot
    price = player.frame.explanations[Stage.LOSS].arrays["sample_loss"]
    assert plot._point[1] == pytest.approx(float(price), rel=1e-12)
    player.key(Qt.Key.Key_M)
    matrix = page_of(player).pictures.view.plot
    assert np.array_equal(matrix._counts, player.frame.check.validation.confusion)
    player.key(Qt.Key.Key_PageDown)
    player.key(Qt.Key.Key_PageDown)
    curves = page_of(player).pictures.view.plot
    x, y = player.frame.curves.checks.envelope("train_loss")
    assert np.array_equal(curves._series["train"].x, x)
    assert np.array_equal(curves._series["train"].y, y)


def test_every_text_is_large_and_nothing_is_cut(present) -> None:
    player = present()
    player.window.resize(SIZE)
    for name in KINDS:
        page_of(player).choose(name)
        player.settle()
        page = page_of(player)
        assert (page.width(), page.height()) == (SIZE.width(), SIZE.height())
        assert themes.font_px("small") >= LEAST_PIXELS
        for widget in page.findChildren(QWidget):
            if widget.isVisible() and isinstance(widget, QLabel | QAbstractButton):
                assert widget.fontInfo().pixelSize() >= LEAST_PIXELS, widget.objectName()
        for button in page.findChildren(QAbstractButton):
            if button.isVisible():
                corner = button.mapTo(page, button.rect().bottomRight())
                assert page.rect().contains(corner), button.objectName()


def test_a_larger_screen_has_larger_text(present) -> None:
    player = present()
    player.window.resize(1920, 1080)
    player.until(lambda: page_of(player).width() == 1920)
    assert themes.current_scale() == pytest.approx(round(SCALE * 1.5, 1))
    player.window.resize(3840, 2160)
    player.until(lambda: page_of(player).width() == 3840)
    assert themes.current_scale() == LARGEST_SCALE


def test_colours_change_in_the_presentation_too(present) -> None:
    player = present()
    player.window.choose_theme("dark")
    assert themes.current() is themes.DARK
    assert themes.font_px("small") >= LEAST_PIXELS
    player.window.choose_theme("light")
    player.settle()


def test_nothing_of_it_follows_while_it_is_hidden(present) -> None:
    player = present()
    player.key(Qt.Key.Key_Escape)
    page = page_of(player)
    told = page.panel.name.text(), page.ring._counter, page.run_line.state.text()
    seen: list[str] = []
    page.panel.show_stage = lambda *_: seen.append("stage")
    page.pictures.follow = lambda: seen.append("picture")
    player.steps("update", 2)
    player.inspect(Stage.GRADIENTS)
    assert not seen
    assert told == (page.panel.name.text(), page.ring._counter, page.run_line.state.text())


def test_it_is_built_when_first_shown_and_its_names_are_its_own(present, open_window) -> None:
    assert open_window(small()).window.presenter.page is None
    player = present()
    names = [widget.objectName() for widget in player.window.findChildren(QWidget)]
    for name in ("stage.loss", "plot.boundary", "ring", "test_button", "view.across"):
        assert names.count(name) == 1, name


def test_slow_motion_is_seen_on_its_ring(present) -> None:
    player = present()
    player.key(Qt.Key.Key_F6)
    assert player.window.travel.repeats
    player.settle()
    assert page_of(player).panel.name.text() == "1 Represent"
    player.key(Qt.Key.Key_PageDown)
    assert not player.window.travel.active
    assert at(player) == ("Title of loss", 0, 4)


def test_a_scene_that_fails_is_told_and_left_behind(open_window, monkeypatch) -> None:
    tables = {"data": {"source": "sine"}, "loss": {"name": "mse"}}
    experiment = small(**tables, optimizer={"learning_rate": 1e150})
    scenes = (scene("broken", experiment=experiment, update=30), SCENES[1])
    monkeypatch.setattr("mlloop_gui.views.presentation.load_scenes", lambda: scenes)
    player = open_window(small())
    player.key(Qt.Key.Key_F5)
    assert player.session.state is RunState.FAILED
    failure = player.frame.failure
    assert "failed" in player.find("presentation.run", QLabel).text()
    player.until(lambda: player.session.inspected is failure.stage)
    assert page_of(player).panel.name.text().startswith(f"{int(failure.stage)} ")
    player.key(Qt.Key.Key_PageDown)
    assert at(player) == ("Title of loss", 0, 4)
    assert player.session.state is RunState.PAUSED
    assert page_of(player).panel.name.text() == "4 Loss"


def test_buttons_walk_and_leave(present) -> None:
    player = present()
    player.focus(player.find("presentation.on"))
    QTest.keyClick(player.window.windowHandle(), Qt.Key.Key_Space)
    assert at(player)[0] == "Title of loss"
    player.qtbot.mouseClick(player.find("presentation.back"), Qt.MouseButton.LeftButton)
    assert at(player)[0] == "Title of start"
    assert not player.find("presentation.back").isEnabled()
    player.qtbot.mouseClick(player.find("presentation.leave"), Qt.MouseButton.LeftButton)
    assert not player.window.presenter.active
    player.settle()


def test_a_long_sentence_ends_with_a_whole_clause() -> None:
    assert shortened("Short.") == "Short."
    assert shortened(f"{'a' * 100}; {'b' * 100}; {'c' * 100}.") == f"{'a' * 100}; {'b' * 100}."
    assert shortened(f"{'a' * 300}; b.") == f"{'a' * 300}."
