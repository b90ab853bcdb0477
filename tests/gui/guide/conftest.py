"""A window with the guide in a dock of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.experiment import Experiment
from tests.gui.guide.pupil import Pupil


@pytest.fixture
def open_guide(open_window) -> Callable[..., Pupil]:
    """Opens the window, with the guide seen."""

    def opened(experiment: Experiment | None = None) -> Pupil:
        return Pupil(open_window(experiment))

    return opened
