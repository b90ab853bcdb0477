"""What validation is asked for: folds, a learning curve, a validation curve; start and cancel."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.evaluation.folds import MOST_REPEATS
from core.evaluation.validation import default_samples
from core.experiment import Experiment, fields
from core.problem import Problem
from mlloop_gui.panels.fields.words import label_of, tooltip
from mlloop_gui.panels.optimizer import OWNERS, SCHEDULES
from mlloop_gui.plots.spread import FOLDS, SAMPLES, SETTING, Kind
from mlloop_gui.views.validation_work import (
    SAMPLES_FIELD,
    present,
    proposed,
    read_values,
    written,
)

KINDS: tuple[tuple[Kind, str, str], ...] = (
    (FOLDS, "K-fold", "Each fold is held out once and judged by a fit that never saw it."),
    (SAMPLES, "Learning curve", "The error against the number of samples that are learned from."),
    (SETTING, "Validation curve", "The error against one setting, on the same folds each time."),
)
MOST_FOLDS = 100
USUAL_FOLDS, USUAL_DRAWS = 5, 5


class Choice(NamedTuple):
    """What is chosen; `values` are numbers of samples, or values of the setting at `path`."""

    kind: Kind
    folds: int
    repeats: int
    path: str
    values: tuple[float, ...]


def varied(experiment: Experiment) -> tuple[str, ...]:
    """The paths of the live settings that are numbers and mean something beside the others."""
    optimizer = experiment.optimizer
    found = []
    for path, field in fields().items():
        if not field.live or field.kind not in ("number", "integer"):
            continue
        fits = (
            optimizer.name in OWNERS.get(path, (optimizer.name,))
            and SCHEDULES.get(path, optimizer.schedule) == optimizer.schedule
            and (path != "loss.delta" or experiment.loss.name == "huber")
            and (path != "model.dropout" or bool(experiment.model.hidden))
            # When to end is counted; to vary what else ends a run would measure that rule.
            and (not path.startswith("stop.") or path == "stop.epochs")
        )
        if fits:
            found.append(path)
    first = ("optimizer.learning_rate", "loss.l2", "stop.epochs", "optimizer.batch_size")
    return tuple(sorted(found, key=lambda path: first.index(path) if path in first else 9))


class ValidationControls(QWidget):
    """A compact column.

    Signals
    -------
    start, cancel
        A person asks for it.
    """

    start = Signal()
    cancel = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._repeats: dict[Kind, int] = {FOLDS: 1, SETTING: 1, SAMPLES: USUAL_DRAWS}
        self._shown: Kind = FOLDS
        self._experiment: Experiment | None = None
        self._open_rows = self._classes = 0
        self._build_choices()
        self._build_doing()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.kind)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.folds)
        row.addWidget(self.repeats)
        column.addLayout(row)
        column.addWidget(self.setting)
        column.addWidget(self.values)
        column.addWidget(self._buttons)
        column.addWidget(self.status)
        column.addStretch(1)
        self._kind_chosen()

    def _named(self, widget: QWidget, name: str, accessible: str, tip: str) -> None:
        widget.setObjectName(f"validation.{name}")
        widget.setAccessibleName(accessible)
        widget.setToolTip(tip)

    def _build_choices(self) -> None:
        self.kind, self.setting = QComboBox(), QComboBox()
        self._named(self.kind, "kind", "What to do", "What to do")
        self._named(self.setting, "setting", "Setting to vary", "The setting to vary")
        for menu in (self.kind, self.setting):
            menu.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            menu.setMinimumContentsLength(5)
        for kind, label, tip in KINDS:
            self.kind.addItem(label, kind)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.folds, self.repeats = QSpinBox(), QSpinBox()
        tip = "One part in so many is held out, and the rest is learned from"
        self._named(self.folds, "folds", "Folds", tip)
        self.folds.setRange(2, MOST_FOLDS)
        self.folds.setValue(USUAL_FOLDS)
        self.folds.setSuffix(" folds")
        self._named(self.repeats, "repeats", "Repeats", "")
        self.repeats.setRange(1, MOST_REPEATS)
        for box in (self.folds, self.repeats):
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setMinimumWidth(90)
        self.values = QLineEdit()
        self._named(self.values, "values", "Values", "What to try, one after the other")
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.setting.currentIndexChanged.connect(self._propose)
        self.folds.valueChanged.connect(self._folds_changed)
        self.repeats.valueChanged.connect(self._name_repeats)
        self.values.textEdited.connect(lambda: self.show_invalid(False))
        self.values.returnPressed.connect(self.start)

    def _build_doing(self) -> None:
        self.start_button = QPushButton("Start")
        self.start_button.setProperty("primary", True)
        tip = "Fit and judge, beside the run, which goes on; the test part stays sealed"
        self._named(self.start_button, "start", "Start the validation", tip)
        self.start_button.clicked.connect(self.start)
        self.progress = QProgressBar()
        self.progress.setRange(0, 100)
        self._named(self.progress, "progress", "Progress of the validation", "How much is done")
        self.cancel_button = QPushButton("Cancel")
        self._named(self.cancel_button, "cancel", "Cancel the validation", "Give up fitting")
        self.cancel_button.clicked.connect(self.cancel)
        working = QWidget()
        row = QHBoxLayout(working)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.progress, 1)
        row.addWidget(self.cancel_button)
        self._buttons = QStackedWidget()
        self._buttons.addWidget(self.start_button)
        self._buttons.addWidget(working)
        self._buttons.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.status = QLabel()
        self.status.setObjectName("validation.status")
        self.status.setProperty("role", "muted")
        self.status.setWordWrap(True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)

    # -- what is chosen ------------------------------------------------------------------------

    def choice(self) -> Choice:
        """Return what is chosen; raises `InputError` where a value is none."""
        kind, path = self._shown, ""
        values: tuple[float, ...] = ()
        if kind == SETTING:
            path = self.setting.currentData() or ""
            values = read_values(self.values.text(), fields()[path])
        elif kind == SAMPLES:
            values = read_values(self.values.text(), SAMPLES_FIELD)
        return Choice(kind, self.folds.value(), self.repeats.value(), path, values)

    def set_experiment(self, experiment: Experiment, problem: Problem | None) -> None:
        """Offer the settings that there are, and values about those in force."""
        rows = 0 if problem is None else len(problem.parts.train) + len(problem.parts.validation)
        classes = 0 if problem is None else problem.classes
        if experiment == self._experiment and (rows, classes) == (self._open_rows, self._classes):
            return
        self._experiment, self._open_rows, self._classes = experiment, rows, classes
        paths = varied(experiment)
        if paths != tuple(self.setting.itemData(k) for k in range(self.setting.count())):
            before = self.setting.currentData()
            with QSignalBlocker(self.setting):
                self.setting.clear()
                for path in paths:
                    field = fields()[path]
                    self.setting.addItem(label_of(field), path)
                    at = self.setting.count() - 1
                    self.setting.setItemData(at, tooltip(field), Qt.ItemDataRole.ToolTipRole)
                self.setting.setCurrentIndex(max(self.setting.findData(before), 0))
        if not self.values.isModified():
            self._propose()

    @Slot()
    def _kind_chosen(self) -> None:
        kind: Kind = self.kind.currentData()
        self._shown = kind
        self.kind.setToolTip(next(tip for name, _, tip in KINDS if name == kind))
        with QSignalBlocker(self.repeats):
            self.repeats.setValue(self._repeats[kind])
        self._name_repeats()
        self.setting.setVisible(kind == SETTING)
        self.values.setVisible(kind != FOLDS)
        self._propose()

    @Slot()
    def _name_repeats(self) -> None:
        count = self._repeats[self._shown] = self.repeats.value()
        noun = "draw" if self._shown == SAMPLES else "repeat"
        self.repeats.setSuffix(f" {noun}" if count == 1 else f" {noun}s")
        self.repeats.setAccessibleName(f"{noun.capitalize()}s")
        self.repeats.setToolTip(
            "How often so many samples are drawn, each judged on a fold that is held out"
            if self._shown == SAMPLES
            else "How often all folds are dealt out anew"
        )

    @Slot()
    def _folds_changed(self) -> None:
        if self._shown == SAMPLES and not self.values.isModified():
            self._propose()

    @Slot()
    def _propose(self) -> None:
        """Write values that are worth a look, over whatever was typed for another question."""
        if self._experiment is None or self._shown == FOLDS:
            return
        self.show_invalid(False)
        if self._shown == SAMPLES:
            folds = self.folds.value()
            most = self._open_rows - -(-self._open_rows // folds)
            values: tuple[float, ...] = default_samples(most, self._classes) if most > 1 else ()
            tip = "Numbers of samples to learn from, rising; up to all that the folds leave"
        else:
            path = self.setting.currentData()
            if path is None:
                return
            values = proposed(fields()[path], present(self._experiment, path))
            tip = f"Values of {label_of(fields()[path])} to try, up and down from the present one"
            self.setting.setToolTip(tooltip(fields()[path]))
        self.values.setText(written(values))
        self.values.setToolTip(tip)
        self.values.setCursorPosition(0)

    def show_invalid(self, invalid: bool) -> None:
        """Mark the values as wrong, or take the mark away."""
        if bool(self.values.property("invalid")) != invalid:
            self.values.setProperty("invalid", invalid)
            self.values.style().unpolish(self.values)
            self.values.style().polish(self.values)

    # -- what is going on ----------------------------------------------------------------------

    def show_progress(self, share: float | None, doing: str = "") -> None:
        """Show how much is done and what is being done; None when nothing is going on."""
        working = share is not None
        self._buttons.setCurrentIndex(int(working))
        if share is not None:
            self.progress.setValue(int(100 * share))
            self.say(doing)
        if self.start_button.isEnabled() == working:
            held = self.start_button if working else self.cancel_button
            had_focus = held.hasFocus()
            self.start_button.setEnabled(not working)
            if had_focus:
                (self.cancel_button if working else self.start_button).setFocus()

    def say(self, text: str) -> None:
        """Show a line under the buttons."""
        if text != self.status.text():
            self.status.setText(text)
            self.status.setAccessibleName(text)
            self.status.setToolTip(text)
