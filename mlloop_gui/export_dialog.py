"""Taking the model away: what it can be written as, and what each is good for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.export import TrainedModel, numpy_script, torch_script
from core.run_report import npz_bytes


@dataclass(frozen=True)
class ExportKind:
    """Something that a model can be written as.

    Parameters
    ----------
    name, label, explanation : str
    suffix : str
        Of its files, with the dot.
    filter : str
        For the file dialog.
    content : callable
        The content of the file; may raise `InputError`.
    """

    name: str
    label: str
    explanation: str
    suffix: str
    filter: str
    content: Callable[[TrainedModel], bytes]


WIDTH = 460
PYTHON = "Python (*.py);;All files (*)"
KINDS = (
    ExportKind(
        "numpy",
        "numpy script",
        "The model with its preprocessing in one readable file that needs numpy alone. "
        "“python model.py data.csv” prints a prediction for each row.",
        ".py",
        PYTHON,
        lambda model: numpy_script(model).encode("utf-8"),
    ),
    ExportKind(
        "torch",
        "PyTorch code",
        "The same as a torch.nn.Module that holds the trained numbers, with the lines that go on "
        "training it.",
        ".py",
        PYTHON,
        lambda model: torch_script(model).encode("utf-8"),
    ),
    ExportKind(
        "npz",
        "Weights (.npz)",
        "weight_0, bias_0, … as numpy arrays, and the experiment as a text; without the "
        "preprocessing.",
        ".npz",
        "numpy arrays (*.npz);;All files (*)",
        lambda model: npz_bytes(model.layout, model.theta, model.experiment),
    ),
)


class ExportDialog(QDialog):
    """Asks what the model is to be written as.

    Parameters
    ----------
    model : TrainedModel
        The model as it was when it was asked for, whatever the run does meanwhile.
    parent : QWidget
    """

    chosen = Signal(object, object)  # the model, and an `ExportKind`

    def __init__(self, model: TrainedModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export model")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model = model
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(6)
        sizes = "-".join(map(str, model.layout.sizes))
        title = QLabel(
            f"The network {sizes} with {model.layout.parameters:,} parameters, as it is after"
            f" {model.update:,} {'update' if model.update == 1 else 'updates'}."
        )
        title.setWordWrap(True)
        layout.addWidget(title)
        self.buttons: dict[str, QRadioButton] = {}
        for kind in KINDS:
            button = QRadioButton(kind.label)
            button.setObjectName(f"export.{kind.name}")
            button.setAccessibleName(kind.label)
            button.setAccessibleDescription(kind.explanation)
            button.setToolTip(kind.explanation)
            explained = QLabel(kind.explanation)
            explained.setProperty("role", "muted")
            explained.setWordWrap(True)
            explained.setIndent(24)
            layout.addSpacing(6)
            layout.addWidget(button)
            layout.addWidget(explained)
            self.buttons[kind.name] = button
        self.buttons[KINDS[0].name].setChecked(True)
        standard = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(standard.Save | standard.Cancel)
        self.save_button = box.button(standard.Save)
        self.save_button.setProperty("primary", True)
        self.save_button.setText("Export…")
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout.addSpacing(8)
        layout.addStretch(1)
        layout.addWidget(box)
        self.accepted.connect(self._tell)
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))

    @Slot()
    def _tell(self) -> None:
        kind = next(kind for kind in KINDS if self.buttons[kind.name].isChecked())
        self.chosen.emit(self._model, kind)
