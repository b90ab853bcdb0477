"""The commented lines of the PyTorch code are code, and go on as the program itself does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.experiment import Experiment
from core.export import TrainedModel, torch_script
from core.loop import LearningLoop
from core.losses import LOSSES
from core.optimizers import OPTIMIZERS
from core.schedules import SCHEDULES
from tests.core.export.running import loaded

torch = pytest.importorskip("torch")

UPDATES = 3
IRIS: dict[str, Any] = {"data": {"source": "iris"}}
TREES: dict[str, dict[str, Any]] = {
    **{f"optimizer {o.name}": {"optimizer": {"name": o.name}} for o in OPTIMIZERS},
    **{f"loss {loss.name}": {**IRIS, "loss": {"name": loss.name}} for loss in LOSSES},
    **{
        f"schedule {s.name}": {"optimizer": {"schedule": s.name, "step_epochs": 1}}
        for s in SCHEDULES
    },
    "one score": {"loss": {"name": "hinge"}},
    "class weights": {**IRIS, "loss": {"class_weights": [1.0, 3.0, 0.5]}},
    "penalties": {"loss": {"l1": 0.01, "l2": 0.1}},
    "clipped": {"optimizer": {"clip_norm": 0.01}},
    "scaled target": {"data": {"source": "diabetes"}, "loss": {"name": "huber", "delta": 0.3}},
}


def in_file_order(tree: dict[str, Any]) -> Experiment:
    """Batches in the order of the rows; the rate small, so that nothing blows up."""
    optimizer = {"shuffle": False, "learning_rate": 0.02, **tree.get("optimizer", {})}
    return Experiment.from_dict({**tree, "optimizer": optimizer})


def uncommented(text: str) -> str:
    """The lines that go on training."""
    lines = text[text.index("# To go on training") :].split("\n\n\n")[0].splitlines()
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[lines.index("#") :])


@pytest.mark.parametrize("name", TREES)
def test_the_commented_lines_train_as_the_program_does(name: str, tmp_path: Path) -> None:
    loop = LearningLoop(in_file_order(TREES[name]))
    # To the end of an epoch; and the optimizer's memory is empty, as it is in the script.
    size = loop.settings.optimizer.batch_size
    loop.run(-(-len(loop.problem.parts.train) // size))
    assert loop.epoch == 1
    loop.learner.kernel.slots[:], loop.learner.count = 0.0, 0
    text = torch_script(TrainedModel.of(loop))
    rows = [loop.problem.parts.train[i * size : (i + 1) * size] for i in range(UPDATES)]
    script = loaded(tmp_path / "script.py", text)
    batches = []
    for part in rows:
        y = torch.tensor(loop.problem.y[part])
        if loop.problem.loss.name == "cross_entropy":
            y = y.argmax(1)
        batch = [torch.tensor(loop.problem.inputs(part)), y]
        if loop.problem.weight is not None:
            batch.append(torch.tensor(loop.problem.weight[part]))
        batches.append(batch)
    steps = uncommented(text)
    assert "optimizer.step()" in steps
    body = steps.replace("\n", "\n    ")
    function = f"import torch\n\n\ndef go_on(model, batches):\n    {body}\n"
    loaded(tmp_path / "steps.py", function).go_on(script.model, batches)
    before = loop.learner.kernel.theta.copy()
    loop.run(UPDATES)
    layout = loop.learner.layout
    for i in range(layout.layers):
        layer = getattr(script.model, f"layer_{i}")
        theta = loop.learner.kernel.theta
        for here, there in (
            (layer.weight.T, layout.weight(theta, i)),
            (layer.bias, layout.bias(theta, i)),
        ):
            np.testing.assert_allclose(here.detach().numpy(), there, rtol=1e-10, atol=1e-12)
    assert np.abs(loop.learner.kernel.theta - before).max() > 1e-6
