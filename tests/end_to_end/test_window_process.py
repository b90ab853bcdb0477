"""The real program with its window: started, driven, and ended as a desktop ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.end_to_end.program import COMMAND, DEFAULT, environment

PATIENCE = 60.0  # seconds
SMALL = """format = 1
[data]
source = "circle"
samples = 60
[stop]
epochs = 3
"""

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts the program in the background; it is killed if the test leaves it."""
    running: list[subprocess.Popen[str]] = []

    def begin(*words: str, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            words,
            env={**environment(), **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for_handlers(process: subprocess.Popen[str]) -> None:
    """Waits until the program catches requests to end; the kernel tells."""
    status = Path(f"/proc/{process.pid}/status")
    end = monotonic() + PATIENCE
    while monotonic() < end and process.poll() is None:
        caught = next(
            line.split()[1] for line in status.read_text().splitlines() if line.startswith("SigCgt")
        )
        if int(caught, 16) >> (signal.SIGTERM - 1) & 1:
            return
    pytest.fail(f"the program never came so far: {process.communicate()}")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_end_closes_the_window_and_keeps_the_settings(start, number) -> None:
    process = start(*COMMAND, DEFAULT)
    wait_for_handlers(process)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")
    (settings,) = Path(os.environ["XDG_CONFIG_HOME"]).rglob("settings.json")
    assert "default.toml" in settings.read_text()


DRIVER = """
import sys
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from mlloop_gui import application
from mlloop_gui.cli import run_command

class Window(application.MainWindow):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.script = ["step", "run", "pause", "change", "close"]
        self.session.frame_changed.connect(self.follow)

    def press(self, name):
        self.findChild(QAction, name).trigger()

    def follow(self):
        frame, script = self.session.frame, self.script
        place = frame.position
        print(frame.state.value, place.update, int(place.stage), flush=True)
        if not script:
            return
        if script[0] == "step":
            script.pop(0)
            self.press("step")
        elif script[0] == "run" and int(place.stage) == 1:
            script.pop(0)
            self.press("run")
        elif script[0] == "pause" and place.update >= 3:
            script.pop(0)
            self.press("run")
        elif script[0] == "change" and frame.state == "paused":
            script.pop(0)
            self.session.set("optimizer.learning_rate", 0.125)
        elif script[0] == "close" and frame.experiment.change:
            script.pop(0)
            self.close()

application.MainWindow = Window
sys.exit(run_command(sys.argv[1:]))
"""


def test_a_session_from_start_to_close(start, own_folders) -> None:
    """Step, run, pause, change, close: then the unsaved change lies in the last session."""
    file = own_folders / "small.toml"
    file.write_text(SMALL)
    process = start(sys.executable, "-X", "faulthandler", "-c", DRIVER, str(file))
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    lines = out.split("\n")
    assert lines[0] == "paused 0 9"
    assert "paused 0 1" in lines
    assert any(line.startswith("running") for line in lines)
    (kept,) = Path(os.environ["XDG_STATE_HOME"]).rglob("last_session.toml")
    assert "value = 0.125" in kept.read_text()


def without_display() -> dict[str, str]:
    return {"QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_without_a_display_it_trains_and_writes_a_picture(start, own_folders) -> None:
    (own_folders / "small.toml").write_text(SMALL)
    process = start(*COMMAND, "small.toml", **without_display())
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    picture = own_folders / "mlloop.png"
    assert str(picture) in out
    assert "no display" in out
    assert "9 updates" in out
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_without_a_display_missing_data_are_one_line(start, own_folders) -> None:
    text = 'format = 1\n[data]\nsource = "csv"\npath = "none.csv"\n'
    (own_folders / "mine.toml").write_text(text)
    process = start(*COMMAND, "mine.toml", **without_display())
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, "")
    assert "none.csv" in err
    assert err.count("\n") == 1


def test_a_bad_file_opens_no_window(start, own_folders) -> None:
    (own_folders / "bad.toml").write_text("format = 1\nseed = -1\n")
    process = start(*COMMAND, "bad.toml")
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (2, "")
    assert "bad.toml" in err
    assert "seed" in err
    assert err.count("\n") == 1


def test_damaged_settings_are_set_aside_and_the_window_opens(start) -> None:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "mlloop"
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text("{broken")
    process = start(*COMMAND)
    wait_for_handlers(process)
    process.terminate()
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, "")
    assert (folder / "settings.damaged.json").read_text() == "{broken"
    assert '"version": 1' in (folder / "settings.json").read_text()
