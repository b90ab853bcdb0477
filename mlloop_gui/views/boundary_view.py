"""The decision boundary, the curve or the surface, with what stands beside it for wide data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from mlloop_gui.actions import Actions
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.inspector.elided_label import ElidedLabel
from mlloop_gui.plots.best_layer import BestLayer
from mlloop_gui.plots.boundary import BoundaryPlot, Mode
from mlloop_gui.plots.confusion import ConfusionMatrix
from mlloop_gui.plots.embedding import ScatterEmbedding
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme, class_blend, class_lut, current, diverging_lut, font_px
from mlloop_gui.views.boundary_stage import StageView
from mlloop_gui.views.calm import Calm
from mlloop_gui.views.card import Card
from mlloop_gui.views.pace import NUMBERS, PICTURES, Pace

SHOWN = 1500
BEST = "Best possible"
ROOM_FOR_BEST = 37  # sizes of the text, that the results and the button's whole text take
FEW_CLASSES = 6
PARTS = ("train", "validation", "test")
TITLES = {"classes": "Decision boundary", "surface": "Prediction", "curve": "Prediction"}


class BoundaryView(Card):
    """The boundary plot with its line of results; for wide data two columns to choose."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._rows = np.zeros(0, np.int64)
        self._shown_check: object = None
        self._shown_map: object = None
        self._pace, self._pace_beside = Pace(NUMBERS), Pace(PICTURES)
        self._shown_embedding: object = None
        self._shown_test: object = None
        self._placed: object = None
        self._stages, self._said = StageView(), ""
        self.plot = BoundaryPlot()
        self.plot.setObjectName("plot.boundary")
        self.plot.setAccessibleName("Decision boundary")
        self.plot.sample_clicked.connect(session.select_sample)
        self._best_lines = BestLayer()
        self.plot.addItem(self._best_lines, ignoreBounds=True)
        self._axes = _AxisChooser(session)
        self.confusion = ConfusionMatrix("Confusion (validation)")
        self.embedding = ScatterEmbedding("Last hidden layer (PCA)")
        self.embedding.sample_clicked.connect(session.select_sample)
        self._beside = QSplitter(Qt.Orientation.Vertical)
        self._beside.addWidget(self.confusion)
        self._beside.addWidget(self.embedding)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        self._across.addWidget(self.plot)
        self._across.addWidget(self._beside)
        # The matrix shrinks before the boundary does.
        self._beside.setMinimumWidth(150)
        self.confusion.setMinimumSize(140, 90)
        self.embedding.setMinimumSize(140, 70)
        self._across.setStretchFactor(0, 3)
        self._across.setStretchFactor(1, 2)
        self._across.setChildrenCollapsible(False)
        self.body.addWidget(self._axes)
        self.body.addWidget(self._across, 1)
        self.body.addWidget(Calm(self._results(actions)))
        session.run_started.connect(self._restart)
        session.frame_changed.connect(self._follow)
        session.sample_changed.connect(self._mark)

    def _results(self, actions: Actions) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        self._train, self._validation, self._test = QLabel(), QLabel(), QPushButton()
        self._test.setObjectName("test_button")
        self._test.clicked.connect(actions["open_test"].trigger)
        self._test.setToolTip(
            "The test part is sealed: opening it is counted, and the count stays through a reset"
        )
        column = QVBoxLayout()
        column.setSpacing(0)
        for label, name in ((self._train, "Train"), (self._validation, "Validation")):
            label.setAccessibleName(f"{name} result")
            column.addWidget(label)
        self._best = QPushButton(BEST)
        self._best.setObjectName("best_possible")
        self._best.setAccessibleName(BEST)
        self._best.setCheckable(True)
        self._fit_best()
        self._best.setToolTip(
            "Dashed: where the best model that there can be would draw its line."
            " The law that these data are drawn by is known, so nothing does better on new data."
        )
        self._best.toggled.connect(self._show_best)
        self._session.reference.changed.connect(self._show_best)
        row.addLayout(column, 1)
        row.addWidget(self._best)
        row.addWidget(self._test)
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the results the room that they need."""
        super().resizeEvent(event)
        self._fit_best()

    def _fit_best(self) -> None:
        """The button's text as short as the width asks, and as wide as it is while it is on."""
        self._best.setText(BEST if self.width() > ROOM_FOR_BEST * font_px() else BEST.split()[0])
        bold = QFont(self._best.font())
        bold.setBold(True)
        width = QFontMetrics(bold).horizontalAdvance(self._best.text())
        self._best.setMinimumWidth(width + 2 * font_px())

    # -- following -----------------------------------------------------------------------------

    @Slot()
    def _show_best(self) -> None:
        """Draw the best line that there can be, once it is known."""
        reference, wanted = self._session.reference, self._best.isChecked()
        if wanted:
            reference.want()
        if wanted and reference.found is not None:
            found = reference.found
            self._best_lines.set_lines(found.extent, *found.lines)
        else:
            self._best_lines.clear()

    @Slot()
    def _restart(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        problem = frame.problem
        columns = len(problem.dataset.columns)
        self._best.setVisible(
            problem.dataset.generated and columns == (2 if problem.classes else 1)
        )
        self._show_best()
        # Texts have no place on an axis.
        drawable = any(column.kind != "text" for column in problem.dataset.columns)
        wide = columns > 2 or not drawable
        self.plot.setVisible(drawable)
        self._axes.offer(problem.dataset.columns, frame.columns)
        self._axes.setVisible(wide and drawable)
        self._beside.setVisible(wide)
        if wide:
            width, share = self._across.width(), 0.6 if problem.classes < FEW_CLASSES else 0.48
            self._across.setSizes([int(share * width), int((1 - share) * width)])
            self._beside.setSizes([1000, 1000])
        self.confusion.setVisible(bool(problem.classes))
        self.plot.set_classes(problem.dataset.class_names)
        self._rows = np.concatenate(
            [problem.rows(part)[:SHOWN] for part in ("train", "validation")]
        )
        self._shown_check = self._shown_map = None
        self._place_points(frame)

    def _place_points(self, frame: Frame) -> None:
        problem = frame.problem
        mode: Mode = frame.map.mode if frame.map else "classes"
        self.plot.set_mode(mode)
        self.plot.set_title(TITLES[mode], self._said)
        rows = self._rows
        if frame.test is not None:
            rows = np.concatenate([rows, problem.rows("test")[:SHOWN]])
        inputs, names = problem.dataset.inputs, problem.dataset.columns
        across, up = frame.columns
        parts = np.repeat(
            [0, 1, 2],
            [
                min(SHOWN, len(problem.parts.train)),
                min(SHOWN, len(problem.parts.validation)),
                len(rows) - len(self._rows),
            ],
        )
        target = problem.dataset.target[rows]
        if mode == "curve":
            xy = np.column_stack([inputs[rows, 0], target])
            self.plot.set_axis_labels(_label(names[0]), problem.dataset.target_name)
            if frame.map:
                self.plot.set_range(frame.map.extent)
        elif len(names) < 2:
            xy = np.column_stack([inputs[rows, 0], inputs[rows, 0]])
            self.plot.set_axis_labels(_label(names[0]), _label(names[0]))
        else:
            xy = inputs[rows][:, [across, up]]
            self.plot.set_axis_labels(_label(names[across]), _label(names[up]))
        if frame.map and mode == "surface":
            self.plot.set_target_scale(*frame.map.scale)
        self.plot.set_points(xy, target, parts, self._wrong(frame, len(rows)), rows)
        self._shown_check, self._shown_test = frame.check, frame.test
        self._placed = frame.columns
        self._mark()

    def _wrong(self, frame: Frame, count: int) -> np.ndarray:
        """Which shown samples are misclassified; none where the check was on a sample."""
        wrong = np.zeros(count, bool)
        if not frame.problem.classes or frame.check.sampled:
            return wrong
        looks = [frame.check.train, frame.check.validation]
        if frame.test is not None:
            looks.append(frame.test)
        together = np.concatenate([look.wrong[:SHOWN] for look in looks if look.wrong is not None])
        wrong[: len(together)] = together[:count]
        return wrong

    @Slot()
    def _mark(self) -> None:
        if self._session.frame is not None:
            self.plot.set_selected(self._session.frame.sample)
            self.embedding.set_selected(self._session.frame.sample)

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None or not self.isVisible():
            return
        if frame.map is not None and frame.map is not self._shown_map:
            previous, self._shown_map = self._shown_map, frame.map
            placed = previous is not None and frame.columns == self._placed
            if not placed or frame.test is not self._shown_test:
                self._place_points(frame)
            self._show_map(frame)
        self._show_stage(frame)
        if frame.check is not self._shown_check:
            self._shown_check = frame.check
            if frame.problem.classes:
                self.plot.set_wrong(self._wrong(frame, len(self._rows) + self._test_rows(frame)))
        if self._pace.lets(frame):
            self._show_results(frame)
        if frame.state is not RunState.RUNNING:
            self._mark()
        if self._beside.isVisible() and self._pace_beside.lets(frame):
            self._show_beside(frame)

    def _show_stage(self, frame: Frame) -> None:
        """While stepping, what the stage adds to the samples."""
        marks = self._stages.marks(frame)
        self.plot.set_marks(marks)
        if marks.said != self._said:
            self._said = marks.said
            self.plot.set_title(self.plot.title(), marks.said)

    def _test_rows(self, frame: Frame) -> int:
        return min(SHOWN, len(frame.problem.parts.test)) if self._shown_test is not None else 0

    def _show_map(self, frame: Frame) -> None:
        found, theme = frame.map, current()
        assert found is not None
        if found.curve is not None:
            self.plot.set_curve(*found.curve)
            return
        if found.index is not None:
            lut = class_lut(theme) if found.mode == "classes" else diverging_lut(theme)
            self.plot.set_plane(found.extent, found.index, lut, values=found.values)
        elif found.values is not None:
            colors = class_blend(theme, found.values)
            self.plot.set_plane(found.extent, colors, values=found.values, labels=found.labels)

    def _show_results(self, frame: Frame) -> None:
        sampled = " (on a sample)" if frame.check.sampled else ""
        narrow = not self._best.isHidden() and self._best.text() != BEST
        for label, name, part in (
            (self._train, "Train", frame.check.train),
            (self._validation, "Validation", frame.check.validation),
        ):
            text = part.text()
            label.setToolTip(text)
            if narrow and ":" in text:
                text = f"{text.partition(':')[0]})"
            label.setText(
                f"{name} {_emphasised(text)}{sampled if part is frame.check.train else ''}"
            )
        count = self._session.test_openings
        sealed = "Test: sealed" if not count else f"Test: opened {count}×"
        if frame.test is not None:
            sealed = f"Test {frame.test.text()}"
        self._test.setText(sealed)
        self._test.setEnabled(len(frame.problem.parts.test) > 0)

    def _show_beside(self, frame: Frame) -> None:
        if frame.check.validation.confusion is not None:
            self.confusion.set_matrix(
                frame.check.validation.confusion, frame.problem.dataset.class_names
            )
        if frame.embedding is not None and frame.embedding is not self._shown_embedding:
            self._shown_embedding = frame.embedding
            found, problem = frame.embedding, frame.problem
            self.embedding.set_points(
                found.xy,
                problem.dataset.target[found.rows]
                if problem.classes
                else np.zeros(len(found.rows), int),
                np.ones(len(found.rows), int),
                found.wrong,
                found.rows,
                problem.dataset.class_names,
                ("main direction", "second direction"),
            )

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        for part in (self.plot, self.confusion, self.embedding, self._best_lines):
            part.set_theme(theme)
        if self._session.frame is not None and self._session.frame.map is not None:
            self._show_map(self._session.frame)


class _AxisChooser(QWidget):
    """Which two columns the boundary is drawn over; the others stay as in the picked sample."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._boxes = (QComboBox(), QComboBox())
        for box, name, label in zip(
            self._boxes, ("view.across", "view.up"), ("Across", "Up"), strict=True
        ):
            box.setObjectName(name)
            box.setAccessibleName(f"Column drawn {label.lower()}")
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            box.setMinimumContentsLength(8)
            box.currentIndexChanged.connect(self._choose)
            row.addWidget(QLabel(label))
            row.addWidget(box, 1)
        note = ElidedLabel()
        note.setText("others as in the picked sample")
        note.setProperty("role", "muted")
        row.addWidget(note)
        row.addStretch(1)

    def offer(self, columns: tuple, chosen: tuple[int, int]) -> None:
        """List the columns anew."""
        for box, index in zip(self._boxes, chosen, strict=True):
            with QSignalBlocker(box):
                box.clear()
                box.addItems([column.name for column in columns])
                box.setCurrentIndex(min(index, len(columns) - 1))

    @Slot()
    def _choose(self) -> None:
        across, up = (box.currentIndex() for box in self._boxes)
        self._session.show(columns=(across, up))


def _label(column: object) -> str:
    unit = getattr(column, "unit", "")
    name = getattr(column, "name", "")
    return f"{name} ({unit})" if unit else name


def _emphasised(result: str) -> str:
    """The result itself bold, its count and interval plain."""
    share, bracket, rest = result.partition(" (")
    return f'<b>{share}</b><span style="font-size: {font_px("small")}px">{bracket}{rest}</span>'
