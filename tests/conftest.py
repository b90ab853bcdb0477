"""What every test stands on: no screen, one BLAS thread, and no write outside the test's own folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"

TESTS = Path(__file__).parent
PLACES = {"core", "gui", "end_to_end"}
FILES = {"conftest.py", "test_architecture.py"}
QT_FIXTURES = {"qapp", "qtbot", "qtlog", "qtmodeltester"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what touches Qt, and refuses a test that lies where nobody looks for it."""
    for item in items:
        place = item.path.relative_to(TESTS).parts if item.path.is_relative_to(TESTS) else None
        if place is None:
            continue
        assert place[0] in (PLACES if len(place) > 1 else FILES), (
            f"{item.path}: tests live in {sorted(PLACES)}"
        )
        if place[0] == "gui" or QT_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("gui")
