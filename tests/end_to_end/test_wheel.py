"""What `pip install .` gives: a program that works with no checkout in sight."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python(*arguments: str, cwd: Path, path: Path | None = None) -> str:
    """The standard output of a fresh interpreter, which finds packages in `path` first."""
    run = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(path or "")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{' '.join(arguments)}\n{run.stdout}\n{run.stderr}"
    return run.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network by the backend that is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    python("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed into; what it depends on is there already."""
    folder = tmp_path_factory.mktemp("installed")
    options = ("--no-index", "--no-deps", "--no-compile", "--quiet", "--target", str(folder))
    python("-m", "pip", "install", *options, str(wheel), cwd=wheel.parent)
    return folder


def test_the_wheel_holds_the_program_and_its_assets(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"core", "mlloop_gui", "mlloop"}
    assets = {
        f"core/assets/{file.relative_to(ROOT / 'assets').as_posix()}"
        for file in (ROOT / "assets").rglob("*")
        if file.is_file() and file.parent.name != "pictures"
    }
    assert assets
    assert assets <= names


def test_the_wheel_installs_the_command(installed: Path) -> None:
    (entry_points,) = installed.glob("mlloop-*.dist-info/entry_points.txt")
    assert "mlloop = mlloop_gui.__main__:main" in entry_points.read_text(encoding="utf-8")


def test_assets_are_found_beside_the_installed_code(installed: Path, tmp_path: Path) -> None:
    program = "from core.resources import asset; print(asset('experiments/default.toml'))"
    found = Path(python("-c", program, cwd=tmp_path, path=installed).strip())
    assert found == installed / "core" / "assets" / "experiments" / "default.toml"


def test_the_installed_program_tells_its_version(installed: Path, tmp_path: Path) -> None:
    said = python("-m", "mlloop_gui", "--version", cwd=tmp_path, path=installed)
    assert said.split() == ["mlloop", "0.1.0"]


def test_the_installed_program_lists_its_parts(installed: Path, tmp_path: Path) -> None:
    said = python("-m", "mlloop_gui", "list", "activations", cwd=tmp_path, path=installed)
    names = [line.split("\t")[0] for line in said.splitlines()]
    assert {"relu", "tanh", "sigmoid", "linear"} <= set(names)


def test_the_installed_program_trains(installed: Path, tmp_path: Path) -> None:
    file = str(installed / "core" / "assets" / "experiments" / "default.toml")
    options = ("--updates", "10", "--json", "-")
    said = python("-m", "mlloop_gui", "run", file, *options, cwd=tmp_path, path=installed)
    result = json.loads(said)
    assert (result["status"], result["updates"]) == ("finished", 10)
    assert result["parameters"] == 17
