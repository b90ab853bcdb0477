from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

ABSENT = dict.fromkeys(
    (
        *("samples", "noise", "classes", "arms", "path", "test_path", "target", "columns"),
        *("missing", "points", "class_names", "shift"),
    )
)


@pytest.fixture(scope="session")
def experiment() -> Callable[..., SimpleNamespace]:
    """Makes what `load_dataset` uses of an experiment: its data table, data seed and paths."""

    def make(source: str = "circle", data_seed: int = 7, **settings: object) -> SimpleNamespace:
        values = {**ABSENT, "source": source, "label_noise": 0.0, **settings}
        data = SimpleNamespace(**values)
        return SimpleNamespace(data=data, data_seed=data_seed, resolve_path=str)

    return make
