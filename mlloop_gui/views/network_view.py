"""The network in the middle: its weights live, or while stepping the stage's own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from core.record import TurnRecord
from core.stages import Stage
from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots.network_picture import NetworkPicture
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme, class_lut, current
from mlloop_gui.views.card import Card
from mlloop_gui.views.pace import PICTURES, Pace
from mlloop_gui.views.weight_bar import WeightBar


@dataclass(frozen=True, eq=False)
class StagePicture:
    """What the edges and units of the network show at a stage."""

    title: str
    edges: Sequence[np.ndarray | None] | None = None
    edge_title: str = ""
    edge_symbol: str = ""
    units: Sequence[np.ndarray | None] | None = None
    unit_symbol: str = "a"


def stage_picture(frame: Frame) -> StagePicture:
    """The picture of the stage just done, for the sample in hand; live weights while running."""
    count = f"{' → '.join(map(str, frame.layout.sizes))} · {frame.parameters:,} parameters"
    live = StagePicture(f"Network   {count}")
    record = frame.failure.record if frame.failure else frame.record
    if frame.state is RunState.RUNNING or record is None:
        return live
    at = np.flatnonzero(record.rows == frame.sample)
    if not len(at):
        return live
    stage = frame.failure.stage if frame.failure else frame.position.stage
    layers, k = frame.layout.layers, int(at[0])
    if frame.in_turn and frame.next_layer is not None and frame.position.layer:
        stage = frame.next_stage
    # Activations: the inputs, then each layer as far as it has come.
    activations: list[np.ndarray | None] = [record.x[k], *(a[k] for a in record.a)]
    activations += [None] * (layers - len(record.a))
    if stage in (Stage.REPRESENT, Stage.TRANSFORM, Stage.PREDICT, Stage.LOSS):
        flows: list[np.ndarray | None] = [None] * layers
        for i, a in enumerate(activations[:layers]):
            if a is not None and len(record.a) > i:
                flows[i] = np.nan_to_num(a)[:, None] * frame.layout.weight(record.theta, i)
        return StagePicture(
            "The sample flows forward", flows, "edge: x × w, what is passed on", "x·w", activations
        )
    if stage is Stage.GRADIENTS and record.gradient is not None:
        gradient = record.gradient + record.penalty_gradient
        edges = [frame.layout.weight(gradient, i) for i in range(layers)]
        return StagePicture(
            "Gradient of each weight", edges, "edge: the gradient", "g", activations
        )
    if stage is Stage.BACKPROPAGATE and record.delta:
        return _blame(frame, record, k)
    if stage is Stage.UPDATE and record.step is not None:
        edges = [frame.layout.weight(record.step, i) for i in range(layers)]
        return StagePicture("What the update added", edges, "edge: the step", "step", activations)
    return live


def _blame(frame: Frame, record: TurnRecord, k: int) -> StagePicture:
    layers = frame.layout.layers
    reached = layers if record.done >= Stage.BACKPROPAGATE else frame.position.layer
    vote = float(record.vote[k]) or 1.0
    deltas: list[np.ndarray | None] = [None] * (layers + 1)
    edges: list[np.ndarray | None] = [None] * layers
    for layer in range(layers - 1, layers - 1 - reached, -1):
        deltas[layer + 1] = record.delta[layer][k] / vote
        edges[layer] = frame.layout.weight(record.theta, layer) * deltas[layer + 1]
    return StagePicture(
        "Blame flows back", edges, "edge: w × δ, the blame passed on", "w·δ", deltas, "δ"
    )


class NetworkView(Card):
    """The network picture and what it shows now."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self.picture = NetworkPicture()
        self.picture.setAccessibleName("Network")
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.picture, 1)
        self.editor = WeightBar(session)
        self.body.addWidget(self.editor)
        self.picture.unit_clicked.connect(self._choose_unit)
        self.picture.unit_activated.connect(self.editor.edit_unit)
        self.picture.edge_clicked.connect(self.editor.edit_edge)
        self.editor.closed.connect(self.picture.setFocus)
        self._pace = Pace(PICTURES)
        session.run_started.connect(self._restructure)
        session.frame_changed.connect(self._follow)

    @Slot()
    def _restructure(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        problem, model = frame.problem, frame.settings.model
        given = model.activation
        names = [given] * len(model.hidden) if isinstance(given, str) else list(given)
        self.picture.set_structure(
            frame.layout.sizes, problem.representation.feature_names, problem.output_names, names
        )
        self.editor.set_structure(self.picture.structure, frame.layout)

    @Slot(int, int)
    def _choose_unit(self, column: int, unit: int) -> None:
        """Pick a unit for every view; its bias and weights can then be edited."""
        if column > 0:
            self._session.choose_unit(column - 1, unit)
        self.editor.open_unit(column, unit)

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is not None and self.isVisible() and self._pace.lets(frame):
            self.refresh(frame)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while nobody looked."""
        super().showEvent(event)
        if self._session.frame is not None:
            self.refresh(self._session.frame)

    def refresh(self, frame: Frame) -> None:
        """Show a frame."""
        layout, picture = frame.layout, self.picture
        shown = frame.theta
        picture.set_parameters(
            [layout.weight(shown, i) for i in range(layout.layers)],
            [layout.bias(shown, i) for i in range(layout.layers)],
        )
        units = frame.map.units if frame.map else ()
        if units:
            luts: list[np.ndarray | None] = [None] * len(units)
            if frame.problem.classes:
                luts[-1] = class_lut(current())
            picture.set_unit_maps(list(units), luts)
        else:
            picture.set_unit_maps(None)
        found = stage_picture(frame)
        picture.set_edge_values(found.edges, found.edge_title, found.edge_symbol)
        picture.set_unit_values(found.units, found.unit_symbol)
        picture.set_title(found.title)
        self.editor.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self.picture.set_theme(theme)
        self.editor.set_theme(theme)
        if self._session.frame is not None:
            self.refresh(self._session.frame)
