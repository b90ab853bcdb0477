"""Loading a table in the window: progress, an end at once, errors, and closing meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Semaphore, get_ident

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QPushButton

from core.data import scan
from mlloop_gui import loading
from tests.gui.helpers import PATIENCE

ROWS = 60_000  # some blocks of 256 KB, as the parser reads them


class SlowReader:
    """A file that gives a block each time it is let.

    Attributes
    ----------
    asked : int
        How many blocks were asked for.
    threads : set of int
        Who read.
    """

    def __init__(self) -> None:
        self.asked = 0
        self.threads: set[int] = set()
        self.free = False
        self._let = Semaphore(0)

    def let(self, blocks: int = 1) -> None:
        """Give so many blocks more."""
        self._let.release(blocks)

    def let_all(self) -> None:
        """Be slow no more."""
        self.free = True
        self._let.release(1)

    def wait(self) -> None:
        self.asked += 1
        self.threads.add(get_ident())
        if not self.free:
            assert self._let.acquire(timeout=PATIENCE / 1000)


@pytest.fixture
def slow(monkeypatch) -> Iterator[SlowReader]:
    reader = SlowReader()
    original = scan._Watched.read

    def read(self: scan._Watched, size: int = -1) -> str:
        reader.wait()
        return original(self, size)

    monkeypatch.setattr(scan._Watched, "read", read)
    yield reader
    reader.let_all()


def write_table(path: Path, end: str = "") -> Path:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, ROWS)).tolist()
    rows = [f"{u:.6f},{v:.6f},{'no' if u > v else 'yes'}" for u, v in zip(x, y, strict=True)]
    path.write_text("\n".join(["u,v,answer", *rows]) + "\n" + end)
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory) -> Path:
    return write_table(tmp_path_factory.mktemp("tables") / "table.csv")


@pytest.fixture
def player(open_window):
    return open_window()


def everything(player) -> tuple[object, ...]:
    """What must be as before when nothing came of a loading."""
    session = player.session
    frame = session.frame
    return (
        session.experiment,
        session.path,
        session.saved,
        session.modified,
        session.edits.undo_text,
        session.edits.redo_text,
        frame.run,
        frame.position,
        frame.problem,
        frame.theta.tobytes(),
        [run.number for run in frame.runs],
        player.status(),
    )


def begin(player, slow: SlowReader, table: Path) -> None:
    player.session.choose_source("csv", path=str(table))
    player.until(lambda: slow.asked > 0)


def test_progress_is_that_of_the_file(player, slow, table) -> None:
    begin(player, slow, table)
    shares: list[float] = []
    player.session.loading_changed.connect(lambda: shares.append(player.session.loading))
    bar = player.window.messages
    before = -1.0
    slow.let(2)  # what is looked at before the file is read from its beginning
    for blocks in range(4, 8):
        slow.let()
        player.until(lambda blocks=blocks: slow.asked >= blocks)
        player.until(lambda before=before: player.session.loading > before)
        before = player.session.loading
        assert f"Loading table.csv: {100 * before:.0f} %" in bar.text.text()
    slow.let_all()
    frame = player.settle()
    assert frame.problem.dataset.name == "table.csv"
    assert len(frame.problem.x) == ROWS
    told = [share for share in shares if share is not None]
    assert told == sorted(told)
    assert len({int(100 * share) for share in told}) == len(told) > 10
    assert shares[-1] is None
    assert get_ident() not in slow.threads


def test_the_note_is_painted_before_reading_begins(player, table, monkeypatch) -> None:
    order: list[str] = []
    original = loading.build_problem
    monkeypatch.setattr(
        loading, "build_problem", lambda *given: order.append("read") or original(*given)
    )

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                order.append("painted")
            return False

    watch = Watch()
    text = player.window.messages.text
    text.installEventFilter(watch)
    player.session.choose_source("csv", path=str(table))
    player.until(lambda: "read" in order)
    text.removeEventFilter(watch)
    assert order[0] == "painted"
    player.settle()


def test_the_run_goes_on_while_a_table_is_read(player, slow, table) -> None:
    player.session.set_speed(0)
    player.click("run")
    player.until(lambda: player.frame.position.update > 0)
    begin(player, slow, table)
    there = player.frame.position.update
    player.until(lambda: player.frame.position.update > there)
    assert player.session.loading is not None
    player.session.cancel_loading()
    player.session.pause()
    slow.let_all()
    player.settle()


def test_cancel_is_answered_at_once_and_reading_ends_with_the_block(player, slow, table) -> None:
    player.step("update", 2)
    before = everything(player)
    begin(player, slow, table)
    slow.let(4)
    player.until(lambda: slow.asked >= 5)
    asked = slow.asked
    button = player.find("cancel_loading", QPushButton)
    button.click()
    # Nothing is waited for: the reader still stands in the middle of its block.
    assert player.session.loading is None
    assert player.said == [("error", "Loading was cancelled.")]
    slow.let_all()
    idle: list[object] = []
    player.session.jobs.start(lambda progress: None, idle.append, idle.append)
    player.until(lambda: idle)
    assert slow.asked == asked
    player.settle()
    assert everything(player) == before
    assert player.step("update").position.update == 3


def test_a_table_with_a_bad_line_leaves_everything_as_before(player, slow, tmp_path) -> None:
    player.step("update", 2)
    before = everything(player)
    slow.let_all()
    bad = write_table(tmp_path / "bad.csv", "1,2\n")
    player.session.choose_source("csv", path=str(bad))
    player.until(lambda: player.session.loading is None)
    (severity, text), *more = player.said
    assert severity == "error"
    assert not more
    assert f"{bad}: line {ROWS + 2}: 2 fields where the header has 3" in text
    player.settle()
    assert everything(player) == before
    assert player.step("update").position.update == 3


def test_a_file_with_a_table_that_is_given_up_is_not_the_open_one(
    player, slow, table, tmp_path
) -> None:
    before = everything(player)
    file = tmp_path / "mine.toml"
    file.write_text(f'format = 1\n[data]\nsource = "csv"\npath = "{table.as_posix()}"\n')
    player.session.open(file)
    player.until(lambda: slow.asked > 0)
    player.session.cancel_loading()
    slow.let_all()
    player.settle()
    assert everything(player) == before


def test_another_table_takes_the_place_of_the_first(player, slow, table, tmp_path) -> None:
    begin(player, slow, table)
    other = tmp_path / "other.csv"
    other.write_text("u,v,answer\n" + "1,2,a\n2,1,b\n" * 20)
    player.session.choose_source("csv", path=str(other))
    slow.let_all()
    frame = player.settle()
    assert frame.problem.dataset.name == "other.csv"
    assert not player.said


def test_a_table_is_read_again_only_when_it_must_be(player, slow, tmp_path) -> None:
    slow.let_all()
    path = tmp_path / "small.csv"
    path.write_text("u,v,answer\n" + "1,2,a\n2,1,b\n3,5,a\n" * 20)
    player.session.choose_source("csv", path=str(path))
    first = player.settle().problem
    asked = slow.asked
    for change in (
        {"representation__scaling": "minmax"},
        {"evaluation__test_fraction": 0.2},
        {"model__dtype": "float32"},
    ):
        second = player.set(**change).problem
        assert second.dataset is first.dataset
        assert second is not first
    assert second.x.dtype == np.float32
    assert second.x[second.parts.train].max() == 1.0
    assert slow.asked == asked
    player.set(data__missing="drop")
    assert slow.asked > asked
    asked = slow.asked
    path.write_text("u,v,answer\n" + "1,2,a\n2,1,b\n3,5,a\n" * 30)
    assert len(player.set(representation__scaling="standard").problem.x) == 90
    assert slow.asked > asked


def test_a_table_is_not_shuffled_a_second_time(player, slow, tmp_path) -> None:
    slow.let_all()
    path = tmp_path / "small.csv"
    path.write_text("u,v,answer\n" + "".join(f"{i},{i % 7},{'abc'[i % 3]}\n" for i in range(90)))
    player.session.choose_source("csv", path=str(path))
    player.settle()
    shuffled = player.set(data__shuffle_labels=True).problem.dataset.target
    again = player.set(representation__scaling="minmax").problem.dataset.target
    assert (shuffled == again).all()


@pytest.mark.parametrize("blocks", [1, 4])
def test_closing_while_a_table_is_read(player, slow, table, monkeypatch, blocks) -> None:
    begin(player, slow, table)
    slow.let(blocks)
    player.until(lambda: slow.asked > blocks)
    asked, window, jobs = slow.asked, player.window, player.session.jobs
    cancel = jobs.cancel

    def cancel_and_let() -> None:
        cancel()
        slow.let_all()

    monkeypatch.setattr(jobs, "cancel", cancel_and_let)
    with player.qtbot.waitSignal(window.closed):
        assert window.close()
    assert not jobs._thread.isRunning()
    assert player.session._worker.isFinished()
    assert slow.asked == asked
