"""Opening and saving in the window: round trips, bad files, recent ones, nothing unsaved lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.experiment import load, save
from mlloop_gui.files import Dialogs
from mlloop_gui.settings import Settings
from tests.gui.helpers import small

ROOT = Path(__file__).parents[2]


@pytest.fixture
def answer(monkeypatch):
    """Sets what the file dialogs are answered."""

    def give(path: Path | str) -> None:
        for name in ("ask_open", "ask_save"):
            monkeypatch.setattr(Dialogs, name, lambda *_: str(path))

    return give


def test_save_and_open_bring_settings_and_events_back(open_window, answer, tmp_path) -> None:
    settings = Settings()
    player = open_window(small(), settings=settings)
    player.steps("update", 2)
    player.edit("optimizer.learning_rate", 0.125)
    player.steps("update", 2)
    theta = player.frame.theta
    assert player.window.isWindowModified()
    answer(tmp_path / "mine")
    player.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    path = tmp_path / "mine.toml"
    assert path.exists()
    assert not player.window.isWindowModified()
    assert "mine.toml" in player.window.windowTitle()
    assert settings.recent == [str(path)]
    player.edit("model.hidden", [2])
    answer(path)
    player.key(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert player.status() == (9, 0, 0)
    assert player.shown("optimizer.learning_rate") == 0.3
    assert not player.window.isWindowModified()
    player.steps("update", 4)
    assert np.array_equal(player.frame.theta, theta)
    assert player.shown("optimizer.learning_rate") == 0.125
    player.edit("optimizer.learning_rate", 0.5)
    player.action("save").trigger()
    assert [c.value for c in load(path).change] == [0.125, 0.5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("format = 1\n[optimizer]\nlearning_rate = -1\n", "optimizer.learning_rate"),
        ("format = 1\n[optimizer]\nlearning_rat = 1\n", "learning_rate"),
        ("format = 99\n", "newer"),
        ("not toml at all", "line"),
        (None, "bad.toml"),
    ],
)
def test_a_bad_file_is_one_line_and_touches_nothing(open_session, tmp_path, text, told) -> None:
    from core.errors import InputError

    player = open_session()
    player.step("update", 2)
    before = player.frame
    path = tmp_path / "bad.toml"
    path.write_text(text) if text else path.mkdir()
    with pytest.raises(InputError) as caught:
        player.session.open(path)
    assert told in str(caught.value)
    assert "bad.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert player.settle() is before
    assert player.session.path is None


def test_bad_files_and_folders_in_the_window(open_window, answer, tmp_path) -> None:
    settings = Settings()
    player = open_window(small(), settings=settings)
    player.steps("update", 2)
    theta = player.frame.theta
    bad = tmp_path / "bad.toml"
    bad.write_text("format = 1\nseed = 'seven'\n")
    answer(bad)
    player.action("open").trigger()
    player.settle()
    assert "bad.toml" in player.last_message
    assert "seed" in player.last_message
    assert player.status() == (8, 2, 0)
    assert np.array_equal(player.frame.theta, theta)
    assert settings.recent == []
    answer(tmp_path / "no" / "such" / "folder.toml")
    player.action("save").trigger()
    assert "folder.toml" in player.last_message
    assert player.session.path is None
    answer("")
    player.action("open").trigger()
    player.action("save").trigger()
    assert player.session.path is None


def test_what_was_unsaved_is_kept_when_a_file_takes_its_place(
    open_window, answer, tmp_path
) -> None:
    save(small(data={"noise": 0.2}), tmp_path / "other.toml")
    player = open_window(small())
    player.edit("optimizer.learning_rate", 0.125)
    player.steps("update", 1)
    player.edit("loss.l2", 0.05)
    kept = player.frame.experiment
    answer(tmp_path / "other.toml")
    player.action("open").trigger()
    player.settle()
    assert player.frame.experiment.data.noise == 0.2
    player.window.files.open_last_session()
    player.settle()
    assert player.frame.experiment == kept


def test_recent_files_are_in_the_menu(open_window, tmp_path) -> None:
    save(small(data={"noise": 0.2}), tmp_path / "one.toml")
    player = open_window(small(), settings=Settings(recent=[str(tmp_path / "one.toml")]))
    menu = player.window.menu_button._recent
    menu.aboutToShow.emit()
    (entry,) = menu.actions()
    assert entry.text() == "one.toml"
    entry.trigger()
    player.settle()
    assert player.frame.experiment.data.noise == 0.2


@pytest.mark.parametrize("name", ["default", "digits", "diverging", "regression", "spiral"])
def test_every_example_opens(open_session, name) -> None:
    player = open_session()
    player.do("open", ROOT / "assets" / "experiments" / f"{name}.toml")
    assert not player.said
    assert player.step("update").position.update == 1
