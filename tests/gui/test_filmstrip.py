"""The filmstrip: pictures of the model at its milestones, each a way back there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow

from core.experiment import Experiment
from mlloop_gui.actions import Actions
from mlloop_gui.frames import RunState
from mlloop_gui.plots.film import Film
from mlloop_gui.plots.film_picture import FilmPicture, deepest, paint
from mlloop_gui.theme import DARK, LIGHT
from mlloop_gui.views.filmstrip import SENTENCE, Filmstrip
from tests.gui.helpers import SessionPlayer, small

LEFT = Qt.MouseButton.LeftButton
SQUARE = (-1.0, 1.0, -1.0, 1.0)


class Bench:
    """A session with a filmstrip in a window of its own."""

    def __init__(self, qtbot: Any, player: SessionPlayer) -> None:
        self.player, self.session = player, player.session
        self.window = QMainWindow()
        self.actions = Actions(player.session, self.window)
        self.view = Filmstrip(player.session)
        self.window.setCentralWidget(self.view)
        self.window.resize(1180, 210)
        qtbot.addWidget(self.window)
        self.window.show()
        player.session.set_speed(0)
        player.do("show")
        player.session.show(film=True)
        player.settle()
        self.film = self.view.film

    def run(self, updates: int) -> None:
        self.player.do("run", updates)
        self.player.until_state(RunState.PAUSED)

    @property
    def updates(self) -> list[int]:
        return [picture.update for picture in self.film.pictures()]

    def middle(self, place: int) -> QPoint:
        return self.film.box(place).center().toPoint()


@pytest.fixture
def bench(qtbot, open_session) -> Bench:
    made = Bench(qtbot, open_session())
    made.run(45)
    return made


def test_a_picture_stands_at_every_milestone(bench: Bench) -> None:
    assert bench.updates == [0, 1, 3, 10, 30]
    bench.run(60)
    assert bench.updates == [0, 1, 3, 10, 30, 100]
    labels = [label.text() for label in bench.view.findChildren(QLabel)]
    assert SENTENCE in labels


def test_the_numbers_are_those_of_the_training_part_then(bench: Bench) -> None:
    """The check of the run at that update looks at the same rows with the same parameters."""
    bench.player.do("go_to", 10)
    train = bench.player.frame.check.train
    assert bench.player.frame.check.update == 10
    shown = bench.film.pictures()[3]
    assert (shown.loss, shown.metric) == (train.loss, train.metrics["accuracy"])
    headers, columns = bench.film.as_table()
    assert headers == ["update", "training loss", "training accuracy"]
    assert columns[0] == [0, 1, 3, 10, 30]
    assert columns[1][3] == train.loss
    assert repr(train.loss) in bench.film.tip(bench.film.box(3).center())


def test_a_click_travels_and_the_picture_is_framed(bench: Bench) -> None:
    QTest.mouseClick(bench.film, LEFT, pos=bench.middle(2))
    assert bench.player.settle().position.update == 3
    assert bench.film.here() == 2
    # What was travelled from is still there to come back to.
    assert bench.updates == [0, 1, 3, 10, 30]
    bench.player.do("go_to", 7)
    assert bench.film.here() is None
    assert bench.film.nearest() == 2


def test_a_click_while_running_pauses_first(bench: Bench) -> None:
    bench.session.run()
    bench.player.until(lambda: bench.player.frame.head > 46)
    QTest.mouseClick(bench.film, LEFT, pos=bench.middle(1))
    frame = bench.player.settle()
    assert (frame.state, frame.position.update) == (RunState.PAUSED, 1)


def test_the_keyboard_moves_along_and_travels(bench: Bench) -> None:
    """The arrows are the window's steps elsewhere."""
    bench.window.activateWindow()
    bench.film.setFocus()
    bench.player.until(bench.film.hasFocus)
    handle, keys = bench.window.windowHandle(), Qt.Key
    for key in (keys.Key_Right, keys.Key_Right, keys.Key_Right, keys.Key_Left):
        QTest.keyClick(handle, key)
    assert bench.player.settle().position.update == 45
    QTest.keyClick(handle, keys.Key_Return)
    assert bench.player.settle().position.update == 3
    QTest.keyClick(handle, keys.Key_End)
    QTest.keyClick(handle, keys.Key_Enter)
    assert bench.player.settle().position.update == 30
    QTest.keyClick(handle, keys.Key_Home)
    QTest.keyClick(handle, keys.Key_Return)
    assert bench.player.settle().position.update == 0


def test_a_picture_is_painted_once(bench: Bench) -> None:
    bench.film.grab()
    images = {update: made[1] for update, made in bench.film._images.items()}
    bench.run(60)
    bench.film.grab()
    assert set(bench.film._images) == {0, 1, 3, 10, 30, 100}
    for update, image in images.items():
        assert bench.film._images[update][1] is image


def test_pictures_of_a_fork_are_those_of_the_fork(bench: Bench) -> None:
    shared, own = bench.film.pictures()[2], bench.film.pictures()[4]
    bench.player.do("go_to", 10)
    bench.player.set(optimizer__learning_rate=0.01)
    bench.run(30)
    assert bench.updates == [0, 1, 3, 10, 30]
    assert bench.film.pictures()[2].loss == shared.loss
    assert bench.film.pictures()[4].loss != own.loss


