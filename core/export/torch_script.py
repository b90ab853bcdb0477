"""A trained network as PyTorch code, with the lines that would go on training it."""

from __future__ import annotations

from itertools import pairwise

from core.errors import InputError
from core.export.code import Code
from core.export.model import TrainedModel
from core.export.numpy_script import formula
from core.export.script import script
from core.schedules import SCHEDULES

F = "torch.nn.functional"
#: What each activation is of ``z``.
ACTIVATIONS = {
    "relu": "torch.relu(z)",
    "tanh": "torch.tanh(z)",
    "sigmoid": "torch.sigmoid(z)",
    "linear": "z",
    "leaky_relu": f"{F}.leaky_relu(z, 0.01)",
    "elu": f"{F}.elu(z)",
    "gelu": f"{F}.gelu(z)",
    "silu": f"{F}.silu(z)",
    # By itself PyTorch takes it for z from 20 on, which is off by 2e-9.
    "softplus": f"{F}.softplus(z, threshold=40)",
    "sin": "torch.sin(z)",
}
#: The class of each optimizer, and what it takes beside the learning rate.
OPTIMIZERS = {
    "sgd": "SGD({rate})",
    "momentum": "SGD({rate}, momentum={o.momentum!r})",
    "nesterov": "SGD({rate}, momentum={o.momentum!r}, nesterov=True)",
    "adagrad": "Adagrad({rate}, eps={o.effective_epsilon!r})",
    "rmsprop": "RMSprop({rate}, alpha={o.effective_beta2!r}, eps={o.effective_epsilon!r})",
    "adam": "Adam({rate}, betas=({o.beta1!r}, {o.effective_beta2!r}), eps={o.effective_epsilon!r})",
    "adamw": "AdamW({rate}, betas=({o.beta1!r}, {o.effective_beta2!r}),"
    " eps={o.effective_epsilon!r}, weight_decay={o.weight_decay!r})",
}
#: Each sample's loss, of scores ``s`` and targets ``y`` of the same shape.
PRICES = {
    "binary_cross_entropy": F + '.binary_cross_entropy_with_logits(s, y, reduction="none").mean(1)',
    "cross_entropy": F + '.cross_entropy(s, y, reduction="none")',
    "mse": F + '.mse_loss(s, y, reduction="none").mean(1)',
    "mae": F + '.l1_loss(s, y, reduction="none").mean(1)',
    "huber": F + '.huber_loss(s, y, reduction="none", delta={delta!r}).mean(1)',
    "hinge": "torch.clamp(1 - (2 * y - 1) * s, min=0).mean(1)",
}
FORWARD = '''
def forward(X):
    """The scores of represented rows, shape (rows, {outputs})."""
    with torch.no_grad():
        return model(torch.as_tensor(X, dtype=torch.{dtype})).numpy()
'''


def torch_script(model: TrainedModel) -> str:
    """The model as PyTorch code: the same functions as of `numpy_script`, and ``model``.

    ``model`` is a ``torch.nn.Module`` in the run's precision that holds the trained parameters;
    comments say with which optimizer and loss its training goes on.

    Raises
    ------
    InputError
        If the representation, an activation, the loss or the optimizer cannot be written as code.
    """
    code = Code(model.problem.dataset)
    held = []
    for i in range(model.layout.layers):
        weight = code.array(f"W{i}", model.layout.weight(model.theta, i))
        bias = code.array(f"B{i}", model.layout.bias(model.theta, i))
        held += [f'    "layer_{i}.weight": torch.tensor({weight}.T),']
        held += [f'    "layer_{i}.bias": torch.tensor({bias}),']
    state = "\n".join(["model = Network()", "model.load_state_dict({", *held, "})", "model.eval()"])
    forward = FORWARD.format(outputs=model.problem.outputs, dtype=model.theta.dtype).strip()
    last = [state, "\n".join(f"# {line}".rstrip() for line in training(model))]
    return script(model, "numpy and PyTorch", ("torch",), [_module(model), forward], code, last)


