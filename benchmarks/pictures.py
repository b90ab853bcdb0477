"""Draws the pictures of the README: ``python -m benchmarks.pictures [FOLDER]``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from core import experiment as experiment_files
from core.experiment import Experiment
from core.resources import asset
from core.stages import Stage, StepSize
from mlloop_gui.main_window import MainWindow
from mlloop_gui.settings import Settings

FOLDER = Path(__file__).parents[1] / "assets" / "pictures"
WIDE, SMALL = (1440, 900), (1180, 720)
PATIENCE = 60_000  # milliseconds


@dataclass(frozen=True)
class Picture:
    """One picture: what is learned, how far, how it looks."""

    name: str
    source: str = "circle"
    theme: str = "light"
    size: tuple[int, int] = WIDE
    stage: int = 0
    updates: int = 0
    simple: bool = False
    act: Callable[[MainWindow], object] | None = None


def tab(name: str) -> Callable[[MainWindow], object]:
    """Turns to a tab of the bottom."""
    return lambda window: window.dock_area.show_tab(name)


def face(stage: Stage, key: str) -> Callable[[MainWindow], object]:
    """Shows a stage by one of its faces."""
    return lambda window: window.inspectors.show_face(stage, key)


def forked(window: MainWindow) -> None:
    """Goes back, learns more slowly from there, and looks at both runs."""
    window.session.go_to(400)
    window.session.set("optimizer.learning_rate", 0.03)
    window.session.reach(900)
    window.dock_area.show_tab("runs")


def landscape(window: MainWindow) -> None:
    """The run's own way over the loss."""
    window.dock_area.show_tab("landscape")
    view = window.bottom.widget("landscape")
    view.controls.kind.setCurrentIndex(2)  # type: ignore[attr-defined]
    view.draw()  # type: ignore[attr-defined]


def guided(window: MainWindow) -> None:
    """A chapter of the guide."""
    window.dock_area.toggle_guide()
    assert window.guide is not None
    window.guide.open_stage(Stage.LOSS)


def presented(window: MainWindow) -> None:
    """A scene of the presentation."""
    window.resize(1280, 650)
    window.presenter.toggle()
    page = window.presenter.page
    assert page is not None
    page.walk(2)


PICTURES = (
    Picture("first-launch", simple=True),
    Picture("at-rest"),
    Picture("backpropagate", stage=6, updates=24),
    Picture("backpropagate-dark", theme="dark", stage=6, updates=24),
    Picture("running", updates=1500),
    Picture("spiral-dark", source="spiral", theme="dark", updates=3000),
    Picture("digits", source="digits", updates=1500),
    Picture("iris", source="iris", updates=800),
    Picture("regression", source="sine", updates=2500),
    Picture("diverged", source="diverging", updates=10_000),
    Picture("csv", source="csv", updates=1000),
    Picture("filmstrip", updates=1500, act=tab("film")),
    Picture("runs", updates=1500, act=forked),
    Picture("landscape-dark", theme="dark", updates=1500, act=landscape),
    Picture("warped-plane", updates=1500, act=face(Stage.TRANSFORM, "warp")),
    Picture("drag-a-parameter", updates=200, act=face(Stage.GRADIENTS, "drag")),
    Picture("guide", act=guided),
    Picture("presentation", act=presented),
    Picture("small-window", size=SMALL, stage=7, updates=10),
    Picture("small-window-dark", theme="dark", size=SMALL, source="blobs", updates=300),
)


def wait_until(condition: Callable[[], bool]) -> None:
    """Let events through until something holds; gives up after `PATIENCE`."""
    loop, timer, limit = QEventLoop(), QTimer(), QTimer()
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    timer.start(10)
    limit.start(PATIENCE)
    loop.exec()


def settle(window: MainWindow) -> None:
    """Wait for the answer to every command, and for the jobs thread."""
    session = window.session
    for _ in range(3):
        wait_until(
            lambda: (
                session.frame is not None
                and session.frame.command >= session.sent
                and not session.jobs.busy
            )
        )


def write_table() -> Path:
    """A small table of the kind that people have: gaps, a category, decimal commas."""
    rng = np.random.default_rng(1)
    path = Path(tempfile.mkdtemp()) / "flats.csv"
    lines = ["area;rooms;district;year built;rented within a week"]
    for _ in range(400):
        area, year = rng.uniform(25, 140), int(rng.integers(1900, 2024))
        district = rng.choice(["harbour", "old town", "hill", "station"])
        score = 90 - area + 0.3 * (year - 1960) + 25 * (district == "old town")
        shown = f"{area:.1f}".replace(".", ",") if rng.random() > 0.04 else ""
        answer = "yes" if score + rng.normal(0, 15) > 0 else "no"
        lines.append(f"{shown};{int(area // 25) + 1};{district};{year};{answer}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def experiment_of(picture: Picture) -> Experiment:
    """The experiment that a picture shows."""
    if picture.source == "diverging":
        return experiment_files.load(asset("experiments/diverging.toml"))
    found = Experiment()
    if picture.source == "csv":
        found = found.with_source("csv", path=str(write_table()))[0]
    elif picture.source != "circle":
        found = found.suggested(picture.source)
    return found.replace_many({"stop.epochs": None, "stop.updates": picture.updates})


def draw(picture: Picture, folder: Path) -> Path:
    """Open a window, bring it to where the picture is, and write it."""
    settings = Settings(seen_introduction=not picture.simple, theme=picture.theme)
    window = MainWindow(experiment_of(picture), settings)
    session = window.session
    if picture.simple:
        window.show_simple()
    window.resize(*picture.size)
    window.show()
    wait_until(lambda: session.frame is not None)
    if picture.updates:
        session.by_experiment = True
        session.set_speed(0)
        session.run()
        wait_until(lambda: session.state in ("finished", "failed"))
    if picture.stage:
        session.inspect(Stage(picture.stage))
        for _ in range(picture.stage):
            session.step(StepSize.STAGE)
        wait_until(
            lambda: session.frame is not None and session.frame.position.stage == picture.stage
        )
    if picture.act is not None:
        picture.act(window)
        settle(window)
    # One turn of the event loop more, for what was asked to be painted.
    wait_until(lambda: True)
    path = folder / f"{picture.name}.png"
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    image.save(str(path), "PNG", 0)  # type: ignore[call-overload]  # 0: packed as small as can be
    window.close()
    return path


def main() -> int:
    """Draw all pictures."""
    application = QApplication(sys.argv[:1])
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        sys.stdout.write(f"{draw(picture, folder)}\n")
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
