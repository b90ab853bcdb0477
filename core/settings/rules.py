"""Rules between settings: what a missing one follows from, and which do not go together.

They ask the registered parts, whose modules are imported when the first name is looked up.
"""

from __future__ import annotations

from typing import Any

from core.errors import InputError
from core.registry import registry
from core.settings.learning import LossSettings, ModelSettings, OptimizerSettings, StopSettings
from core.settings.problem import DataSettings, EvaluationSettings, RepresentationSettings

DEFAULT_SAMPLES = 500
DEFAULT_EPOCHS = 100
TABLE_FIELDS = ("path", "test_path", "target", "columns", "missing")
DRAWN_FIELDS = ("points", "class_names")
OPTIONS = ("classes", "arms")
TASKS = {"classification": "a class", "regression": "a number"}


def source_part(data: DataSettings) -> Any:
    """The registered data source that `data` names."""
    return registry("sources")[data.source]


def task_of(data: DataSettings) -> str | None:
    """``"classification"``, ``"regression"``, or None where only reading the table can tell."""
    return source_part(data).task or None


def class_count(data: DataSettings) -> int | None:
    """How many classes the target has; None for numbers and where only reading can tell."""
    if task_of(data) != "classification":
        return None
    return source_part(data).class_count(data) or None


def output_count(loss: LossSettings, data: DataSettings) -> int | None:
    """How many outputs the model needs; None where only reading the data can tell."""
    if task_of(data) == "regression":
        return 1
    classes = class_count(data)
    if classes == 2 and loss.name and registry("losses")[loss.name].one_score:
        return 1
    return classes


def resolve_data(data: DataSettings) -> DataSettings:
    """`data` with its missing values filled in; raises `InputError` for values out of place."""
    part = source_part(data)
    is_table = data.source == "csv"
    filled: dict[str, Any] = {}
    for name, default in (("samples", DEFAULT_SAMPLES), ("noise", part.noise)):
        if not part.generated:
            _only_for(data, name, "generated data")
        elif getattr(data, name) is None and default is not None:
            filled[name] = default
    for name in OPTIONS:
        if part.option != name:
            owners = [other.name for other in registry("sources") if other.option == name]
            _only_for(data, name, ", ".join(owners))
        elif getattr(data, name) is None:
            filled[name] = part.classes
    if part.task == "regression" and data.label_noise:
        raise InputError(
            f"{data.source} predicts a number: there are no labels to flip",
            field="data.label_noise",
            value=data.label_noise,
            allowed="0, or a source with classes",
        )
    if not is_table:
        for name in TABLE_FIELDS:
            _only_for(data, name, "csv")
    elif data.path is None:
        raise InputError("missing", field="data.path", allowed="the path of a CSV or TSV file")
    elif data.missing is None:
        filled["missing"] = "mean"
    _check_drawn(data)
    return data.with_values(**filled) if filled else data


def _check_drawn(data: DataSettings) -> None:
    """Drawn points are there where they are learned from, and their classes have names."""
    if data.source != "drawn":
        for name in DRAWN_FIELDS:
            _only_for(data, name, "drawn")
        return
    if data.points is None:
        raise InputError("missing", field="data.points", allowed="a list of points [x1, x2, class]")
    names, highest = data.class_names, max(number for _, _, number in data.points)
    if names is not None and len(names) <= highest:
        raise InputError(
            f"{len(names)} names where a point is of class {highest}, counted from 0",
            field="data.class_names",
            value=list(names),
            allowed=f"at least {highest + 1} names",
        )


def _only_for(data: DataSettings, name: str, owner: str) -> None:
    value = getattr(data, name)
    if value is not None:
        raise InputError(
            f"belongs to {owner}, not to {data.source}; leave it out",
            field=f"data.{name}",
            value=f"{len(value)} points" if name == "points" else value,
        )


def resolve_representation(
    representation: RepresentationSettings, data: DataSettings
) -> RepresentationSettings:
    """`representation` with features and target scaling filled in where the source tells them."""
    part = source_part(data)
    filled: dict[str, Any] = {}
    features = representation.features
    if features is not None and len(set(features)) < len(features):
        raise InputError(
            "an input named twice", field="representation.features", value=list(features)
        )
    if part.generated and features is None:
        filled["features"] = tuple(part.inputs)
    elif part.generated and features is not None:
        for name in features:
            if name not in part.inputs:
                _check_formula(name, data.source, part.inputs)
    if representation.target_scaling is None and part.task:
        scaled = part.task == "regression" and not part.generated
        filled["target_scaling"] = "standard" if scaled else "none"
    return representation.with_values(**filled) if filled else representation


