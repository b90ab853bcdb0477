"""What every test stands on: no screen, one BLAS thread, no write outside folders of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, configuration, settings
from platformdirs import user_cache_dir

# Before anything imports numpy or makes the application.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

# Compiling takes many seconds: what `make` has compiled serves here too.
os.environ.setdefault("NUMBA_CACHE_DIR", user_cache_dir("mlloop", appauthor=False))

TESTS = Path(__file__).parent
PLACES = {"core", "gui", "end_to_end"}
FILES = {"conftest.py", "test_architecture.py"}
QT_FIXTURES = {"qapp", "qtbot", "qtlog", "qtmodeltester"}

# A home of our own. It is the same path all the time, because Qt reads these variables only once.
HOME = Path(tempfile.mkdtemp(prefix="mlloop-tests-"))
FOLDERS = {
    "HOME": ".",
    "USERPROFILE": ".",
    "APPDATA": "roaming",
    "LOCALAPPDATA": "local",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "runtime",
}
KEPT = {"cache", "runtime"}  # fontconfig and hypothesis: slow to make again, and no settings
for variable, folder in FOLDERS.items():
    os.environ[variable] = str(HOME / folder)

# The cores are shared, so time proves nothing; in CI a red test is red again for the next person.
configuration.set_hypothesis_home_dir(HOME / "cache" / "hypothesis")
settings.register_profile(
    "mlloop",
    deadline=None,
    database=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mlloop")


def _empty_home() -> None:
    for entry in HOME.iterdir():
        if entry.name not in KEPT:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def pytest_configure() -> None:
    for name in KEPT:
        (HOME / name).mkdir(mode=0o700, exist_ok=True)


def pytest_unconfigure() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what touches Qt, and refuses a test that lies where nobody looks for it."""
    for item in items:
        if not item.path.is_relative_to(TESTS):
            continue
        place = item.path.relative_to(TESTS).parts
        if place[0] not in (PLACES if len(place) > 1 else FILES):
            raise pytest.UsageError(f"{item.path}: tests live in {', '.join(sorted(PLACES))}")
        if place[0] == "gui" or QT_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("gui")


@pytest.fixture(autouse=True)
def own_folders() -> Iterator[Path]:
    """Runs a test in an empty working folder and an empty home, and gives the working folder."""
    before = Path.cwd()
    work = HOME / "work"
    work.mkdir()
    os.chdir(work)
    yield work
    os.chdir(before)
    _empty_home()