def _module(model: TrainedModel) -> str:
    dropout = model.settings.model.dropout
    made = [
        f"self.layer_{i} = torch.nn.Linear({inputs}, {outputs}, dtype=torch.{model.theta.dtype})"
        for i, (inputs, outputs) in enumerate(pairwise(model.layout.sizes))
    ]
    steps = []
    for i, name in enumerate(model.activations):
        activation = formula(ACTIVATIONS, name)
        steps += [f"z = self.layer_{i}({'a' if i else 'x'})"]
        steps += [f"a = self.dropout({activation})" if dropout else f"a = {activation}"]
    last = model.layout.layers - 1
    return "\n".join(
        [
            "class Network(torch.nn.Module):",
            "    def __init__(self):",
            "        super().__init__()",
            *(f"        {line}" for line in made),
            *([f"        self.dropout = torch.nn.Dropout({dropout!r})"] if dropout else []),
            "",
            "    def forward(self, x):",
            *(f"        {line}" for line in steps),
            f"        return self.layer_{last}({'a' if last else 'x'})",
        ]
    )


def training(model: TrainedModel) -> list[str]:
    """Lines of code that go on training ``model``, where PyTorch's conventions are this program's.

    Raises
    ------
    InputError
        If loss or optimizer have no counterpart.
    """
    loss, optimizer = model.settings.loss, model.settings.optimizer
    name = model.problem.loss.name
    if name not in PRICES or optimizer.name not in OPTIMIZERS:
        known = name in PRICES
        raise InputError(
            "this cannot be written as PyTorch code",
            field="optimizer.name" if known else "loss.name",
            value=optimizer.name if known else name,
            allowed=", ".join(OPTIMIZERS if known else PRICES),
        )
    assert optimizer.learning_rate is not None
    factor = SCHEDULES[optimizer.schedule].at(model.epoch, optimizer)
    rate = f"model.parameters(), lr={float(optimizer.learning_rate * factor)!r}"
    weights = loss.class_weights is not None
    mean = "(w * price).sum() / w.sum()" if weights else "price.mean()"
    lines = [
        "To go on training (the memory of the optimizer starts empty):",
        *([f"the schedule is {optimizer.schedule}"] if optimizer.schedule != "constant" else []),
        f"each batch holds {optimizer.batch_size} rows: x = represent(...) as a tensor of"
        f" {model.theta.dtype},",
        f"y = {_target(model)}.",
        *([f"w is each row's weight, by class: {list(loss.class_weights or ())}."] * weights),
    ]
    penalties = [("{l1!r} * sum(p.abs().sum()", loss.l1), ("{l2!r} * sum((p * p).sum()", loss.l2)]
    steps = [
        f"optimizer = torch.optim.{OPTIMIZERS[optimizer.name].format(rate=rate, o=optimizer)}",
        "model.train()",
        f"for x, y{', w' if weights else ''} in batches:",
        "    s = model(x)",
        f"    price = {PRICES[name].format(delta=loss.delta)}",
        f"    loss = {mean}",
    ]
    for text, size in penalties:
        if size:
            written = text.format(l1=size, l2=0.5 * size)
            steps.append(
                f"    loss = loss + {written} for n, p in model.named_parameters()"
                ' if n.endswith("weight"))'
            )
    steps += ["    optimizer.zero_grad()", "    loss.backward()"]
    if optimizer.clip_norm is not None:
        clipped = f"torch.nn.utils.clip_grad_norm_(model.parameters(), {optimizer.clip_norm!r})"
        steps.append(f"    {clipped}")
    return [*lines, "", *steps, "    optimizer.step()"]


def _target(model: TrainedModel) -> str:
    problem = model.problem
    if not problem.classes:
        stats = problem.representation.target_stats
        center, width = stats.center.item(), stats.width.item()
        plain = center == 0 and width == 1
        return "the target" if plain else f"(the target - {center!r}) / {width!r}"
    if problem.loss.name == "cross_entropy":
        return "the number of the class, torch.long"
    if problem.outputs == 1:
        return "1 for the second class, else 0, of shape (rows, 1)"
    return "1 for the row's class and 0 for the others, of shape (rows, classes)"