def of_other_data() -> dict[str, Any]:
    """The settings that other data has its own values of: what is made of its columns."""
    names = ("features", "target_scaling", "degree", "interactions", "rbf", "rbf_width", "picture",
             "components")  # fmt: skip
    return {name: RepresentationSettings.model_fields[name].default for name in names}


def _check_formula(text: str, source: str, inputs: tuple[str, ...]) -> None:
    allowed = f"{', '.join(inputs)}, or a formula of them"
    problem = f"{source} has no such input"
    # A single word is a name, and what is wrong with it is not its grammar.
    if not text.isidentifier():
        try:
            registry("functions").parse(text, inputs)  # type: ignore[attr-defined]  # its own
        except InputError as error:
            problem = error.problem
        else:
            return
    raise InputError(problem, field="representation.features", value=text, allowed=allowed)


def check_model(model: ModelSettings) -> None:
    """One activation for all layers, or one for each."""
    if isinstance(model.activation, tuple) and len(model.activation) != len(model.hidden):
        raise InputError(
            f"{len(model.activation)} activations for {len(model.hidden)} hidden layers",
            field="model.activation",
            value=list(model.activation),
            allowed="one name for all layers, or one for each hidden layer",
        )


def resolve_loss(loss: LossSettings, data: DataSettings) -> LossSettings:
    """`loss` with its name filled in; raises `InputError` where it does not fit the target."""
    task = task_of(data)
    if loss.name is None and task:
        loss = loss.with_values(name=suggested_loss(data))
    if loss.name and task and not loss_fits(loss.name, task):
        fitting = [part.name for part in registry("losses") if loss_fits(part.name, task)]
        raise InputError(
            f"does not fit: {data.source} predicts {TASKS[task]}",
            field="loss.name",
            value=loss.name,
            allowed=", ".join(fitting),
        )
    if loss.class_weights is not None and task:
        classes = class_count(data)
        if task == "regression" or (classes and len(loss.class_weights) != classes):
            allowed = f"{classes} weights, one for each class" if classes else "data with classes"
            raise InputError(
                f"{len(loss.class_weights)} weights for {classes or 'no'} classes",
                field="loss.class_weights",
                value=list(loss.class_weights),
                allowed=allowed,
            )
    return loss


def suggested_loss(data: DataSettings) -> str:
    """The loss that the source suggests for its target."""
    return str(source_part(data).suggested_loss(class_count(data)))


def loss_fits(name: str, task: str) -> bool:
    """Whether the loss takes the targets of `task`."""
    part = registry("losses")[name]
    return part.for_numbers if task == "regression" else part.for_classes


def misfit(name: str, data: DataSettings) -> str:
    """Why the loss should give way to the suggested one, as half a sentence; empty if it suits.

    Binary cross-entropy runs on more than two classes, one against the rest, but is not what a
    newly chosen source of many classes should be learned with.
    """
    task, classes = task_of(data), class_count(data) or 0
    if not all(loss_fits(name, kind) for kind in ([task] if task else TASKS)):
        if task:
            return f"{data.source} predicts {TASKS[task]}, which {name} does not fit"
        return f"a table may hold classes or numbers, and {name} does not fit both"
    part = registry("losses")[name]
    if classes > 2 and part.one_score and part.link == "sigmoid":
        return f"{data.source} has {classes} classes, and {name} is made for two"
    return ""


def default_learning_rate(optimizer: str) -> float:
    """The rate an optimizer has when the file names none."""
    return float(registry("optimizers")[optimizer].learning_rate)


def resolve_optimizer(optimizer: OptimizerSettings) -> OptimizerSettings:
    """`optimizer` with its learning rate filled in."""
    if optimizer.learning_rate is not None:
        return optimizer
    return optimizer.with_values(learning_rate=default_learning_rate(optimizer.name))


def check_evaluation(evaluation: EvaluationSettings) -> None:
    """Something must be left to train on."""
    held_back = evaluation.validation_fraction + evaluation.test_fraction
    if held_back >= 1:
        raise InputError(
            f"with validation_fraction {evaluation.validation_fraction:g}"
            " nothing is left to train on",
            field="evaluation.test_fraction",
            value=evaluation.test_fraction,
            allowed="both fractions together below 1",
        )


def resolve_stop(stop: StopSettings) -> StopSettings:
    """`stop` with its epochs filled in where no count of updates stands in for them."""
    if stop.epochs is None and stop.updates is None:
        return stop.with_values(epochs=DEFAULT_EPOCHS)
    return stop
