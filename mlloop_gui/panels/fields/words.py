"""What a field is called on screen, and what its tooltip says."""

from __future__ import annotations

import re
from html import escape

from core.errors import InputError
from core.experiment import Field

_LABELS = {
    "seed": "Seed",
    "data.seed": "Data seed",
    "data.path": "File",
    "data.test_path": "Test file",
    "data.missing": "Missing",
    "representation.rbf": "RBF centres",
    "representation.rbf_width": "RBF width",
    "representation.encoding": "Categories",
    "representation.picture": "Picture as",
    "representation.components": "PCA to",
    "representation.text": "Text as",
    "model.hidden": "Hidden layers",
    "model.dtype": "Precision",
    "loss.name": "Loss",
    "loss.l1": "L1 penalty",
    "loss.l2": "L2 penalty",
    "loss.delta": "Huber delta",
    "optimizer.name": "Method",
    "optimizer.shuffle": "Shuffle",
    "optimizer.beta1": "Beta 1",
    "optimizer.beta2": "Beta 2",
    "optimizer.clip_norm": "Clip norm",
    "optimizer.step_epochs": "Cut every",
    "optimizer.factor": "Cut to",
    "optimizer.warmup_epochs": "Warm-up",
    "evaluation.validation_fraction": "Validation",
    "evaluation.test_fraction": "Test",
    "stop.epochs": "Max epochs",
    "stop.updates": "Max updates",
    "stop.target_loss": "Target loss",
    "stop.target_metric": "Target metric",
}
#: What an empty field means, shown pale in it.
_EMPTY = {
    "data.seed": "as seed",
    "data.test_path": "split off",
    "data.target": "found out",
    "data.class_names": "class 1, class 2, …",
    "data.columns": "found out",
    "loss.class_weights": "all alike",
    "optimizer.beta2": "its own",
    "optimizer.epsilon": "its own",
}
_LITERALS = {
    "none": "None",
    "standard": "Standard",
    "mean": "Training mean",
    "median": "Training median",
    "drop": "Drop the row",
    "bag_of_words": "Bag of words",
    "tfidf": "TF-IDF",
    "characters": "Three letters in a row",
    "auto": "Automatic",
    "float64": "float64",
    "float32": "float32",
    "numpy": "numpy",
}
#: Kinds whose widget shows what is allowed, or opens what does.
_PLAIN = ("choice", "choices", "flag", "text", "columns", "texts", "points", "table")
LIVE = "Changes the running model."
NEW_RUN = "Starts a new run."


def label_of(field: Field) -> str:
    """The field's name on screen."""
    name = field.path.rpartition(".")[2]
    return _LABELS.get(field.path) or name.replace("_", " ").capitalize()


def empty_text(field: Field) -> str:
    """What leaving the field empty means."""
    return _EMPTY.get(field.path, "off")


def literal_label(name: str) -> str:
    """A fixed choice as menus show it."""
    return _LITERALS.get(name, name)


def allowed_text(field: Field) -> str:
    """What is allowed, with mathematical signs."""
    return _mathematical(field.allowed)


def _mathematical(text: str) -> str:
    """`text` with signs in place of digraphs, and long numbers in groups."""
    text = text.replace(">=", "≥").replace("<=", "≤")
    return re.sub(r"\d{5,}", lambda found: f"{int(found[0]):,}".replace(",", "\u202f"), text)


def description(field: Field) -> list[str]:
    """Help, formula, unit, bounds and what a change does: a line each."""
    lines = [field.help]
    if field.formula:
        lines.append(field.formula)
    if field.unit:
        lines.append(f"In {field.unit}.")
    if field.kind not in _PLAIN:
        lines.append(f"Allowed: {allowed_text(field)}.")
    lines.append(LIVE if field.live else NEW_RUN)
    return lines


def tooltip(field: Field, keys: str = "") -> str:
    """The description as wrapped text, with the keys that work in the widget."""
    lines = [escape(line) for line in description(field)]
    if field.formula:
        lines[1] = f"<i>{lines[1]}</i>"
    if keys:
        lines.append(escape(keys))
    return "<qt>" + "<br>".join(lines) + "</qt>"


def message(error: InputError, path: str) -> str:
    """An error as one or two short sentences beneath the field."""
    problem = error.problem[:1].upper() + error.problem[1:]
    if error.field and error.field != path:
        problem = f"{error.field}: {error.problem}"
    allowed = _mathematical(error.allowed or "")
    return f"{problem}. Allowed: {allowed}." if allowed else f"{problem}."
