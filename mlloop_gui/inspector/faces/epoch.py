"""Stage 8 as an epoch: the order that the shuffle drew, and what each batch cost."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QLabel, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.epoch_strip import EpochStrip
from mlloop_gui.theme import font_px


class EpochFace(Face):
    """All training samples in the drawn order, and under them the batches' losses."""

    stage: ClassVar[Stage] = Stage.ITERATE
    key: ClassVar[str] = "epoch"
    title: ClassVar[str] = "The epoch"
    tip: ClassVar[str] = "What the shuffle drew, batch by batch, and what each batch cost"
    lens: ClassVar[str] = "epoch"

    def build(self) -> None:
        """Make the strip and the sentence."""
        self.strip = EpochStrip()
        self.strip.picked.connect(self._pick)
        self.words = QLabel()
        self.words.setObjectName("face.epoch.words")
        self.words.setWordWrap(True)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(self.strip, 1)
        column.addWidget(self.words)
        self.register(self.strip)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the epoch of the recorded turn."""
        record, names = moment.turn, moment.problem.dataset.class_names
        at = np.flatnonzero(arrays["rows"] == moment.sample)
        epoch = numbers.count(record.epoch + 1)
        drawn = "the order drawn" if record.settings.optimizer.shuffle else "the order of the data"
        self.strip.set_title(f"Epoch {epoch}, {drawn}")
        losses = by_batch(arrays, record.turn)
        self.strip.set_epoch(
            arrays["classes"],
            arrays["source_rows"],
            arrays["batch"],
            int(arrays["this_batch"]),
            losses,
            names if moment.problem.classes else (),
            int(at[0]) if len(at) else None,
        )
        self.words.setText(why_batches_differ(arrays, losses))

    def _pick(self, place: int) -> None:
        self.pick(self.arrays["rows"], place)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px()}px;")


def by_batch(arrays: Arrays, turn: int) -> np.ndarray:
    """Return the loss of each batch of the epoch (batches,); nan where it is not known."""
    losses = np.full(int(arrays["batches"]), np.nan)
    places = int(arrays["this_batch"]) - (turn - arrays["updates"])
    good = (places >= 0) & (places < len(losses))
    losses[places[good]] = arrays["losses"][good]
    return losses


def why_batches_differ(arrays: Arrays, losses: np.ndarray) -> str:
    """Return why one batch costs more than another, with the numbers of this epoch."""
    size = int((arrays["batch"] == arrays["this_batch"]).sum())
    samples = f"{numbers.count(size)} sample" + ("s" if size != 1 else "")
    known = losses[np.isfinite(losses)]
    said = ""
    if len(known) > 1:
        low, high = numbers.short(float(known.min())), numbers.short(float(known.max()))
        said = f"So far this epoch's batches cost {low} to {high}. "
    return (
        f"{said}Batches differ because each holds other samples, {samples} in this one, and the"
        " parameters have moved between them: a batch's loss is a noisy look at the whole."
    )
