"""Stage 9: training part, unseen validation part, and the sealed test part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import Slot

from core.metrics import Evaluation, wilson
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector, Scrolled
from mlloop_gui.inspector.best import best_facts, memory_facts
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.plots import numbers
from mlloop_gui.plots.confusion import ConfusionMatrix

#: Up to so many classes the confusion matrix is small.
_FEW = 3
_SEALED = "sealed"
_NONE = "–"


class EvaluateInspector(Inspector):
    """How the model does on each part, with intervals; the gap; which classes it confuses."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    text_width: ClassVar[tuple[float, int, int]] = (0.25, 250, 400)
    side_width = (0.2, 215, 290)

    def build(self) -> None:
        """Make the table of parts, the gap, and the confusion matrix."""
        self.parts = NumbersTable("how the model does on each part")
        self.gap = Facts("Learned or memorised?")
        self.confusion = ConfusionMatrix("Validation")
        self.add(self.parts, 3)
        self.add(Scrolled(self.gap))
        self.register(self.gap)
        self.add_side(self.confusion)
        self.session.reference.changed.connect(self._again)

    def ready(self, moment: Moment) -> bool:
        """Return whether there has been a look: there is one from the start."""
        return True

    def fill(self, moment: Moment) -> None:
        """Show the newest look at the parts."""
        self.session.reference.want()
        check, test = moment.frame.check, moment.frame.test
        found = [check.train, check.validation, test]
        classes = bool(moment.problem.classes)
        loss = _column("loss", "Mean data loss, no penalty", found, _loss, moment)
        if classes:
            columns = [
                _column("accuracy", "Share of right guesses", found, _accuracy, moment),
                _column("95 % interval", "Where the true share is likely", found, _interval,
                        moment),
                _column("right", "How many guesses are right", found, _right, moment),
                loss,
            ]  # fmt: skip
        else:
            columns = [
                *(_column(label, told, found, _metric(name), moment)
                  for name, (label, told) in _METRICS.items()),
                loss,
                _column("samples", "Rows of the part", found, _rows, moment),
            ]  # fmt: skip
        self.parts.set_numbers(["train", "validation", "test"], columns)
        self.gap.set_facts(*self._gap(moment))
        self.confusion.setVisible(classes)
        if classes:
            part = check.validation if check.validation.rows else check.train
            assert part.confusion is not None
            self.confusion.set_title("Validation" if check.validation.rows else "Training part")
            many = len(moment.problem.dataset.class_names) > _FEW
            self.side_width = (0.28, 400, 460) if many else (0.2, 215, 290)
            self.share_width()
            self.confusion.set_matrix(part.confusion, moment.problem.dataset.class_names)

    @Slot()
    def _again(self) -> None:
        if self.moment is not None and self.isVisible():
            self.fill(self.moment)

    def _gap(self, moment: Moment) -> tuple[list[Fact], str]:
        check = moment.frame.check
        facts = []
        if check.validation.rows:
            gap = check.validation.loss - check.train.loss
            facts.append(Fact.of("gap of the loss", gap, numbers.change(gap), strong=True))
            gap = check.validation.headline - check.train.headline
            name = "gap of the accuracy" if moment.problem.classes else "gap of R²"
            in_points = f"{numbers.change(100 * gap)} points"
            text = in_points if moment.problem.classes else numbers.change(gap)
            facts.append(Fact.of(name, gap, text))
        facts += best_facts(self.session.reference.found) + memory_facts(moment)
        opened = self.session.test_openings
        times = "once" if opened == 1 else f"{numbers.count(opened)} times"
        facts.append(Fact("test part", f"opened {times}" if opened else _SEALED))
        note = "Measured on a fixed sample of each large part." if check.sampled else ""
        return facts, note


_METRICS = {
    "r2": ("R²", "Share of the spread explained"),
    "rmse": ("RMSE", "Typical miss"),
    "mae": ("MAE", "Mean miss"),
}


Read = Callable[[Evaluation, Moment], tuple[str, str]]


def _column(
    name: str, tip: str, found: Sequence[Evaluation | None], read: Read, moment: Moment
) -> Column:
    """A column of texts with their full values, for parts that may be sealed or empty."""
    pairs = [read(part, moment) if part is not None else (_SEALED, _SEALED) for part in found]
    return Column(name, [text for text, _ in pairs], tip, exact=[exact for _, exact in pairs])


def _rows(part: Evaluation, moment: Moment) -> tuple[str, str]:
    return numbers.count(part.rows), str(part.rows)


def _loss(part: Evaluation, moment: Moment) -> tuple[str, str]:
    return (numbers.short(part.loss, 4), repr(part.loss)) if part.rows else (_NONE, _NONE)


def _right(part: Evaluation, moment: Moment) -> tuple[str, str]:
    if part.correct is None or not part.rows:
        return _NONE, _NONE
    return f"{numbers.count(part.correct)} of {numbers.count(part.rows)}", str(part.correct)


def _accuracy(part: Evaluation, moment: Moment) -> tuple[str, str]:
    if part.correct is None or not part.rows:
        return _NONE, _NONE
    return numbers.percent(part.headline), repr(part.headline)


def _interval(part: Evaluation, moment: Moment) -> tuple[str, str]:
    if part.correct is None or not part.rows:
        return _NONE, _NONE
    low, high = wilson(part.correct, part.rows)
    return f"{100 * low:.0f}–{100 * high:.0f} %", f"{low!r} to {high!r}"


def _metric(name: str) -> Read:
    def read(part: Evaluation, moment: Moment) -> tuple[str, str]:
        value = part.metrics.get(name)
        if value is None:
            return _NONE, _NONE
        unit = moment.problem.dataset.target_unit if name != "r2" else ""
        return f"{numbers.short(value, 4)} {unit}".strip(), repr(value)

    return read
