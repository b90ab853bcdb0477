"""A session without threads: settings change at once, and every call is written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.errors import InputError
from core.experiment import Experiment
from core.problem import Problem

DRAWN_POINTS = ((0.0, 0.5, 0), (0.5, 0.0, 1), (-0.5, 0.0, 0), (0.0, -0.5, 1))


class FakeJobs:
    """Work waits until `finish`; with `at_once` it is done when it is started."""

    def __init__(self) -> None:
        self.at_once = True
        self.waiting: list[Callable[[], None]] = []

    def start(
        self,
        work: Callable[[Callable[[float], None]], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None],
    ) -> None:
        def run() -> None:
            try:
                result = work(lambda share: None)
            except InputError as error:
                failed(str(error))
            else:
                done(result)

        self.waiting.append(run)
        if self.at_once:
            self.finish()

    def finish(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


class FakeSession(QObject):
    experiment_changed = Signal()
    frame_changed = Signal()
    run_started = Signal()
    message = Signal(str, str)

    def __init__(self, **values: Any) -> None:
        super().__init__()
        self.experiment = Experiment()
        self.problem: Problem | None = None
        self.test_openings = 0
        self.jobs = FakeJobs()
        self.calls: list[tuple[Any, ...]] = []
        source = values.pop("source", None)
        if source:
            given: dict[str, Any] = {
                "csv": {"path": "table.csv"},
                "drawn": {"points": DRAWN_POINTS},
            }.get(source, {})
            self.experiment = self.experiment.with_source(source, **given)[0]
        self.experiment = self.experiment.replace_many(values)

    def set(self, path: str, value: Any) -> None:
        found = self.experiment.consequences(path, value)
        new = self.experiment.replace_many({path: value, **dict(found)})
        self.calls.append(("set", path, value))
        self.show(new)

    def choose_source(self, name: str, **data: Any) -> None:
        new = self.experiment.with_source(name, **data)[0]
        self.calls.append(("choose_source", name, data))
        self.show(new)

    def suggest(self) -> None:
        self.calls.append(("suggest",))
        self.show(self.experiment.suggested(self.experiment.data.source))

    def open_test(self) -> None:
        self.test_openings += 1
        self.frame_changed.emit()

    def show(self, experiment: Experiment) -> None:
        if experiment != self.experiment:
            self.experiment = experiment
            self.experiment_changed.emit()
