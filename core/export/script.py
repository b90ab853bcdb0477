"""What the two kinds of script share: the head, the reading of rows, what is made of scores."""

from __future__ import annotations

import sys

import numpy as np

from core.experiment import dumps
from core.export.code import Code
from core.export.literals import comment, listed, number
from core.export.model import TrainedModel
from core.export.preprocessing import preprocessing

SHOWN = 12  # columns or classes that a line of the head names

MAIN = '''
def main():
    """Print a prediction for each row of a table, whose first line names the columns."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python {sys.argv[0]} data.csv")
    with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        delimiter = max(",;\\t|", key=head.count)
        rows = csv.DictReader(file, delimiter=delimiter, skipinitialspace=True)
        rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
        rows = list(rows)
    if delimiter != ",":  # then a comma is a decimal sign
        for row in rows:
            row.update({name: (row[name] or "").replace(",", ".") for name in row.keys() & NUMBERS})
    try:
        for answer in predict(rows):
            print(answer)
    except ValueError as error:
        sys.exit(f"{sys.argv[1]}: {error}")


if __name__ == "__main__":
    main()
'''
SOFTMAX = '''
def probabilities(rows):
    """The probability of each class, shape (rows, classes), in the order of CLASSES."""
    scores = forward(represent(rows))
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)
'''
SIGMOID = '''
def probabilities(rows):
    """The probability of each class, shape (rows, classes), in the order of CLASSES{each}."""
    scores = forward(represent(rows))
    p = np.exp(np.minimum(scores, 0)) / (1 + np.exp(-np.abs(scores)))
    return {made}
'''
ARGMAX = '''
def predict(rows):
    """The name of each row's class."""
    return [CLASSES[i] for i in forward(represent(rows)).argmax(axis=1)]
'''
SIGN = '''
def predict(rows):
    """The name of each row's class."""
    return [CLASSES[int(score > 0)] for score in forward(represent(rows))[:, 0]]
'''
NUMBERS = '''
def predict(rows):
    """The number predicted for each row, in the unit of the target."""
    return {made}
'''


def head(model: TrainedModel, needs: str) -> list[str]:
    """The first lines: what the script is, what it wants and gives.

    Nothing that a person has written stands in the first two lines, where Python would look for
    the name of an encoding.
    """
    data, sizes = model.problem.dataset, "-".join(map(str, model.layout.sizes))
    told = [
        f"A trained model with its preprocessing; needs {needs}.",
        "",
        data.description,
        f"A network {sizes} ({', '.join(dict.fromkeys(model.activations)) or 'linear'}),"
        f" {model.problem.loss.name}, after {model.update:,} updates in {model.epoch:,} epochs.",
        "",
        "A row is a dict by the names in COLUMNS, or a list in their order: numbers and texts,",
        "None or NaN where a value is missing.",
    ]
    if data.class_names:
        told.append(f"It predicts {data.target_name}: {_some(data.class_names)}.")
    else:
        unit = f" in {data.target_unit}" if data.target_unit else ""
        told.append(f"It predicts {data.target_name}{unit}.")
    told += ["", "    python SCRIPT data.csv      prints a prediction for each row", ""]
    told += ["The experiment:", "", dumps(model.experiment).rstrip()]
    return [line for text in told for line in comment(text)]


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def answers(model: TrainedModel) -> list[str]:
    """The functions ``probabilities``, where the loss has them, and ``predict``."""
    problem = model.problem
    if not problem.classes:
        stats = problem.representation.target_stats
        made = "forward(represent(rows))[:, 0].astype(np.float64)"
        if np.any(stats.width != 1) or np.any(stats.center != 0):
            made += f" * {number(stats.width.item())} + {number(stats.center.item())}"
        return [NUMBERS.format(made=made).strip()]
    found = []
    if problem.loss.link == "softmax":
        found.append(SOFTMAX)
    elif problem.loss.link == "sigmoid":
        one = problem.outputs == 1
        each = "" if one else ",\n    each against the rest"
        found.append(SIGMOID.format(made="np.hstack([1 - p, p])" if one else "p", each=each))
    found.append(SIGN if problem.outputs == 1 else ARGMAX)
    return [text.strip() for text in found]


def script(
    model: TrainedModel,
    needs: str,
    imports: tuple[str, ...],
    network: list[str],
    code: Code,
    last: list[str],
) -> str:
    """The whole text.

    Parameters
    ----------
    model : TrainedModel
    needs : str
        What must be installed, for the head.
    imports : tuple of str
        Modules beside those of every script.
    network : list of str
        Paragraphs that define ``forward(X)``.
    code : Code
        Holds the arrays of the network already.
    last : list of str
        Paragraphs that stand behind all arrays.

    Raises
    ------
    InputError
        If a part of the representation cannot be written as code.
    """
    constants, functions = preprocessing(model.problem.representation, code)
    packed = code.arrays.packed()
    modules = {
        "csv",
        "sys",
        "numpy as np",
        *imports,
        *code.modules,
        *(("base64", "io") if packed else ()),
    }
    outside = sorted(name for name in modules if name.split()[0] not in sys.stdlib_module_names)
    names = model.problem.dataset.class_names
    given = [f"CLASSES = {listed(names)}"] if names else []
    paragraphs = [
        "\n".join(head(model, needs)) + "\n",
        "\n".join(f"import {name}" for name in sorted(modules - set(outside))) + "\n",
        "\n".join(f"import {name}" for name in outside) + "\n",
        "\n".join([constants, *given, *code.constants()]) + "\n",
        *(f"\n{text}\n" for text in (*functions, *network, *answers(model))),
        *(f"\n{text}\n" for text in ("\n".join(packed), *last) if text),
        f"\n{MAIN.strip()}\n",
    ]
    return "\n".join(paragraphs)
