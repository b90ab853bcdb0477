"""What is learned: the tables [data], [representation] and [evaluation]."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic
from pydantic import field_validator

from core.errors import InputError
from core.settings.base import LARGEST_SEED, Settings
from core.settings.fields import setting
from core.settings.shift import ShiftSettings

ColumnKind = Literal["number", "category", "text", "ignore"]

FARTHEST = 1e6
FEWEST_POINTS = 4
MOST_POINTS = 20_000
MOST_DRAWN_CLASSES = 10
Coordinate = Annotated[float, pydantic.Field(ge=-FARTHEST, le=FARTHEST)]
ClassNumber = Annotated[int, pydantic.Field(ge=0, le=MOST_DRAWN_CLASSES - 1)]
Point = tuple[Coordinate, Coordinate, ClassNumber]


class DataSettings(Settings):
    """[data]: where the samples come from."""

    table = "data"

    source: str = setting(
        "circle",
        "What is learned: a generated set, a bundled real one, or your own table.",
        registry="sources",
        basic=True,
    )
    samples: int | None = setting(
        None,
        "How many points are drawn; few are memorised easily, many show the true shape.",
        unit="samples",
        formula="n",
        basic=True,
        resolved=True,
        ge=4,
        le=10_000_000,
    )
    noise: float | None = setting(
        None,
        "How far points are blurred after labelling; 0 is clean, too much hides the shape.",
        unit="half widths of the data",
        formula="x ← x + noise · N(0, 1)",
        basic=True,
        resolved=True,
        ge=0,
        le=1,
    )
    seed: int | None = setting(
        None,
        "Seed of data and split alone; empty: the experiment's seed.",
        ge=0,
        le=LARGEST_SEED,
    )
    classes: int | None = setting(
        None,
        "How many blobs, each a class of its own; more are harder to tell apart.",
        unit="classes",
        formula="K",
        resolved=True,
        ge=2,
        le=10,
    )
    arms: int | None = setting(
        None,
        "How many arms the spiral has, each a class; more lie closer together.",
        unit="arms",
        formula="K",
        resolved=True,
        ge=2,
        le=5,
    )
    label_noise: float = setting(
        0.0,
        "Share of labels replaced by a wrong class; a model that fits them memorises noise.",
        unit="share of samples",
        ge=0,
        le=0.5,
    )
    shuffle_labels: bool = setting(
        False,
        "Deals the training part's labels out anew: what is learned then is memorised.",
    )
    path: str | None = setting(
        None, "The CSV or TSV file, relative to the experiment file.", min_length=1
    )
    test_path: str | None = setting(
        None,
        "A table of its own for the test part, with the same columns; empty: split off.",
        min_length=1,
    )
    target: str | None = setting(
        None, "The column to predict; empty: the table's last one.", min_length=1
    )
    columns: dict[str, ColumnKind] | None = setting(
        None, "Column name to number, category, text or ignore; columns not named are found out."
    )
    missing: Literal["mean", "median", "drop"] | None = setting(
        None,
        "What stands in for a missing number (from the training part), or drop such rows.",
        resolved=True,
    )
    points: tuple[Point, ...] | None = setting(
        None,
        "Points drawn by hand, each [x1, x2, class]; the classes count from 0.",
        unit="points",
    )
    class_names: tuple[str, ...] | None = setting(
        None,
        "What the classes of drawn points are called; empty: class 1, class 2, ...",
        min_length=2,
        max_length=MOST_DRAWN_CLASSES,
    )
    shift: ShiftSettings | None = setting(
        None,
        "What is done to the test part, to see how a model fares when the world has changed.",
    )

    @field_validator("points", mode="before")
    @classmethod
    def _lists_to_tuples(cls, value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            return value
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)

    @field_validator("points")
    @classmethod
    def _enough_points(cls, value: tuple[Point, ...] | None) -> tuple[Point, ...] | None:
        if value is None:
            return None
        if not FEWEST_POINTS <= len(value) <= MOST_POINTS:
            raise InputError(
                f"{len(value):,} {'point' if len(value) == 1 else 'points'}",
                field="data.points",
                allowed=f"{FEWEST_POINTS} to {MOST_POINTS:,} points",
            )
        if len({number for _, _, number in value}) < 2:
            raise InputError(
                f"all {len(value)} points are of one class: nothing to tell apart",
                field="data.points",
                allowed="points of at least two classes",
            )
        return value

    @field_validator("class_names")
    @classmethod
    def _different_names(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for place, name in enumerate(value or ()):
            if not name.strip() or name in (value or ())[:place]:
                raise InputError(
                    "a name that is empty, or given twice",
                    field=f"data.class_names[{place}]",
                    value=name,
                    allowed="a name of its own for each class",
                )
        return value


class RepresentationSettings(Settings):
    """[representation]: how an object becomes numbers."""

    table = "representation"

    features: tuple[str, ...] | None = setting(
        None,
        "The inputs that the model sees; too few hide the pattern. Empty: all of them.",
        min_length=1,
    )
    scaling: str = setting(
        "standard",
        "Brings inputs to one size, fitted on training data alone; without it wide ones rule.",
        registry="scalings",
        basic=True,
    )
    target_scaling: Literal["none", "standard"] | None = setting(
        None,
        "Brings a number target to mean 0 and spread 1, so that usual learning rates fit.",
        formula="(y − mean) / spread",
        resolved=True,
    )
    degree: int = setting(
        1,
        "All products of the number inputs up to this degree; more fits bends, and noise.",
        formula="x₁^p · x₂^q",
        ge=1,
        le=10,
    )
    interactions: bool = setting(
        False,
        "The product of each pair of number inputs joins them: what two do only together.",
        formula="x₁ · x₂",
    )
    rbf: int = setting(
        0,
        "Nearness to each of so many centres becomes an input; many can single out every sample.",
        unit="centres",
        formula="exp(−|x − c|² / (2 width²))",
        ge=0,
        le=400,
    )
    rbf_width: float | None = setting(
        None,
        "How far a centre reaches: narrow ones see single samples. Empty: as far as the next one.",
        unit="scaled inputs",
        gt=0,
        le=1e6,
    )
    encoding: Literal["one_hot", "ordinal"] = setting(
        "one_hot",
        "An input for each category, or all as one number, which makes some nearer than others.",
    )
    picture: Literal["pixels", "shuffled", "sums", "downsampled", "edges", "ink"] = setting(
        "pixels",
        "Dots, in order or shuffled; sums of rows and columns; 2 × 2 means; differences; the mean.",
    )
    components: int | None = setting(
        None,
        "So many principal components replace the inputs; too few lose the pattern. Empty: none.",
        unit="components",
        ge=1,
        le=5_000,
    )
    text: Literal["bag_of_words", "tfidf", "characters"] = setting(
        "tfidf",
        "Words counted; rare ones weighed more (tf-idf); or three letters in a row. Not scaled.",
        formula="tf-idf = count · (ln((1 + n) / (1 + df)) + 1), row to length 1",
    )
    vocabulary: int = setting(
        200,
        "So many terms are kept, the most frequent; few miss the pattern, many are memorised.",
        unit="terms",
        ge=1,
        le=10_000,
    )


class EvaluationSettings(Settings):
    """[evaluation]: which samples are kept aside."""

    table = "evaluation"

    validation_fraction: float = setting(
        0.25,
        "Share held back to watch while learning; too small makes the watching noisy.",
        unit="share of samples",
        ge=0,
        lt=1,
    )
    test_fraction: float = setting(
        0.25,
        "Share sealed until the end; too small and its verdict says little.",
        unit="share of samples",
        ge=0,
        lt=1,
    )
