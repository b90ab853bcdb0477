"""Formulas: read, printed, evaluated, and refused at the right position."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.representation.grammar import DEEPEST, FUNCTIONS, LONGEST, Node

NAMES = ("x1", "x2", "petal length (cm)", "odd ` one", "e2", "Größe")
X = {name: np.linspace(-1.5 + at, 2.0, 7) for at, name in enumerate(NAMES)}


@pytest.mark.parametrize(
    ("text", "normal", "value"),
    [
        ("sin(3*x1) + x2^2", "sin(3*x1) + x2^2", lambda a, b: math.sin(3 * a) + b * b),
        ("-x1^2", "-x1^2", lambda a, b: -(a * a)),
        ("(-x1)^2", "(-x1)^2", lambda a, b: a * a),
        ("2^3^x1", "2^3^x1", lambda a, b: 2 ** (3**a)),
        ("(x1 ** 2)**2", "(x1^2)^2", lambda a, b: a**4),
        ("2^-x1", "2^-x1", lambda a, b: 2**-a),
        ("x1 - (x2 - 1)", "x1 - (x2 - 1)", lambda a, b: a - (b - 1)),
        ("x1 - x2 - 1", "x1 - x2 - 1", lambda a, b: a - b - 1),
        ("x1/(x2*4)", "x1/(x2*4)", lambda a, b: a / (b * 4)),
        ("((x1/x2))*4", "x1/x2*4", lambda a, b: a / b * 4),
        ("2*pi*x1 + e", "2*pi*x1 + e", lambda a, b: 2 * math.pi * a + math.e),
        ("--x1", "--x1", lambda a, b: a),
        (".5e1*x1+1.50", "5*x1 + 1.5", lambda a, b: 5 * a + 1.5),
        ("min(x1, x2, 0)", "min(x1, x2, 0)", lambda a, b: min(a, b, 0)),
        ("max(x1,-x2)", "max(x1, -x2)", lambda a, b: max(a, -b)),
        ("floor(x1) + sign(x2)", "floor(x1) + sign(x2)",
         lambda a, b: math.floor(a) + math.copysign(1, b)),
        ("abs(x1)*tanh( x2 )", "abs(x1)*tanh(x2)", lambda a, b: abs(a) * math.tanh(b)),
    ],
)  # fmt: skip
def test_read_printed_and_evaluated(text, normal, value):
    formula = FUNCTIONS.parse(text, NAMES)
    assert str(formula) == normal
    assert FUNCTIONS.parse(normal, NAMES) == formula
    a, b = np.array([0.3, -1.25, 2.0]), np.array([1.5, -0.75, 3.0])
    found = formula.values({**dict.fromkeys(NAMES, a), "x2": b})
    wanted = [value(*pair) for pair in zip(a.tolist(), b.tolist(), strict=True)]
    assert np.allclose(found, wanted, rtol=1e-14, atol=0)


def test_names_as_people_have_them():
    formula = FUNCTIONS.parse("`petal length (cm)`*`odd `` one` + Größe + e2 + `x1`", NAMES)
    assert str(formula) == "`petal length (cm)`*`odd `` one` + Größe + e2 + x1"
    assert formula.columns == ("x1", "petal length (cm)", "odd ` one", "e2", "Größe")


def test_a_column_called_like_a_constant_or_a_function_is_meant():
    formula = FUNCTIONS.parse("e + sin + sin(pi)", ("sin", "e"))
    assert formula.columns == ("sin", "e")
    found = formula.values({"sin": np.array([2.0]), "e": np.array([5.0])})
    assert found[0] == pytest.approx(7.0, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "a number, an input, a function or '(' is expected, not the end"),
        ("   ", 4, "expected, not the end"),
        ("x1 +", 5, "expected, not the end"),
        ("sin(3*)", 7, "a number, an input, a function or '(' is expected, not ')'"),
        ("x1 x2", 4, "an operator or the end is expected, not 'x2'"),
        ("3x1", 2, "an operator or the end is expected, not 'x1'"),
        ("(x1", 4, "an operator or ')' is expected, not the end"),
        ("x1)", 3, "an operator or the end is expected, not ')'"),
        ("x1 + x7", 6, "there is no input 'x7' of numbers"),
        ("sni(x1)", 1, "did you mean 'sin'? unknown function 'sni'"),
        ("sin x1", 4, "'(' is expected after sin"),
        ("sin(x1, x2)", 1, "sin takes one number, not 2"),
        ("max(x1)", 7, "',' and another number for max is expected, not ')'"),
        ("x1 $ 2", 4, "'$' has no meaning in a formula"),
        ("x1 = 2", 4, "'=' has no meaning in a formula"),
        ("x1.real", 3, "'.' has no meaning in a formula"),
        ("x1 + `abc", 6, "a name in backquotes never ends or is empty"),
        ("x1 + ``", 6, "a name in backquotes never ends or is empty"),
        ("1e999*x1", 1, "the number is too large"),
        ("pi + 2", 1, "the formula names no input"),
        ("x1*" * 200, LONGEST + 1, "a formula has at most 500 characters"),
        ("(" * 60 + "x1" + ")" * 60, DEEPEST + 1, "nested more than 50 deep"),
        ("-" * 60 + "x1", DEEPEST + 1, "nested more than 50 deep"),
        ("__import__('os')", 12, "has no meaning in a formula"),
        ("__import__(x1)", 1, "unknown function '__import__'"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_position(text, position, words):
    with pytest.raises(InputError) as caught:
        FUNCTIONS.parse(text, NAMES)
    assert caught.value.problem.startswith(f"position {position}: ")
    assert words in str(caught.value)
    assert caught.value.field == "representation.features"
    assert caught.value.value == text


def test_a_long_chain_is_no_deep_one():
    formula = FUNCTIONS.parse("+".join(["x1"] * 160), NAMES)
    assert np.array_equal(formula.values(X), np.cumsum(np.tile(X["x1"], (160, 1)), axis=0)[-1])
    assert FUNCTIONS.parse("+".join("1" * 248) + "+x1", ("x1",)).values({"x1": np.ones(1)}) == 249


# -- against Python's own arithmetic ------------------------------------------------------------

ONE = {"sin": math.sin, "cos": math.cos, "tan": math.tan, "exp": math.exp, "log": math.log,
       "sqrt": math.sqrt, "abs": abs, "tanh": math.tanh, "floor": math.floor,
       "sign": lambda x: (x > 0) - (x < 0)}  # fmt: skip
leaves = st.one_of(
    st.sampled_from(NAMES).map(lambda name: Node("column", value=name)),
    st.sampled_from(["pi", "e"]).map(lambda name: Node("constant", value=name)),
    st.floats(0, 1e6, allow_subnormal=False).map(lambda x: Node("number", value=x)),
    st.integers(0, 5).map(lambda x: Node("number", value=float(x))),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a: Node("negative", (a,)), inner),
        st.builds(lambda sign, a, b: Node(sign, (a, b)), st.sampled_from("+-*/^"), inner, inner),
        st.builds(lambda name, a: Node(name, (a,)), st.sampled_from(sorted(ONE)), inner),
        st.builds(
            lambda name, parts: Node(name, tuple(parts)),
            st.sampled_from(["min", "max"]),
            st.lists(inner, min_size=2, max_size=4),
        ),
    ),
    max_leaves=12,
)


class UnsureError(ArithmeticError):
    """A step whose result hangs on the last digit of what goes in."""


def sure(condition: bool) -> None:
    if not condition:
        raise UnsureError


def two(sign: str, a: float, b: float, made: bool) -> float:
    """Two numbers by a sign; `made` if they are themselves computed, and so rounded."""
    if sign in "+-":
        found = a + b if sign == "+" else a - b
        sure(not made or abs(found) >= 1e-3 * abs(a))
        return found
    if sign in "*/":
        return a * b if sign == "*" else a / b
    sure(abs(b) <= 50 and (a >= 0 or not made))
    power = a**b
    if isinstance(power, complex):
        raise ValueError("no real power")
    return power


def one(name: str, x: float, made: bool) -> float:
    """A function of a number."""
    sure(name not in ("floor", "sign") or not made or abs(x - round(x)) >= 1e-9)
    sure(name not in ("sin", "cos", "tan", "exp") or abs(x) <= 50)
    return float(ONE[name](x))


def by_python(node: Node, row: dict[str, float]) -> float:
    """The value in plain Python; raises where there is none."""
    if not node.parts:
        known = {"pi": math.pi, "e": math.e, **row}
        return float(node.value) if node.kind == "number" else known[str(node.value)]
    parts = [by_python(part, row) for part in node.parts]
    made = any(part.parts for part in node.parts)
    if node.kind == "negative":
        return -parts[0]
    if node.kind in ("min", "max"):
        return (min if node.kind == "min" else max)(parts)
    return one(node.kind, parts[0], made) if node.kind in ONE else two(node.kind, *parts, made)


@given(trees)
@settings(max_examples=400, deadline=None)
def test_agrees_with_pythons_own_arithmetic(tree):
    text = tree.text()
    if not tree.names() or len(text) > LONGEST:
        return
    formula = FUNCTIONS.parse(text, NAMES)
    assert formula.root == tree
    assert str(formula) == text
    found = formula.values(X)
    assert found.shape == (7,)
    for at in range(7):
        try:
            wanted = by_python(tree, {name: float(values[at]) for name, values in X.items()})
        except UnsureError:
            continue
        except (ValueError, ZeroDivisionError, OverflowError):
            # Python raises for a part without a value, which may be gone again at the end: 1/inf.
            continue
        if math.isfinite(wanted):
            assert found[at] == pytest.approx(wanted, rel=1e-9, abs=1e-12), text
