"""``mlloop run --figure``: what was learned, and how, drawn off screen by the window's plots."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from core.data.dataset import Column
from core.loop import LearningLoop
from core.metrics import Evaluation
from mlloop_gui import theme
from mlloop_gui.maps import MapMaker
from mlloop_gui.plots.boundary import BoundaryPlot
from mlloop_gui.plots.confusion import ConfusionMatrix
from mlloop_gui.plots.curves import CurvePlot

SHARPNESS = 2
SHOWN = 1500
POINTS = 1000
DECADES = 1e3
PARTS = ("train", "validation", "test")


def run_figure(
    loop: LearningLoop, parts: Mapping[str, Evaluation], heading: Sequence[str]
) -> bytes:
    """The picture of a run as PNG.

    Parameters
    ----------
    loop : LearningLoop
        Where the run ended.
    parts : mapping of str to Evaluation
        The parts whose samples are drawn, by name.
    heading : sequence of str
        Lines over the plots.
    """
    # A screen is neither needed nor wanted, whatever the environment says.
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    application = QApplication.instance() or QApplication(["mlloop"])
    assert isinstance(application, QApplication)
    theme.apply(application, theme.LIGHT)
    page = QWidget()
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    grid = QGridLayout(page)
    title = QLabel("\n".join(heading))
    title.setTextFormat(Qt.TextFormat.PlainText)
    columns = _columns(loop)
    plots: list[QWidget] = [_boundary(loop, parts, columns), *_curves(loop)]
    confusion = parts["validation"].confusion
    matrix = len(loop.problem.dataset.columns) > 2 and confusion is not None
    if confusion is not None and matrix:
        shown = ConfusionMatrix("Confusion of the validation part")
        shown.set_matrix(confusion, loop.problem.dataset.class_names)
        plots.append(shown)
    grid.addWidget(title, 0, 0, 1, 3)
    grid.addWidget(_card(plots[0]), 1, 0, 2, 1)
    grid.addWidget(_card(plots[1]), 1, 1)
    grid.addWidget(_card(plots[2]), 2, 1)
    if matrix:
        grid.addWidget(_card(plots[3]), 1, 2, 2, 1)
        grid.setColumnStretch(2, 1)
    grid.setSpacing(10)
    grid.setContentsMargins(16, 14, 16, 16)
    grid.setRowStretch(1, 1)
    grid.setRowStretch(2, 1)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    page.resize(QSize(1440 if matrix else 1000, 560))
    content = _png(page)
    for plot in plots:
        plot.close()
    page.close()
    return content


def _card(plot: QWidget) -> QFrame:
    card = QFrame()
    card.setStyleSheet(f"QFrame {{ background: {theme.LIGHT.panel}; border-radius: 6px; }}")
    QVBoxLayout(card).addWidget(plot)
    return card


def _png(page: QWidget) -> bytes:
    page.ensurePolished()
    page.grab()  # lays out what was never shown
    image = QImage(page.size() * SHARPNESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SHARPNESS)
    image.fill(page.palette().window().color())
    page.render(image)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, Qt takes text
    return bytes(buffer.data().data())


def _columns(loop: LearningLoop) -> tuple[int, int]:
    """The two columns to draw over: of more than two those with the largest first weights."""
    dataset, representation = loop.problem.dataset, loop.problem.representation
    if len(dataset.columns) <= 2:
        return 0, len(dataset.columns) - 1
    weight = loop.learner.layout.weight(loop.learner.kernel.theta, 0).astype(np.float64)
    pull = np.zeros(len(dataset.columns))
    for name, size in zip(
        representation.feature_origin, np.nan_to_num(np.abs(weight)).sum(axis=1), strict=True
    ):
        pull[dataset.column_names.index(name)] += size
    first, second = np.sort(np.argsort(-pull, kind="stable")[:2])
    return int(first), int(second)


def _label(column: Column) -> str:
    return f"{column.name} ({column.unit})" if column.unit else column.name


def _boundary(
    loop: LearningLoop, parts: Mapping[str, Evaluation], columns: tuple[int, int]
) -> BoundaryPlot:
    problem = loop.problem
    dataset = problem.dataset
    held = int(problem.parts.train[0])
    with np.errstate(all="ignore"):
        found = MapMaker().make(loop, columns, held, units=False)
    plot = BoundaryPlot("Decision boundary" if problem.classes else "Prediction")
    plot.set_mode(found.mode)
    plot.set_classes(dataset.class_names)
    rows, part, wrong = _samples(loop, parts)
    inputs, target = dataset.inputs[rows], dataset.target[rows]
    across, up = columns
    if found.mode == "curve":
        plot.set_axis_labels(_label(dataset.columns[0]), dataset.target_name)
        plot.set_range(found.extent)
        xy = np.column_stack([inputs[:, 0], target])
    else:
        plot.set_axis_labels(_label(dataset.columns[across]), _label(dataset.columns[up]))
        xy = inputs[:, [across, up]]
    if found.mode == "surface":
        plot.set_target_scale(*found.scale)
    plot.set_points(xy, target, part, wrong, dataset.rows[rows])
    light = theme.LIGHT
    if found.curve is not None:
        plot.set_curve(*found.curve)
    elif found.index is not None:
        lut = theme.class_lut(light) if found.mode == "classes" else theme.diverging_lut(light)
        plot.set_plane(found.extent, found.index, lut, values=found.values)
    elif found.values is not None:
        colors = theme.class_blend(light, found.values)
        plot.set_plane(found.extent, colors, values=found.values, labels=found.labels)
    if len(dataset.columns) > 2:
        plot.set_title(plot.title(), f"others as in sample {int(dataset.rows[held])}")
    return plot


def _samples(
    loop: LearningLoop, parts: Mapping[str, Evaluation]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows to draw, the number of their part, and which are misclassified."""
    rows, numbers, wrong = [], [], []
    for number, name in enumerate(PARTS):
        if name in parts:
            shown = loop.problem.rows(name)[:SHOWN]
            flags = parts[name].wrong
            rows.append(shown)
            numbers.append(np.full(len(shown), number))
            wrong.append(np.zeros(len(shown), bool) if flags is None else flags[:SHOWN])
    return np.concatenate(rows), np.concatenate(numbers), np.concatenate(wrong)


def _curves(loop: LearningLoop) -> list[CurvePlot]:
    """Loss and metric over the updates."""
    classes = bool(loop.problem.classes)
    loss = CurvePlot("Loss", y_label="loss")
    metric = CurvePlot("Accuracy" if classes else "R²", unit="%" if classes else "")
    batches = loop.updates.view(POINTS)
    if len(batches.x):
        loss.set_series("batch", *batches.envelope("batch_loss"), style="fine")
    checks = loop.checks.view(POINTS)
    for part in ("train", "validation"):
        if len(loop.problem.rows(part)):
            loss.set_series(part, *checks.envelope(f"{part}_loss"), style=part)
            metric.set_series(part, *checks.envelope(f"{part}_metric"), style=part)
    values = loop.checks.column("train_loss")[1]
    values = values[np.isfinite(values) & (values > 0)]
    loss.set_log_y(bool(len(values)) and values.max() > DECADES * values.min())
    return [loss, metric]
