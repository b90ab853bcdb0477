"""What is remembered between starts, and what happens to a file that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlloop_gui import settings
from mlloop_gui.settings import Settings
from tests.gui.helpers import small


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_what_is_saved_comes_back(path) -> None:
    given = Settings(True, "dark", 1.25, ["/a.toml"], "Z2Vv", "bGF5")
    settings.save(given, path)
    assert settings.load(path) == (given, "")


def test_nothing_there_is_no_trouble(path) -> None:
    assert settings.load(path) == (Settings(), "")
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"version": 2}',
        b'{"scale": 1.0}',
        b'{"version": 1, "scale": 100}',
        b'{"version": 1, "scale": "big"}',
        b'{"version": 1, "scale": NaN}',
        b'{"version": 1, "theme": "pink"}',
        b'{"version": 1, "recent": [1]}',
        b'{"version": 1, "guide": {"loss": "two"}}',
        b'{"version": 1, "guide": {"loss": -1}}',
        b'{"version": 1, "seen_introduction": 1}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_or_newer_file_is_set_aside(path, content) -> None:
    path.write_bytes(content)
    found, said = settings.load(path)
    assert found == Settings()
    assert "set aside" in said
    assert "\n" not in said
    assert not path.exists()
    assert (path.parent / "settings.damaged.json").read_bytes() == content


def test_unknown_fields_of_the_same_version_do_no_harm(path) -> None:
    path.write_text(json.dumps({"version": 1, "theme": "dark", "later": 3}))
    assert settings.load(path)[0].theme == "dark"


def test_a_folder_in_the_place_of_the_file(path) -> None:
    path.mkdir()
    found, said = settings.load(path)
    assert found == Settings()
    assert said


def test_a_place_that_cannot_be_written_is_no_fault(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    settings.save(Settings(), tmp_path / "file" / "settings.json")


def test_recent_files_are_few_and_newest_first() -> None:
    found = Settings()
    for k in range(12):
        found.remember(f"/{k}.toml")
    found.remember("/9.toml")
    assert found.recent[:3] == ["/9.toml", "/11.toml", "/10.toml"]
    assert len(found.recent) == settings.RECENT_FILES == len(set(found.recent))


@pytest.mark.parametrize("text", ["", "bm9uc2Vuc2U=", "not base 64", "\u00e9"])
def test_a_layout_that_is_none_leaves_the_window_as_it_is(open_window, text) -> None:
    player = open_window(small(), Settings(geometry=text, layout=text), settled=False)
    player.window.restore_layout()
    player.settle()
    shown = {name for name, dock in player.window.docks.items() if dock.isVisible()}
    assert shown == {"Settings", "Curves", "Inspector"}


def test_the_layout_is_kept(open_window) -> None:
    first = Settings(seen_introduction=True)
    player = open_window(small(), first)
    player.window.docks["Curves"].hide()
    player.window.close()
    again = open_window(small(), first, settled=False)
    again.window.restore_layout()
    again.settle()
    assert not again.window.docks["Curves"].isVisible()
    assert again.window.docks["Settings"].isVisible()
    assert first.geometry
