"""The runs tab: what differs between kept runs, and the way back to each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMainWindow

from core.runs import RunSummary
from mlloop_gui.actions import Actions
from mlloop_gui.frames import RunState
from mlloop_gui.plots.run_curves import RunCurves, RunLine
from mlloop_gui.theme import DARK
from mlloop_gui.views.run_words import differing, duration, origin, shortened, tree_order
from mlloop_gui.views.runs_model import DIFFERS, HEADINGS, LOSS, NAME, STATE, RunsModel
from mlloop_gui.views.runs_view import RunsView
from tests.gui.helpers import SessionPlayer, small

LEFT = Qt.MouseButton.LeftButton


class Bench:
    """A session with a table of runs in a window of its own."""

    def __init__(self, qtbot: Any, player: SessionPlayer) -> None:
        self.player, self.session = player, player.session
        self.window = QMainWindow()
        self.actions = Actions(player.session, self.window)
        self.view = RunsView(player.session)
        self.window.setCentralWidget(self.view)
        self.window.resize(1180, 240)
        qtbot.addWidget(self.window)
        self.window.show()
        player.session.set_speed(0)
        self.table = self.view.table

    def run(self, updates: int) -> None:
        self.player.do("run", updates)
        self.player.until_state(RunState.PAUSED)

    def column(self, heading: str) -> list[str]:
        at = [name for name, _ in HEADINGS].index(heading)
        return [self.table.runs.text(row, at) for row in range(self.table.runs.rowCount())]

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window.windowHandle(), key)
        self.player.settle()

    def focus(self) -> None:
        self.window.activateWindow()
        self.table.setFocus()
        self.player.until(self.table.hasFocus)


@pytest.fixture
def bench(qtbot, open_session) -> Bench:
    """Run 1 to update 9; run 2 left it at 6 with a lower rate; run 3 is another network."""
    made = Bench(qtbot, open_session())
    made.run(9)
    made.player.do("go_to", 6)
    made.player.set(optimizer__learning_rate=0.03, optimizer__batch_size=5)
    made.run(12)
    made.player.set(model__hidden=[5])
    made.run(3)
    return made


def test_every_run_has_a_row_and_forks_stand_under_their_parents(bench: Bench) -> None:
    assert bench.column("Run") == ["1", "└ 2", "3 ●"]
    assert bench.column("Name") == ["Run 1", "Run 2", "Run 3"]
    assert bench.column("Updates") == ["9", "18", "3"]
    # 2 inputs, 3 or 5 units, 1 output: 2*3 + 3 + 3 + 1 and 2*5 + 5 + 5 + 1 numbers.
    assert bench.column("Parameters") == ["13", "13", "21"]
    assert bench.column("State") == ["kept", "kept", "live"]
    assert bench.column("Began") == ["from update 0", "at 6 from Run 1", "from update 0"]


def test_what_differs_from_the_live_run_is_said(bench: Bench) -> None:
    """Run 3 has the settings of run 2 but for its layers."""
    assert bench.column("What differs") == [
        "hidden layers 3 instead of 5, learning rate 0.3, batch size 10",
        "hidden layers 3 instead of 5",
        "this run",
    ]
    bench.player.do("switch_run", 1)
    assert bench.column("What differs") == [
        "this run",
        "learning rate 0.03 instead of 0.3, batch size 5",
        "hidden layers 5 instead of 3, learning rate 0.03, batch size 5",
    ]
    index = bench.table.runs.index(1, DIFFERS)
    tip = bench.table.runs.data(index, Qt.ItemDataRole.ToolTipRole)
    assert tip == "learning rate 0.03 instead of 0.3\nbatch size 5 instead of 10"


def test_the_numbers_are_those_of_the_newest_checks(bench: Bench) -> None:
    summaries = bench.session.runs
    headers, columns = bench.table.runs.as_table()
    table = dict(zip(headers, columns, strict=True))
    checks = [run.curves.checks for run in summaries]
    # Run 1 stands at update 6, where the fork left it, and has been to 9; run 3 stands between
    # two epochs' ends.
    assert [run.check.update for run in summaries] == [6, 18, 3]
    assert [int(look.x[-1]) for look in checks] == [9, 18, 0]
    here = summaries[2].check.validation
    expected = [look.last["validation_loss"][-1] for look in checks[:2]]
    assert table["Validation loss"] == [*expected, here.loss]
    expected = [look.last["validation_metric"][-1] for look in checks[:2]]
    assert table["Validation"] == [*expected, here.metrics["accuracy"]]
    tip = bench.table.runs.data(bench.table.runs.index(0, LOSS), Qt.ItemDataRole.ToolTipRole)
    assert tip == f"{table['Validation loss'][0]!r} at update 9"
    assert table["Updates"] == [9, 18, 3]
    window = bench.table.open_table()
    assert window.model.rowCount() == 3
    window.close()


def test_enter_goes_to_a_run_bit_for_bit(bench: Bench) -> None:
    bench.player.do("switch_run", 2)
    theta = bench.player.frame.theta
    bench.player.do("switch_run", 3)
    bench.focus()
    bench.table.select(2)
    bench.key(Qt.Key.Key_Return)
    frame = bench.player.frame
    assert (frame.run, frame.position.update) == (2, 18)
    assert np.array_equal(frame.theta, theta)
    assert bench.column("Run") == ["1", "└ 2 ●", "3"]
    assert not bench.view.switch.isEnabled()
    assert not bench.view.forget.isEnabled()


def test_a_double_click_and_the_button_go_to_a_run(bench: Bench) -> None:
    rect = bench.table.visualRect(bench.table.runs.index(0, NAME))
    QTest.mouseClick(bench.table.viewport(), LEFT, pos=rect.center())
    QTest.mouseDClick(bench.table.viewport(), LEFT, pos=rect.center())
    assert bench.player.settle().run == 1
    bench.table.select(3)
    QTest.mouseClick(bench.view.switch, LEFT)
    assert bench.player.settle().run == 3


def test_delete_forgets_a_run_but_not_the_live_one(bench: Bench) -> None:
    bench.focus()
    bench.table.select(3)
    bench.key(Qt.Key.Key_Delete)
    assert bench.column("Run") == ["1", "└ 2", "3 ●"]
    assert bench.player.said[-1] == ("note", "The live run cannot be forgotten.")
    bench.table.select(1)
    bench.key(Qt.Key.Key_Delete)
    assert bench.column("Run") == ["2", "3 ●"]
    assert bench.column("Began") == ["at 6 from run 1 (forgotten)", "from update 0"]
    bench.table.select(2)
    QTest.mouseClick(bench.view.forget, LEFT)
    bench.player.settle()
    assert bench.column("Run") == ["3 ●"]
    assert bench.view.plot.series_names() == ["Run 3"]


def test_f2_writes_another_name(bench: Bench) -> None:
    bench.focus()
    bench.table.select(2)
    bench.key(Qt.Key.Key_F2)
    editor = bench.table.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "Run 2"
    editor.setText("slow")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    bench.player.until(lambda: bench.column("Name") == ["Run 1", "slow", "Run 3"])
    assert bench.player.frame.run == 3
    assert "slow" in bench.view.plot.series_names()
    # Elsewhere F2 is the step size of a layer.
    assert not bench.actions["step_size.layer"].isChecked()


def test_an_empty_name_is_none(bench: Bench) -> None:
    model = bench.table.runs
    assert not model.setData(model.index(0, NAME), "   ")
    assert not model.setData(model.index(0, STATE), "kept")
    assert bench.column("Name")[0] == "Run 1"


def test_the_selection_stays_while_the_live_run_goes_on(bench: Bench) -> None:
    bench.table.select(2)
    bench.run(40)
    selected = bench.table.selected()
    assert selected is not None
    assert selected.number == 2
    assert bench.column("Updates") == ["9", "18", "43"]
    assert bench.view.switch.isEnabled()


def test_edits_of_parameters_are_counted(bench: Bench) -> None:
    bench.player.do("switch_run", 1)
    bench.player.do("go_to", 9)
    bench.player.do("edit_parameter", "bias_0[1]", 0.25)
    bench.run(2)
    assert bench.column("What differs")[1].endswith("without 1 edit of parameters")
    bench.player.do("switch_run", 2)
    assert bench.column("What differs")[0].endswith("1 parameter edited")


def test_the_plot_shows_every_run_by_name(bench: Bench) -> None:
    plot = bench.view.plot
    assert plot.series_names() == ["Run 1", "Run 2", "Run 3"]
    assert plot.title() == "Validation loss"
    pens = {name: plot._items[name].opts["pen"].widthF() for name in plot.series_names()}
    assert pens == {"Run 1": 1.0, "Run 2": 1.0, "Run 3": 2.0}
    assert [text for _, _, text in plot._overlay.marks.labels] == ["Run 1", "Run 2", "Run 3"]
    checks = bench.session.runs[1].curves.checks
    assert np.array_equal(plot._series["Run 2"].y, checks.last["validation_loss"])
    assert "Run 2:" in plot.accessibleDescription()
    bench.view.set_theme(DARK)
    assert plot._items["Run 3"].opts["pen"].widthF() == 2.0
    assert not bench.view.grab().isNull()


def test_losses_of_another_kind_say_so(bench: Bench) -> None:
    bench.player.set(loss__name="hinge")
    assert "Run 1 (binary cross entropy)" in bench.view.plot.series_names()


def test_without_validation_the_training_loss_is_compared(qtbot, open_session) -> None:
    experiment = small(evaluation={"validation_fraction": 0.0, "test_fraction": 0.0})
    bench = Bench(qtbot, open_session(experiment))
    bench.run(12)
    assert bench.view.plot.title() == "Training loss"
    assert bench.column("Validation loss") == bench.column("Validation") == ["–"]


# -- what only a curve is left of ------------------------------------------------------------------


def test_a_run_whose_states_are_gone_cannot_be_gone_to(bench: Bench) -> None:
    first, *others = bench.session.runs
    gone = (replace(first, alive=False), *others)
    bench.session.frame = replace(bench.player.frame, runs=gone)
    bench.session.runs_changed.emit()
    assert bench.column("State") == ["curve only", "kept", "live"]
    bench.table.select(1)
    assert not bench.view.switch.isEnabled()
    assert bench.view.forget.isEnabled()
    bench.table.wanted.emit(1)
    assert bench.player.said[-1] == ("note", "Of Run 1 only the curve is kept.")
    assert bench.player.settle().run == 3


# -- words -----------------------------------------------------------------------------------------


def test_a_tree_keeps_forks_of_forks_and_orphans(bench: Bench) -> None:
    first = bench.session.runs[0]

    def run(number: int, parent: int | None) -> RunSummary:
        return replace(first, number=number, parent=parent, forked_at=parent and 4)

    runs = [run(1, None), run(2, 1), run(3, None), run(4, 2), run(5, 1), run(7, 6)]
    assert [(each.number, depth) for each, depth in tree_order(runs)] == [
        (1, 0), (2, 1), (4, 2), (5, 1), (3, 0), (7, 0),
    ]  # fmt: skip
    model = RunsModel()
    model.set_runs(runs, 4)
    assert [model.text(row, 0) for row in range(6)] == [
        "1", "└ 2", "    └ 4 ●", "└ 5", "3", "7",
    ]  # fmt: skip
    assert origin(runs[3], {2: "slow"}) == "at 4 from slow"


def test_many_differences_are_counted(bench: Bench) -> None:
    assert shortened([]) == "the same settings"
    said = [f"{name} 1 instead of 2" for name in "abcde"]
    assert shortened(said) == "a 1 instead of 2, b 1, c 1 and 2 more"
    run = bench.session.runs[0]
    assert differing(run, run) == []


def test_times_of_training_are_short() -> None:
    shown = [duration(seconds) for seconds in (0.0, 0.4123, 12.34, 245.0, 7260.0)]
    assert shown == ["0 s", "0.412 s", "12.3 s", "4 min 05 s", "2 h 01 min"]


def test_the_model_is_sound(bench: Bench, qtmodeltester) -> None:
    qtmodeltester.check(bench.table.runs)
    assert bench.table.runs.headerData(DIFFERS, Qt.Orientation.Horizontal) == "What differs"


def test_curves_that_are_gone_leave_the_plot(qtbot) -> None:
    plot = RunCurves("Validation loss")
    qtbot.addWidget(plot)
    x, y = np.arange(5.0), np.linspace(1.0, 0.5, 5)
    plot.set_runs([RunLine("a", x, y), RunLine("b", x, 2 * y, live=True)])
    plot.set_runs([RunLine("b", x, y), RunLine("c", x, y, live=True)])
    assert plot.series_names() == ["b", "c"]
    assert [plot._series[name].style for name in ("b", "c")] == ["pale", "train"]
    plot.resize(360, 200)
    plot.hover(plot.to_pixel(2.0, 0.75))
    assert plot.readout() == "update 2: b 0.750, c 0.750"
    assert not plot.grab().isNull()


def test_the_memory_for_going_back_is_set_and_remembered(open_window) -> None:
    player = open_window()
    player.window.bottom.show_tab("runs")
    field = player.find("runs.memory")
    assert field.value() == 256
    player.do("reach", 300)
    assert "MB used" in player.find("runs.used").text()
    field.setValue(32)
    frame = player.settle()
    assert frame.memory[1] == 32 * 2**20
    assert 0 < frame.memory[0] < frame.memory[1]
    assert player.window.settings.memory == 32
