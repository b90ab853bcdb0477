"""The scrub bar: travelling to any update by hand, by key and by number."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from core.experiment import Experiment
from core.loop import LearningLoop
from core.stages import StepSize
from mlloop_gui.actions import Actions
from mlloop_gui.frames import RunState
from mlloop_gui.plots.timeline import Fork, Mark, Timeline
from mlloop_gui.theme import DARK
from mlloop_gui.views.epoch_grid import EpochGrid
from mlloop_gui.views.scrub_bar import NOT_YET, ScrubBar
from tests.gui.helpers import SessionPlayer, small, user_property

LEFT = Qt.MouseButton.LeftButton


class Bench:
    """A session with a scrub bar in a window of its own."""

    def __init__(self, qtbot: Any, player: SessionPlayer) -> None:
        self.player, self.session = player, player.session
        player.session.set_speed(0)
        self.window = QMainWindow()
        self.actions = Actions(player.session, self.window)
        self.bar = ScrubBar(player.session, self.actions)
        centre = QWidget()
        QVBoxLayout(centre).addWidget(self.bar)
        self.window.setCentralWidget(centre)
        self.window.resize(1180, 60)
        qtbot.addWidget(self.window)
        self.window.show()
        self.line = self.bar.timeline

    def x(self, update: int) -> QPoint:
        return QPoint(round(self.line._x(update)), self.line.height() - 11)

    def key(self, key: Qt.Key) -> int:
        QTest.keyClick(self.window.windowHandle(), key)
        return self.player.settle().position.update

    def run(self, updates: int) -> None:
        self.player.do("run", updates)
        self.player.until_state(RunState.PAUSED)


@pytest.fixture
def bench(qtbot, open_session) -> Bench:
    made = Bench(qtbot, open_session())
    made.run(40)
    return made


# -- epochs ----------------------------------------------------------------------------------------


def test_epochs_end_where_batches_are_used_up() -> None:
    """30 samples: 3 updates of 10; from update 4 on batches of 25, so 10 are seen, 20 are left."""
    grid = EpochGrid.of(30, 10, [(4, 25)])
    assert [grid.end(epoch) for epoch in range(6)] == [0, 3, 5, 7, 9, 11]
    assert [grid.done(update) for update in range(8)] == [0, 0, 0, 1, 1, 2, 2, 3]
    assert [grid.step(4, 1), grid.step(4, -1), grid.step(5, -1), grid.step(0, -1)] == [5, 3, 3, 0]


def test_epochs_end_where_the_loop_ends_them() -> None:
    changes = [{"update": u, "field": "optimizer.batch_size", "value": b} for u, b in
               ((2, 4), (3, 7), (9, 7), (12, 30), (13, 11))]  # fmt: skip
    experiment = Experiment.from_dict(
        {"data": {"samples": 60}, "model": {"hidden": [2]}, "change": changes}
    )
    loop = LearningLoop(experiment)
    sizes = [(change["update"], change["value"]) for change in changes]
    grid = EpochGrid.of(len(loop.problem.parts.train), 10, sizes)
    for _ in range(30):
        loop.step(StepSize.UPDATE)
        assert grid.done(loop.update) == loop.epoch


# -- travelling ------------------------------------------------------------------------------------


def test_there_is_nowhere_to_travel_before_the_first_update(qtbot, open_session) -> None:
    bench = Bench(qtbot, open_session())
    assert not bench.line.isEnabled()
    assert not bench.bar.field.isEnabled()
    assert bench.line.toolTip() == bench.bar.field.toolTip() == NOT_YET
    assert bench.line.tip(QPoint(50, 10)) == NOT_YET
    bench.run(2)
    assert bench.line.isEnabled()
    assert bench.line.toolTip() != NOT_YET


def test_setting_the_value_travels_bit_for_bit(bench: Bench) -> None:
    line, there = bench.line, bench.player.frame.theta
    assert (line.objectName(), user_property(line)) == ("scrub", "value")
    assert (line.property("value"), line.property("maximum")) == (40, 40)
    line.setProperty("value", 17)
    frame = bench.player.settle()
    assert (frame.position.update, line.property("value")) == (17, 17)
    assert not np.array_equal(frame.theta, there)
    line.setProperty("value", 1000)
    assert np.array_equal(bench.player.settle().theta, there)
    assert line.property("value") == 40
    line.setProperty("value", -3)
    assert bench.player.settle().position.update == 0


def test_keys_travel_by_update_by_epoch_and_to_the_ends(bench: Bench) -> None:
    """30 training samples in batches of 10: an epoch ends with every third update."""
    bench.window.activateWindow()
    bench.line.setFocus()
    bench.player.until(bench.line.hasFocus)
    keys = Qt.Key
    assert [bench.key(key) for key in (keys.Key_Left, keys.Key_Left, keys.Key_Right)] == [
        39,
        38,
        39,
    ]
    assert [bench.key(key) for key in (keys.Key_PageDown, keys.Key_PageDown)] == [36, 33]
    assert [bench.key(key) for key in (keys.Key_Home, keys.Key_PageUp)] == [0, 3]
    assert [bench.key(key) for key in (keys.Key_End, keys.Key_PageUp)] == [40, 40]
    # Elsewhere the arrow is the window's own step, of a stage.
    bench.bar.timeline.clearFocus()
    bench.key(keys.Key_Left)
    assert bench.player.frame.in_turn


def test_a_number_is_gone_to_once_it_is_entered(bench: Bench) -> None:
    field = bench.bar.field
    assert (field.objectName(), field.maximum(), bench.bar._of.text()) == (
        "scrub.update", 40, "of 40",
    )  # fmt: skip
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "2")
    QTest.keyClicks(field, "3")
    assert bench.player.settle().position.update == 40
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert bench.player.settle().position.update == 23
    assert bench.line.property("value") == 23
    field.setProperty("value", 8)
    assert bench.player.settle().position.update == 8


def test_a_drag_while_running_pauses_and_ends_where_it_was_left(bench: Bench) -> None:
    bench.player.session.run()
    bench.player.until(lambda: bench.player.frame.head > 41)
    QTest.mousePress(bench.line, LEFT, pos=bench.x(30))
    for update in (25, 20, 12):
        QTest.mouseMove(bench.line, bench.x(update))
    QTest.mouseRelease(bench.line, LEFT, pos=bench.x(12))
    frame = bench.player.settle()
    bench.player.until(lambda: bench.bar._sent is None)
    frame = bench.player.settle()
    assert frame.state is RunState.PAUSED
    assert frame.position.update == 12 == bench.bar.field.value()


# -- one journey at a time -------------------------------------------------------------------------


class Recorder(QObject):
    """A session that answers when it is told to."""

    frame_changed = Signal()
    run_started = Signal()

    def __init__(self, frame: Any) -> None:
        super().__init__()
        self.frame = replace(frame, command=0)
        self.asked: list[Any] = []

    @property
    def state(self) -> RunState:
        return self.frame.state

    def pause(self) -> None:
        self.asked.append("pause")
        self.frame = replace(self.frame, state=RunState.PAUSED)

    def go_to(self, update: int) -> int:
        self.asked.append(update)
        return len(self.asked)

    def answer(self, **changes: Any) -> None:
        position = replace(self.frame.position, update=self.asked[-1])
        number = len(self.asked)
        self.frame = replace(self.frame, position=position, command=number, **changes)
        self.frame_changed.emit()


@pytest.fixture
def recorded(bench: Bench, qtbot) -> tuple[Recorder, ScrubBar]:
    recorder = Recorder(bench.player.frame)
    bar = ScrubBar(recorder, bench.actions)
    qtbot.addWidget(bar)
    return recorder, bar


def test_only_the_last_place_asked_for_follows_a_journey(recorded) -> None:
    session, bar = recorded
    for update in (30, 29, 12, 5):
        bar.timeline.setProperty("value", update)
    assert session.asked == [30]
    assert bar.timeline.property("value") == 5
    session.frame_changed.emit()  # a frame from before: nothing has been answered
    assert session.asked == [30]
    session.answer()
    assert session.asked == [30, 5]
    assert bar.timeline.property("value") == 5
    session.answer()
    assert session.asked == [30, 5]


def test_a_journey_may_end_elsewhere(recorded) -> None:
    """The frame that answers tells where the run stands, wherever that is."""
    session, bar = recorded
    bar.timeline.setProperty("value", 30)
    session.asked[-1] = 11
    session.answer()
    assert bar.timeline.property("value") == 11
    bar.timeline.setProperty("value", 4)
    assert session.asked == [11, 4]


def test_a_running_session_is_paused_before_the_first_journey_alone(recorded) -> None:
    session, bar = recorded
    session.frame = replace(session.frame, state=RunState.RUNNING)
    for update in (30, 20):
        bar.timeline.setProperty("value", update)
    session.answer()
    assert session.asked == ["pause", 30, 20]


def test_another_run_forgets_where_one_wanted_to_go(recorded) -> None:
    session, bar = recorded
    for update in (30, 20):
        bar.timeline.setProperty("value", update)
    session.run_started.emit()
    session.answer()
    assert session.asked == [30]


# -- marks -----------------------------------------------------------------------------------------


def test_changes_are_marked_told_and_clicked(bench: Bench) -> None:
    bench.player.set(optimizer__learning_rate=0.1)
    bench.run(10)
    bench.player.do("edit_parameter", "weight_0[1,2]", 0.5)
    bench.run(10)
    line = bench.line
    assert line._marks == (
        Mark(40, "optimizer.learning_rate = 0.1", "setting"),
        Mark(50, "weight_0[1,2] = 0.5", "weight"),
    )
    assert line.tip(bench.x(40)) == "update 40: optimizer.learning_rate = 0.1"
    assert line.describe() == (
        "Update 60 of 60. update 40: optimizer.learning_rate = 0.1. update 50: weight_0[1,2] = 0.5."
    )
    headers, columns = line.as_table()
    assert (headers, columns[0]) == (["update", "change"], [40, 50])
    # A click near the mark means the mark.
    QTest.mouseClick(line, LEFT, pos=bench.x(40) + QPoint(4, 0))
    assert bench.player.settle().position.update == 40


def test_a_fork_is_marked_where_it_left_its_parent(bench: Bench) -> None:
    bench.player.do("go_to", 15)
    bench.player.set(optimizer__learning_rate=0.1)
    frame = bench.player.frame
    assert (frame.head, bench.line.property("value")) == (15, 15)
    fork = bench.line._fork
    assert fork is not None
    assert fork.update == 15
    assert "Forked off Run 1 at update 15" in bench.line.describe()
    assert "Forked off Run 1" in bench.line.tip(bench.x(15))
    bench.player.do("switch_run", 1)
    assert bench.line._fork is None
    assert bench.line.property("maximum") == 40


# -- painting --------------------------------------------------------------------------------------


class Watched(Timeline):
    """Remembers which part of itself it painted."""

    def __init__(self) -> None:
        self.painted: list[QRegion] = []
        super().__init__()

    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted.append(event.region())
        super().paintEvent(event)


@pytest.fixture
def line(qtbot) -> Watched:
    made = Watched()
    made.set_epochs(EpochGrid.of(250, 10))
    made.resize(1200, 38)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(made.painted))
    return made


def test_a_run_that_goes_on_paints_its_end_alone(line: Watched, qtbot) -> None:
    line.set_place(10_000, 10_000, still=False)
    qtbot.waitUntil(lambda: len(line.painted) > 1)
    line.grab()
    ticks, count = line._ticks, len(line.painted)
    line.set_place(10_040, 10_040, still=False)
    qtbot.waitUntil(lambda: len(line.painted) > count)
    assert line.painted[-1].boundingRect().width() < 40
    assert line._ticks is ticks
    # Far beyond its room the whole track is drawn anew.
    count = len(line.painted)
    line.set_place(20_000, 20_000, still=False)
    qtbot.waitUntil(lambda: len(line.painted) > count)
    assert line.painted[-1].boundingRect().width() == 1200


def test_what_is_painted_in_parts_is_what_is_painted_whole(line: Watched, qtbot) -> None:
    line.set_marks([Mark(300, "a = 1"), Mark(900, "weight_0[0,0] = 1", "weight")], Fork(200, "F."))
    for update in (990, 997, 1004, 1135):
        count = len(line.painted)
        line.set_place(update, update, still=False)
        qtbot.waitUntil(lambda count=count: len(line.painted) > count)
    in_parts = line.screen().grabWindow(line.winId()).toImage()
    line.repaint()
    whole = line.screen().grabWindow(line.winId()).toImage()
    assert in_parts == whole


@pytest.mark.parametrize("head", [1, 7, 10, 11, 99, 12_345, 1_000_000])
def test_every_update_of_the_run_is_on_the_track(line: Watched, head: int) -> None:
    line.set_place(head, head)
    assert head <= line._scale <= max(10, 1.2 * head)
    assert line.update_at(0.0) == 0
    assert line.update_at(line._x(head)) == head
    assert line.update_at(5000.0) == head
    line.set_theme(DARK)
    assert not line.grab().isNull()


def test_ticks_stand_apart_and_are_numbered(line: Watched) -> None:
    """25 updates an epoch: at update 1000 epoch 40 has ended."""
    line.set_place(1000, 1000)
    line.grab()
    assert np.diff(line._ticks.places).min() >= 9.0
    numbers = {text: x for x, _, text in line._ticks.texts}
    assert list(numbers) == ["epoch", "2", "4", *(str(k) for k in range(6, 47, 2))]
    middle = numbers["40"] + line.text_width("40") / 2
    assert middle == pytest.approx(line._x(1000), abs=1.0)


def test_the_cursor_reads_out_an_update(line: Watched) -> None:
    line.set_place(1000, 1000)
    at = SimpleNamespace(x=lambda: line._x(500), y=lambda: 20.0)
    assert line.tip(at) == "update 500, epoch 20 (click or drag to travel there)"
    before = line.grab().toImage()
    QTest.mouseMove(line, QPoint(round(line._x(500)), 20))
    assert line._cursor is not None
    assert line.grab().toImage() != before


def test_small_samples_make_a_bar_too(qtbot, open_session) -> None:
    """Batches as large as the data: each update ends an epoch."""
    bench = Bench(qtbot, open_session(small(optimizer={"batch_size": 30})))
    bench.run(3)
    assert [bench.line._epochs.done(update) for update in range(4)] == [0, 1, 2, 3]


def test_the_window_has_it_with_its_own_arrows(open_window) -> None:
    player = open_window(small())
    player.session.set_speed(0)
    player.do("run", 20)
    player.until_state(RunState.PAUSED)
    line = player.find("scrub")
    player.focus(line)
    assert player.key(Qt.Key.Key_Left).position.update == 19
    assert not player.frame.in_turn
    assert player.edit("scrub", 4).position.update == 4
    assert player.status()[1] == 4
    assert player.edit("scrub.update", 11).position.update == 11
