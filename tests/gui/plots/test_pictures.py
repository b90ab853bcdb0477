"""The small pictures: bars, confusion matrix, embedding, digit, loss of one sample, histogram."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor

from mlloop_gui import theme
from mlloop_gui.plots.bars import ProbabilityBars
from mlloop_gui.plots.confusion import ConfusionMatrix
from mlloop_gui.plots.embedding import ScatterEmbedding
from mlloop_gui.plots.histogram import HistogramPlot
from mlloop_gui.plots.loss_view import LossCurveView
from mlloop_gui.plots.picture import PictureView

NAMES = ["setosa", "versicolor", "virginica"]


def shown(qtbot, widget, size=None):
    qtbot.addWidget(widget)
    widget.resize(*size) if size else widget.resize(widget.sizeHint())
    widget.show()
    return widget


@pytest.mark.parametrize(
    "make",
    [ProbabilityBars, ConfusionMatrix, ScatterEmbedding, PictureView, LossCurveView, HistogramPlot],
)
def test_empty_pictures_have_a_name_and_paint_in_both_themes(qtbot, make):
    made = shown(qtbot, make(), (260, 200))
    assert made.accessibleName()
    light = made.grab().toImage()
    made.set_theme(theme.DARK)
    assert not light.isNull()
    assert not made.grab().isNull()
    assert made.describe()


def test_bars_tell_values_and_truth(qtbot):
    bars = shown(qtbot, ProbabilityBars(), (360, 80))
    bars.set_values(NAMES, [0.25, 0.125, 0.625], truth=1)
    assert bars.value_text(2) == "0.625"
    assert bars.accessibleDescription() == (
        "Probabilities: virginica 0.625, setosa 0.250, versicolor 0.125. The truth is versicolor."
    )
    headers, columns = bars.as_table()
    assert headers == ["class", "probability", "truth"]
    assert columns[2] == [False, True, False]
    image = bars.grab().toImage()
    fill = QColor(theme.LIGHT.class_colors[2])
    line = [image.pixelColor(x, int(2.5 * bars._row_height())) for x in range(60, 300)]
    longest = sum(color == fill for color in line)
    fill = QColor(theme.LIGHT.class_colors[1])
    line = [image.pixelColor(x, int(1.5 * bars._row_height())) for x in range(60, 300)]
    assert longest == pytest.approx(5 * sum(color == fill for color in line), abs=6)


def test_bars_of_scores_and_of_what_is_not_finite(qtbot):
    bars = shown(qtbot, ProbabilityBars(), (360, 80))
    bars.set_values(NAMES, [-1.5, 0.2, np.nan], scores=True)
    assert bars.value_text(0) == "−1.50"
    assert bars.value_text(2) == "NaN"
    assert bars.accessibleDescription().startswith("Scores: versicolor")
    bars.set_values(NAMES, [np.nan] * 3)
    assert not bars.grab().isNull()
    bars.set_values([], [])
    assert "No prediction" in bars.accessibleDescription()


def test_confusion_matrix(qtbot):
    matrix = shown(qtbot, ConfusionMatrix(), (320, 260))
    matrix.set_matrix([[40, 1, 0], [2, 35, 5], [0, 3, 42]], NAMES)
    said = matrix.accessibleDescription()
    assert "117 of 128 right. 5 versicolor taken for virginica." in said
    grid = matrix._grid()
    assert grid.bottom() <= matrix.height()
    assert grid.right() <= matrix.width()
    at = QPointF(grid.left() + 0.83 * grid.width(), grid.top() + 0.5 * grid.height())
    assert matrix.tip(at) == "5 of versicolor predicted as virginica"
    with qtbot.waitSignal(matrix.cell_clicked) as clicked:
        qtbot.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert clicked.args == [1, 2]
    headers, columns = matrix.as_table()
    assert headers[2] == "predicted virginica"
    assert columns[2].tolist() == [0, 5, 42]
    assert matrix.row_names()[1] == "true versicolor"
    with pytest.raises(ValueError, match="equal sides"):
        matrix.set_matrix(np.zeros((2, 3)), NAMES)


def test_ten_classes_fit(qtbot):
    matrix = ConfusionMatrix()
    matrix.set_matrix(np.eye(10, dtype=int) * 1234, [str(k) for k in range(10)])
    shown(qtbot, matrix, (matrix.minimumSizeHint().width(), matrix.minimumSizeHint().height()))
    assert matrix._grid().bottom() <= matrix.height()
    assert not matrix.grab().isNull()


def test_embedding(qtbot):
    scatter = shown(qtbot, ScatterEmbedding(), (240, 200))
    xy = np.array([[0.0, 0.0], [1.0, 2.0], [np.nan, 1.0], [4.0, 4.0]])
    scatter.set_points(
        xy, [0, 1, 2, 2], wrong=[False, True, False, False], ids=[5, 6, 7, 8], names=NAMES
    )
    scatter.set_selected(6)
    assert "3 samples" in scatter.accessibleDescription()
    assert "sample 6 (train): versicolor, misclassified" in scatter.accessibleDescription()
    at = scatter._pixels()[2]
    with qtbot.waitSignal(scatter.sample_clicked) as clicked:
        qtbot.mouseClick(scatter, Qt.MouseButton.LeftButton, pos=QPointF(*at).toPoint())
    assert clicked.args == [8]
    assert scatter.tip(QPointF(*at)).startswith("sample 8 (train): virginica at 4")
    assert scatter.as_table()[1][0].tolist() == [5, 6, 8]
    scatter.set_points([[1.0, 1.0]], [0])
    assert not scatter.grab().isNull()


def test_picture(qtbot):
    view = shown(qtbot, PictureView("digit"), (120, 140))
    values = np.zeros((8, 8))
    values[0, 7] = 16.0
    view.set_picture(values, (0.0, 16.0))
    image, area = view.grab().toImage(), view._area()
    cell = area.width() / 8
    dark = image.pixelColor(int(area.right() - cell / 2), int(area.top() + cell / 2))
    assert dark == QColor(theme.LIGHT.text), "row 0 is the top"
    light = image.pixelColor(int(area.left() + cell / 2), int(area.bottom() - cell / 2))
    assert light == QColor(theme.LIGHT.paper)
    assert view.tip(QPointF(area.right() - 2, area.top() + 2)) == "[0, 7] = 16.0"
    view.set_picture(np.full((2, 3), np.nan))
    assert not view.grab().isNull()
    with pytest.raises(ValueError, match="two sides"):
        view.set_picture(np.zeros(5))


def test_loss_of_one_sample(qtbot):
    view = shown(qtbot, LossCurveView(), (320, 160))
    p = np.linspace(0.01, 0.99, 50)
    view.set_curve(p, -np.log(p), "p of the true class")
    view.set_sample(0.46, -np.log(0.46))
    assert view._overlay.marks.dots == [(0.46, pytest.approx(0.7765, abs=1e-4), "loss 0.777")]
    assert "The sample is at 0.460 with loss 0.777." in view.accessibleDescription()
    assert view.box.viewRange()[0] == [0.01, 0.99]
    view.hover(view.to_pixel(0.5, 1.0))
    assert view.readout().startswith("p of the true class 0.5")
    view.set_curve(np.linspace(-3, 3, 50), np.linspace(-3, 3, 50) ** 2)
    assert view.box.viewRange()[0] == [-3.0, 3.0]


def test_histogram(qtbot):
    plot = shown(qtbot, HistogramPlot(), (320, 160))
    plot.set_values([-1.0, -0.9, 0.1, 0.2, 0.95, np.nan, np.inf], bins=4)
    assert plot.as_table()[1][2].tolist() == [2, 0, 2, 1]
    assert "2 are not finite" in plot.accessibleDescription()
    plot.hover(plot.to_pixel(-0.8, 1.0))
    assert plot.readout() == "−1.0 to −0.50: 2"
    image = plot.grab().toImage()
    left = plot.to_pixel(-0.75, 0.5).toPoint()
    right = plot.to_pixel(0.25, 0.5).toPoint()
    assert image.pixelColor(left) == QColor(theme.LIGHT.negative_fill)
    assert image.pixelColor(right) == QColor(theme.LIGHT.positive_fill)
    plot.set_values([])
    assert "0 values" in plot.accessibleDescription()
    with pytest.raises(ValueError, match="edges"):
        plot.set_counts([0.0, 1.0], [1.0, 2.0])
