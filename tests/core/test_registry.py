"""Registries: every part says what it is; unknown names are answered with the nearest."""

from __future__ import annotations

import pytest

from core.errors import InputError
from core.registry import HOMES, Registry, registry


@pytest.mark.parametrize("family", HOMES)
def test_every_part_says_what_it_is(family: str) -> None:
    parts = list(registry(family))
    assert parts
    assert any(part.basic for part in parts)
    for part in parts:
        assert part.name == part.name.strip().lower().replace(" ", "_")
        texts = [part.label, part.explanation]
        # Real data follow no formula.
        if getattr(part, "generated", True):
            texts.append(part.formula)
        for text in texts:
            assert text
            assert text == text.strip()
            assert "\n" not in text
        assert part.label[0].isupper() or part.label == "tanh"


@pytest.mark.parametrize("family", HOMES)
def test_names_and_labels_are_unique(family: str) -> None:
    parts = list(registry(family))
    assert len({part.name for part in parts}) == len(parts)
    assert len({part.label for part in parts}) == len(parts)
    assert registry(family).names == tuple(part.name for part in parts)
    assert len(registry(family)) == len(parts)


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (
            "activations",
            "linear relu leaky_relu elu gelu silu sigmoid tanh softplus sin",
        ),
        ("losses", "mse mae huber cross_entropy binary_cross_entropy hinge"),
        ("optimizers", "sgd momentum nesterov adagrad rmsprop adam adamw"),
        ("schedules", "constant step exponential cosine warmup"),
        (
            "initializers",
            "glorot_uniform glorot_normal he_uniform he_normal lecun uniform zeros orthogonal",
        ),
    ],
)
def test_what_is_promised_is_there(family: str, names: str) -> None:
    assert set(names.split()) == set(registry(family).names)


@pytest.mark.parametrize(
    ("family", "basic"),
    [
        ("activations", {"relu", "tanh", "sigmoid", "linear"}),
        ("optimizers", {"sgd", "momentum", "adam"}),
        ("losses", {"mse", "mae"}),
    ],
)
def test_what_a_beginner_sees_at_once(family: str, basic: set[str]) -> None:
    assert {part.name for part in registry(family) if part.basic} == basic


@pytest.mark.parametrize("family", HOMES)
def test_an_unknown_name_is_answered_with_the_nearest(family: str) -> None:
    first = registry(family).names[0]
    with pytest.raises(InputError) as caught:
        registry(family)[first + "x"]
    assert f"did you mean {first!r}?" in str(caught.value)
    for name in registry(family).names:
        assert name in str(caught.value)


@pytest.mark.parametrize("name", [None, 3, ["relu"], {}])
def test_a_name_of_another_type_is_an_input_error(name: object) -> None:
    with pytest.raises(InputError, match="unknown activation"):
        registry("activations")[name]  # type: ignore[index]


def test_an_unknown_registry() -> None:
    with pytest.raises(InputError, match="did you mean 'losses'"):
        registry("lossess")


def test_two_parts_cannot_share_a_name() -> None:
    part = registry("losses")["mse"]
    with pytest.raises(ValueError, match="two losses share a name"):
        Registry("losse", part, part)


def test_membership() -> None:
    assert "relu" in registry("activations")
    assert "rel" not in registry("activations")
    assert 3 not in registry("activations")
