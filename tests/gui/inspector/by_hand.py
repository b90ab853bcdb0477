"""One turn of a dense tanh network in plain Python, sample by sample, number by number."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from typing import Any

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass
class Layer:
    weight: list[list[float]]
    bias: list[float]


@dataclass
class Sample:
    """By layer: what it is given, z, slope, and the derivative of its own loss by z."""

    given: list[list[float]]
    z: list[list[float]]
    slope: list[list[float]]
    delta: list[list[float]]
    loss: float
    shares: list[float]


def layers_of(flat: list[float], sizes: tuple[int, ...]) -> list[Layer]:
    """Weights and biases as lists, cut out of the flat vector by hand."""
    found, at = [], 0
    for inputs, outputs in itertools.pairwise(sizes):
        weight = [flat[at + k * outputs : at + (k + 1) * outputs] for k in range(inputs)]
        at += inputs * outputs
        found.append(Layer(weight, flat[at : at + outputs]))
        at += outputs
    return found


def walk(layers: list[Layer], x: list[float], y: list[float], loss: str) -> Sample:
    """Forward and backward for one sample."""
    given, zs, slopes = [x], [], []
    for index, layer in enumerate(layers):
        z = [
            sum(g * row[unit] for g, row in zip(given[-1], layer.weight, strict=True)) + bias
            for unit, bias in enumerate(layer.bias)
        ]
        zs.append(z)
        if index < len(layers) - 1:
            given.append([math.tanh(value) for value in z])
            slopes.append([1.0 - math.tanh(value) ** 2 for value in z])
    scores = zs[-1]
    if loss == "binary_cross_entropy":
        p = 1.0 / (1.0 + math.exp(-scores[0]))
        price = -math.log(p if y[0] else 1.0 - p)
        shares, delta = [1.0 - p, p], [p - y[0]]
    elif loss == "cross_entropy":
        total = sum(math.exp(s) for s in scores)
        shares = [math.exp(s) / total for s in scores]
        price = -math.log(shares[y.index(1.0)])
        delta = [p - t for p, t in zip(shares, y, strict=True)]
    else:
        shares, price, delta = [], (scores[0] - y[0]) ** 2, [2.0 * (scores[0] - y[0])]
    deltas = [delta]
    for layer, slope in zip(reversed(layers[1:]), reversed(slopes), strict=True):
        above = deltas[0]
        blame = [sum(w * d for w, d in zip(row, above, strict=True)) for row in layer.weight]
        deltas.insert(0, [b * s for b, s in zip(blame, slope, strict=True)])
    return Sample(given, zs, slopes, deltas, price, shares)


def gradient(layers: list[Layer], samples: list[Sample]) -> list[float]:
    """The gradient of the mean loss, in the order of the flat vector."""
    found: list[float] = []
    count = len(samples)
    for index, layer in enumerate(layers):
        for row in range(len(layer.weight)):
            for unit in range(len(layer.bias)):
                terms = (s.given[index][row] * s.delta[index][unit] for s in samples)
                found.append(sum(terms) / count)
        found += [sum(s.delta[index][u] for s in samples) / count for u in range(len(layer.bias))]
    return found


def number(text: str, heading: str = "") -> tuple[float, float]:
    """A number as it is written, and half a unit of its last digit.

    ``heading`` may carry the power of ten of the whole column.
    """
    factor = 1.0
    power = re.search(r"× 10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", heading + text)
    if power:
        factor = 10.0 ** int(power.group(1).translate(_SUPERSCRIPTS))
    digits = re.search(r"[−+]?[\d\u202f]+(\.\d+)?", text)
    assert digits, text
    plain = digits.group().replace("−", "-").replace("\u202f", "")
    decimals = len(plain.partition(".")[2])
    return float(plain) * factor, 0.5 * 10.0**-decimals * factor


def agrees(text: str, value: Any, heading: str = "") -> bool:
    """Whether a written number is the value, rounded to its last digit."""
    written, half = number(text, heading)
    return abs(written - float(value)) <= half * (1.0 + 1e-6)
