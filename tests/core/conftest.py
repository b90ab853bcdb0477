"""Tests of the engine on both kernels."""

from __future__ import annotations

import pytest

from core.network import choice
from tests.core.network.building import KERNELS


@pytest.fixture(params=KERNELS)
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The kernel that "auto" stands for within a test."""
    if request.param == "numpy":
        monkeypatch.setattr(choice, "find_spec", lambda name: None)
    return request.param
