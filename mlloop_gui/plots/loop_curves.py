"""The four curves of a run: loss, metric, gradient norm, update ratio."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mlloop_gui.plots.curves import CurvePlot


def loss_plot(parent: QWidget | None = None) -> CurvePlot:
    """Return the plot of the loss."""
    return _named(CurvePlot("Loss", y_label="mean loss", parent=parent), "plot.loss")


def metric_plot(
    title: str = "Accuracy", unit: str = "%", parent: QWidget | None = None
) -> CurvePlot:
    """Return the plot of the metric: a share shown as a percentage, or a number with its unit."""
    return _named(CurvePlot(title, unit=unit, parent=parent), "plot.metric")


def gradient_plot(parent: QWidget | None = None) -> CurvePlot:
    """Return the plot of the gradient's norm, a line a layer, logarithmic."""
    made = CurvePlot("Gradient norm", y_label="gradient norm", log_y=True, parent=parent)
    return _named(made, "plot.gradients")


def ratio_plot(parent: QWidget | None = None) -> CurvePlot:
    """Return the plot of the step's size over the weights', with the usual guide of 1/1000."""
    guides = [(1e-3, "10⁻³")]
    made = CurvePlot(
        "Update ratio", y_label="step / weights", log_y=True, guides=guides, parent=parent
    )
    return _named(made, "plot.ratio")


def _named(plot: CurvePlot, name: str) -> CurvePlot:
    plot.setObjectName(name)
    return plot
