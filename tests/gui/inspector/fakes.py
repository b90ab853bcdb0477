"""A session without threads: real loops, real frames, made when they are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.experiment import Experiment
from core.explain import Context, explain_stage
from core.stages import Stage, StepSize
from mlloop_gui.driver import Driver
from mlloop_gui.frames import Frame, RunState, View


class FakeReference(QObject):
    """What a run is held against, as a test puts it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.found: Any = None
        self.wanted = False

    def want(self) -> None:
        self.wanted = True


class FakeSession(QObject):
    """The part of `Session` that inspectors use, driven by hand."""

    frame_changed = Signal()
    sample_changed = Signal()
    inspected_changed = Signal()
    choice_changed = Signal()
    run_started = Signal()

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self.reference = FakeReference()
        self.frame: Frame | None = None
        self.view = View(boundary=False, curves=False, embedding=False)
        self.test_openings = 0
        self.edited: list[tuple[str, float]] = []
        self.sets: list[tuple[str, Any]] = []
        self.runs: list[int] = []
        self.driver = Driver()
        self.driver.new(experiment)
        self.send()

    @property
    def loop(self) -> Any:
        return self.driver.loop

    @property
    def sample(self) -> int | None:
        return self.view.sample

    @property
    def inspected(self) -> Stage:
        return self.view.inspected

    def send(self, running: bool = False, explanations: Any = None) -> None:
        self.driver.look(self.view)
        made = self.driver.frame()
        record = made.record_of(Stage.GRADIENTS)
        if self.inspected is Stage.BACKPROPAGATE and record is not None:
            view = self.view
            nudged = explain_stage(
                Context.of(self.loop, record),
                Stage.GRADIENTS,
                made.sample,
                view.unit,
                view.parameter,
            )
            made = replace(made, explanations={**made.explanations, Stage.GRADIENTS: nudged})
        if explanations is not None:
            made = replace(made, explanations=explanations)
        self.frame = replace(made, state=RunState.RUNNING) if running else made
        self.frame_changed.emit()

    def step(self, count: int = 1, size: StepSize = StepSize.STAGE) -> None:
        for _ in range(count):
            self.driver.step(size)
        self.send()

    @property
    def experiment(self) -> Experiment:
        return self.loop.settings

    @property
    def sent(self) -> int:
        return self.frame.command if self.frame else 0

    def set(self, path: str, value: Any, continued: bool = False) -> None:
        self.sets.append((path, value))
        self.driver.change([(path, value)])
        self.send()

    def run(self, updates: int) -> None:
        self.runs.append(updates)
        self.step(updates, StepSize.UPDATE)

    def select_sample(self, row: int | None) -> None:
        self.view = replace(self.view, sample=row)
        self.sample_changed.emit()
        self.send()

    def show(self, **what: Any) -> None:
        before, self.view = self.view, replace(self.view, **what)
        if before.lens != self.view.lens:
            self.send()

    def choose_unit(self, layer: int, unit: int) -> None:
        self.show(unit=(layer, unit))
        self.send()
        self.choice_changed.emit()

    def choose_parameter(self, index: int | None) -> None:
        self.show(parameter=index)
        self.send()
        self.choice_changed.emit()

    def edit_parameter(self, path: str, value: float) -> None:
        self.edited.append((path, value))
        self.driver.edit(len(self.edited), path, value)
        self.send()

    def inspect(self, stage: Stage) -> None:
        self.view = replace(self.view, inspected=stage)
        self.inspected_changed.emit()
        self.send()