def test_it_says_what_it_shows(bench: Bench, qtbot) -> None:
    first, last = bench.film.pictures()[0], bench.film.pictures()[-1]
    said = bench.film.accessibleDescription()
    assert "updates 0, 1, 3, 10, 30" in said
    assert f"{first.loss:.3f}" in said
    assert last.loss < first.loss
    film = Film()
    qtbot.addWidget(film)
    film.resize(400, 100)
    assert film.accessibleDescription() == "No pictures yet."
    assert not film.grab().isNull()


def test_pictures_fill_the_height_and_scroll_sideways(bench: Bench) -> None:
    before = bench.film.box(0).width()
    bench.window.resize(400, 260)
    bench.player.until(lambda: bench.film.box(0).width() > before)
    bar = bench.view.strip.horizontalScrollBar()
    bench.player.until(lambda: bar.maximum() > 0)
    bench.player.do("go_to", 0)
    assert bar.value() == 0
    bench.player.do("go_to", 30)
    assert bar.value() == bar.maximum()


@pytest.mark.parametrize(
    ("source", "metric"), [("sine", "R²"), ("plane", "R²"), ("iris", "accuracy")]
)
def test_curves_surfaces_and_many_classes_have_pictures(
    qtbot, open_session, source: str, metric: str
) -> None:
    experiment = Experiment.from_dict({"data": {"source": source}, "model": {"hidden": [3]}})
    bench = Bench(qtbot, open_session(experiment))
    bench.run(12)
    assert bench.updates == [0, 1, 3, 10]
    assert metric in bench.film.as_table()[0][2]
    for theme in (LIGHT, DARK):
        bench.view.set_theme(theme)
        assert not bench.view.grab().isNull()


# -- one picture -----------------------------------------------------------------------------------


def test_the_deepest_cell_is_farthest_from_the_rim() -> None:
    region = np.zeros((20, 20), bool)
    region[2:9, 4:17] = True
    row, column = deepest(region)
    assert (row, column) == (5, 10)
    assert deepest(np.eye(20, dtype=bool)) is None
    assert deepest(np.zeros((3, 3), bool)) is None
    # The middle of a ring is not in the ring.
    y, x = np.mgrid[-20:21, -20:21]
    ring = (np.hypot(x, y) > 8) & (np.hypot(x, y) < 19)
    row, column = deepest(ring)
    assert ring[row, column]


def two_classes(values: np.ndarray) -> FilmPicture:
    index = np.clip(values * 256, 0, 255).astype(np.uint8)
    return FilmPicture(0, 0.5, 0.5, "classes", SQUARE, index, values)


def pixels(picture: FilmPicture, points: np.ndarray | None = None) -> np.ndarray:
    image = paint(picture, 80, 1.0, LIGHT, np.empty((0, 2)) if points is None else points)
    assert (image.width(), image.height()) == (80, 80)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(80, 80, 4)
    return flat[..., :3].astype(int)


def test_the_second_class_is_hatched_and_lies_where_it_should() -> None:
    """Class 1 above the middle: row 0 of a map is its lowest, of a picture its top."""
    values = np.repeat(np.where(np.arange(40) < 20, 0.1, 0.9)[:, None], 40, axis=1)
    found = pixels(two_classes(values))
    top, bottom = found[5:25, 5:25], found[55:75, 5:25]
    assert top.std(axis=(0, 1)).max() > 2.0
    assert bottom.std(axis=(0, 1)).max() < 2.0


def test_numbers_that_are_none_paint_something() -> None:
    values = np.full((40, 40), np.nan)
    shares = np.full((40, 40, 3), np.nan)
    labels = np.zeros((40, 40), int)
    for picture in (
        FilmPicture(0, np.nan, np.nan, "classes", SQUARE, np.full((40, 40), 128, np.uint8), values),
        FilmPicture(0, np.nan, np.nan, "classes", SQUARE, None, shares, labels),
        FilmPicture(0, np.nan, np.nan, "curve", SQUARE, curve=(np.arange(9.0), np.full(9, np.nan))),
        FilmPicture(0, np.nan, np.nan, "curve", SQUARE, curve=(np.arange(9.0), np.full(9, 1e300))),
    ):
        assert pixels(picture).shape == (80, 80, 3)


def test_a_curve_goes_through_its_picture_over_the_samples() -> None:
    x = np.linspace(-1.0, 1.0, 400)
    flat = FilmPicture(0, 0.5, 0.5, "curve", SQUARE, curve=(x, np.full(400, 0.5)))
    found = pixels(flat)
    paper = found[70, 40]
    assert (found[20, 5:75] != paper).any(axis=1).all()
    assert (found[60, 5:75] == paper).all()
    dotted = pixels(flat, np.array([[0.0, -0.5]]))
    assert (dotted[60, 38:42] != paper).any()


def test_small_windows_and_data_without_validation(qtbot, open_session) -> None:
    experiment = small(evaluation={"validation_fraction": 0.0, "test_fraction": 0.0})
    bench = Bench(qtbot, open_session(experiment))
    bench.run(3)
    assert bench.updates == [0, 1, 3]
