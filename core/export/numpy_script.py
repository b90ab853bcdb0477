"""A trained network as a numpy script."""

from __future__ import annotations

from core.errors import InputError
from core.export.code import Code
from core.export.model import TrainedModel
from core.export.script import script

#: What each activation is of ``z``.
ACTIVATIONS = {
    "relu": "np.maximum(z, 0)",
    "tanh": "np.tanh(z)",
    "sigmoid": "0.5 * np.tanh(0.5 * z) + 0.5",
    "linear": "z",
    "leaky_relu": "np.maximum(z, 0.01 * z)",
    "elu": "np.maximum(z, 0) + np.expm1(np.minimum(z, 0))",
    "gelu": "z * (0.5 * ERFC(-z / np.sqrt(2))).astype(z.dtype)",
    "silu": "z * (0.5 * np.tanh(0.5 * z) + 0.5)",
    "softplus": "np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))",
    "sin": "np.sin(z)",
}


def numpy_script(model: TrainedModel) -> str:
    """The model as a script that needs numpy alone.

    It has ``represent(rows)``, ``forward(X)``, ``predict(rows)`` and, where the loss has them,
    ``probabilities(rows)``; run with the name of a table, it prints the predictions. Numbers read
    back bit for bit.

    Raises
    ------
    InputError
        If the representation or an activation cannot be written as code.
    """
    code = Code(model.problem.dataset)
    lines = []
    for i, name in enumerate((*model.activations, "")):
        weight = code.array(f"W{i}", model.layout.weight(model.theta, i))
        bias = code.array(f"B{i}", model.layout.bias(model.theta, i))
        sums = f"a @ {weight} + {bias}"
        lines += (
            [f"z = {sums}", f"a = {formula(ACTIVATIONS, name)}"] if name else [f"return {sums}"]
        )
    erfc = "gelu" in model.activations
    if erfc:
        code.constant("ERFC", "np.vectorize(math.erfc, otypes=[np.float64])")
    outputs = model.problem.outputs
    forward = "\n    ".join(
        [
            "def forward(X):",
            f'"""The scores of represented rows, shape (rows, {outputs})."""',
            f"a = np.asarray(X, np.{model.theta.dtype})",
            *lines,
        ]
    )
    return script(model, "numpy alone", ("math",) if erfc else (), [forward], code, [])


def formula(table: dict[str, str], name: str) -> str:
    """An activation's entry in a table of formulas; raises `InputError` where it has none."""
    if name not in table:
        raise InputError(
            "this activation cannot be written as code",
            field="model.activation",
            value=name,
            allowed=", ".join(table),
        )
    return table[name]
