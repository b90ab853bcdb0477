"""The experiment tree: what it takes, what it refuses and how, and its file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.experiment import (
    Change,
    Experiment,
    dumps,
    fields,
    is_live,
    load,
    loads,
    parse_assignment,
    save,
    weight_place,
)
from core.registry import registry

ASSETS = Path(__file__).parents[2] / "assets" / "experiments"
CHANGE = "[[change]]\nupdate = {}\nfield = '{}'\nvalue = {}\n"

# Text, the field that is named, and words that must stand in the message.
ONE_CLASS = f"[data]\nsource = 'drawn'\npoints = {[[0, 1, 3]] * 4}"
TWO_CLASSES = "[data]\nsource = 'drawn'\npoints = [[0, 1, 0], [1, 0, 2], [1, 1, 2], [0, 0, 0]]"
BAD = [
    ("[optimizer]\nlernrate = 0.1", "optimizer.lernrate", "did you mean 'learning_rate'"),
    ("[optimzer]\nname = 'sgd'", "optimzer", "did you mean 'optimizer'"),
    ("[model]\nlearning_rate = 0.1", "model.learning_rate", "'optimizer.learning_rate'"),
    ("[optimizer]\nlearning_rate = '0.1'", "optimizer.learning_rate", "a text where a number"),
    ("[optimizer]\nlearning_rate = true", "optimizer.learning_rate", "a number > 0"),
    ("[optimizer]\nlearning_rate = 0", "optimizer.learning_rate", "out of range"),
    ("[optimizer]\nlearning_rate = nan", "optimizer.learning_rate", "not a finite number"),
    ("[optimizer]\nmomentum = 1.0", "optimizer.momentum", "0 <= value < 1"),
    ("[optimizer]\nbatch_size = 10.0", "optimizer.batch_size", "a whole number"),
    ("[optimizer]\nbatch_size = true", "optimizer.batch_size", "a whole number"),
    ("[optimizer]\nshuffle = 1", "optimizer.shuffle", "true or false"),
    ("[optimizer]\nname = 'adm'", "optimizer.name", "did you mean 'adam'"),
    ("[loss]\nl1 = inf", "loss.l1", "not a finite number"),
    ("[loss]\nl2 = -0.1", "loss.l2", "a number >= 0"),
    ("[loss]\nclass_weights = [1.0, 0.0]", "loss.class_weights[1]", "each > 0"),
    ("[loss]\nclass_weights = [1, 2, 3]", "loss.class_weights", "2 weights"),
    ("[loss]\nclass_weights = []", "loss.class_weights", "empty"),
    ("[data]\nsource = 'iris'\n[loss]\nclass_weights = [1, 2]", "loss.class_weights", "3 weights"),
    ("[data]\nsource = 'sine'\n[loss]\nclass_weights = [1]", "loss.class_weights", "classes"),
    ("seed = -1", "seed", "from 0 to"),
    ("seed = 1.0", "seed", "a whole number"),
    ("seed = 0x" + "f" * 5000, "seed", "out of range"),
    ("format = 2", "format", "newer"),
    ("format = 0", "format", ">= 1"),
    ("[model]\nhidden = 4", "model.hidden", "a list of whole numbers"),
    ("[model]\nhidden = [4, 0]", "model.hidden[1]", "each from 1"),
    ("[model]\nhidden = [true]", "model.hidden[0]", "whole number"),
    ("[model]\nactivation = 'tahn'", "model.activation", "did you mean 'tanh'"),
    ("[model]\nactivation = ['tanh', 'relu']", "model.activation", "2 activations for 1"),
    ("[model]\nactivation = ['tahn']", "model.activation", "did you mean 'tanh'"),
    ("[model]\nactivation = 5", "model.activation", "a name"),
    ("[model]\ndtype = 'float46'", "model.dtype", "did you mean 'float64'"),
    ("[model]\ndropout = 1", "model.dropout", "0 <= value < 1"),
    ("[data]\nsource = 1979-05-27", "data.source", "circle"),
    ("[data]\nsamples = 3", "data.samples", "from 4 to 10000000"),
    ("[data]\nnoise = 1.5", "data.noise", "from 0 to 1"),
    ("[data]\nsource = 'iris'\nsamples = 100", "data.samples", "generated data"),
    ("[data]\nsource = 'iris'\nnoise = 0.0", "data.noise", "generated data"),
    ("[data]\narms = 3", "data.arms", "spiral"),
    ("[data]\nsource = 'spiral'\nclasses = 3", "data.classes", "blobs"),
    ("[data]\nsource = 'spiral'\narms = 6", "data.arms", "from 2 to 5"),
    ("[data]\nsource = 'sine'\nlabel_noise = 0.1", "data.label_noise", "labels"),
    ("[data]\npath = 'a.csv'", "data.path", "belongs to csv"),
    ("[data]\nsource = 'csv'", "data.path", "missing"),
    ("[data]\nsource = 'drawn'", "data.points", "missing"),
    ("[data]\npoints = [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 1]]", "data.points", "belongs to"),
    ("[data]\nsource = 'drawn'\npoints = [[0, 0, 0], [0, 0, 1]]", "data.points", "4 to 20,000"),
    ("[data]\nsource = 'drawn'\npoints = [[0, 0, 0], [0, 0]]", "data.points[1][2]", "missing"),
    ("[data]\nsource = 'drawn'\npoints = [[0, 0, 0, 1]]", "data.points[0]", "[x1, x2, class]"),
    ("[data]\nsource = 'drawn'\npoints = [[0, 1e7, 0]]", "data.points[0][1]", "out of range"),
    ("[data]\nsource = 'drawn'\npoints = [[0, nan, 0]]", "data.points[0][1]", "finite"),
    ("[data]\nsource = 'drawn'\npoints = [[0, 1, 10]]", "data.points[0][2]", "classes 0 to 9"),
    ("[data]\nsource = 'drawn'\npoints = [[0, 1, 1.0]]", "data.points[0][2]", "classes 0 to 9"),
    ("[data]\nsource = 'drawn'\npoints = 3", "data.points", "a list of points"),
    (ONE_CLASS, "data.points", "at least two classes"),
    (f"{TWO_CLASSES}\nclass_names = ['a', 'b']", "data.class_names", "at least 3 names"),
    (f"{TWO_CLASSES}\nclass_names = ['a', 'b', 'a']", "data.class_names[2]", "twice"),
    (f"{TWO_CLASSES}\nsamples = 5", "data.samples", "generated data"),
    ("[data.shift]\nturn = 400", "data.shift.turn", "from -360 to 360"),
    ("[data.shift]\ntrun = 4", "data.shift.trun", "did you mean 'turn'"),
    ("[data.shift]\nmove = []", "data.shift.move", "empty"),
    ("[data.shift]\nclass_shares = [0, 0]", "data.shift.class_shares", "above 0"),
    ("[data]\nshift = 3", "data.shift", "a table"),
    ("[data.columns]\na = 'nmber'", "data.columns.a", "number, category, text or ignore"),
    ("[data]\nsource = 'sine'\n[loss]\nname = 'cross_entropy'", "loss.name", "mse, mae, huber"),
    ("[data]\nsource = 'diabetes'\n[loss]\nname = 'hinge'", "loss.name", "predicts a number"),
    ("[representation]\nfeatures = ['x3']", "representation.features", "x1, x2"),
    ("[representation]\nfeatures = ['x1', 'x1']", "representation.features", "twice"),
    ("[representation]\nfeatures = ['x1', 'sin(x1']", "representation.features", "position 7"),
    ("[representation]\ndegree = 11", "representation.degree", "from 1 to 10"),
    ("[representation]\nrbf = 401", "representation.rbf", "from 0 to 400"),
    ("[representation]\nrbf_width = 0.0", "representation.rbf_width", "0 < value"),
    ("[representation]\nencoding = 'onehot'", "representation.encoding", "one_hot, ordinal"),
    ("[representation]\npicture = 'dots'", "representation.picture", "pixels, shuffled"),
    ("[representation]\ncomponents = 0", "representation.components", "from 1 to"),
    ("[evaluation]\nvalidation_fraction = 0.5\ntest_fraction = 0.5", "evaluation.test", "below 1"),
    ("[evaluation]\ntest_fraction = 1.0", "evaluation.test_fraction", "value < 1"),
    ("data = 3", "data", "a table"),
    ("[[data]]\nsource = 'circle'", "data", "a table"),
    ("change = 3", "change", "[[change]]"),
    ("change = [3]", "change[0]", "a table"),
    ("[[change]]\nupdate = 1", "change[0].field", "missing"),
    ("[[change]]\nfield = 'loss.l1'", "change[0].update", "missing"),
    (CHANGE.format(-1, "loss.l1", 0.1), "change[0].update", "out of range"),
    (CHANGE.format(1, "loss.delt", 0.1), "change[0].field", "did you mean 'loss.delta'"),
    (CHANGE.format(1, "model.hidden", "[4]"), "change[0].field", "cannot change during a run"),
    (CHANGE.format(1, "optimizer.learning_rate", -1), "change[0].value", "a number > 0"),
    (CHANGE.format(1, "optimizer.learning_rate", "true"), "change[0].value", "learning_rate"),
    ("[[change]]\nupdate = 1\nfield = 'loss.l1'", "change[0].value", "missing"),
    (CHANGE.format(1, "loss.name", "'cross_entropy'"), "change[0].value", "from 1 to 2"),
    (CHANGE.format(1, "loss.class_weights", "[1, 2, 3]"), "change[0].value", "2 weights"),
    (CHANGE.format(1, "weight_0[1,4]", 1.0), "change[0].field", "allowed: output 0 to 3"),
    (CHANGE.format(1, "weight_1[4,0]", 1.0), "change[0].field", "allowed: input 0 to 3"),
    (CHANGE.format(1, "bias_1[1]", 1.0), "change[0].field", "allowed: output 0 to 0"),
    (CHANGE.format(1, "bias_2[0]", 1.0), "change[0].field", "allowed: layer 0 to 1"),
    ('[[change]]\nfield = "loss.l2"\nvalue = 0.1', "change[0].update", "a whole number"),
    (CHANGE.format(1, "bias_0[0]", "nan"), "change[0].value", "a finite number"),
    (CHANGE.format(1, "bias_0[0]", "true"), "change[0].value", "a finite number"),
    (
        CHANGE.format(4, "loss.l1", 0.1) + CHANGE.format(3, "loss.l1", 0.2),
        "change[1].update",
        ">= 4",
    ),
]


@pytest.mark.parametrize(("text", "field", "words"), BAD, ids=[entry[1] for entry in BAD])
def test_a_bad_value_names_file_field_and_what_is_allowed(
    text: str, field: str, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        loads(text, "my.toml")
    message = str(caught.value)
    assert message.startswith(f"my.toml: {field}")
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed = 7\nx = ", "line 2"),
        ("seed = 7\nseed = 8\nx = 1", "line 2"),
        ("seed = " + "[" * 5000, "my.toml"),
    ],
)
def test_broken_toml_names_the_line(text: str, words: str) -> None:
    with pytest.raises(InputError, match=r"my\.toml") as caught:
        loads(text, "my.toml")
    assert words in str(caught.value)


def test_of_several_errors_the_first_in_the_file_is_named() -> None:
    tables = [
        ("stop.epochs", "[stop]\nepochs = -1\n"),
        ("model.nonsense", "[model]\nnonsense = 1\ndropout = 3\n"),
        ("data.noise", "[data]\nnoise = 'x'\nsamples = 0\n"),
        ("optimizer.name", "[optimizer]\nname = 'x'\nlearning_rate = -1\n"),
    ]
    for turn in range(len(tables)):
        turned = tables[turn:] + tables[:turn]
        with pytest.raises(InputError) as caught:
            loads("".join(text for _, text in turned))
        assert caught.value.field == turned[0][0]


@pytest.mark.parametrize("value", [3, None, [], "text", {1: 2}, {"seed": None}, {"data": None}])
def test_a_dictionary_of_the_wrong_shape_is_refused_in_words(value: object) -> None:
    with pytest.raises(InputError):
        Experiment.from_dict(value)


def test_direct_construction_raises_the_same_errors() -> None:
    with pytest.raises(InputError, match=r"optimizer\.learning_rate = -1"):
        Experiment(optimizer={"learning_rate": -1})  # type: ignore[arg-type]  # what users write
    with pytest.raises(InputError, match=r"change\.update = -1"):
        Change(update=-1, field="loss.l1", value=0.1)


def test_the_tree_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Experiment().optimizer.learning_rate = 1.0  # type: ignore[misc]


def test_missing_values_follow_from_the_others() -> None:
    sine = loads("[data]\nsource = 'sine'")
    assert (sine.data.samples, sine.loss.name) == (500, "mse")
    assert sine.representation.features == tuple(registry("sources")["sine"].inputs)
    assert sine.representation.target_scaling == "none"
    assert loads("[data]\nsource = 'diabetes'").representation.target_scaling == "standard"
    iris = loads("[data]\nsource = 'iris'")
    assert (iris.data.samples, iris.data.noise, iris.loss.name) == (None, None, "cross_entropy")
    assert iris.representation.features is None
    assert loads("[data]\nsource = 'blobs'").data.classes == 3
    assert loads("[data]\nsource = 'spiral'").data.arms == 2
    assert loads("[data]\nsource = 'blobs'\nclasses = 2").loss.name == "binary_cross_entropy"
    assert loads("[stop]\nupdates = 3").stop.epochs is None
    assert Experiment().stop.epochs == 100


@pytest.mark.parametrize(
    ("name", "rate"),
    [("sgd", 0.3), ("momentum", 0.03), ("nesterov", 0.03), ("adagrad", 0.01), ("adam", 0.01)],
)
def test_a_missing_learning_rate_is_the_optimizers_own(name: str, rate: float) -> None:
    assert loads(f"[optimizer]\nname = '{name}'").optimizer.learning_rate == rate


def test_a_table_of_ones_own_leaves_the_loss_to_the_problem() -> None:
    table = loads("[data]\nsource = 'csv'\npath = 'a.csv'")
    assert table.task is None
    assert (table.loss.name, table.data.missing) == (None, "mean")
    assert table.representation.target_scaling is None
    assert loads(dumps(table)) == table


def test_effective_numbers_are_the_optimizers_own() -> None:
    def numbers(text: str) -> tuple[float, float]:
        optimizer = loads(f"[optimizer]\n{text}").optimizer
        return optimizer.effective_beta2, optimizer.effective_epsilon

    assert numbers("name = 'rmsprop'") == (0.99, 1e-8)
    assert numbers("name = 'adam'") == (0.999, 1e-8)
    assert numbers("name = 'adagrad'")[1] == 1e-10
    assert numbers("name = 'adam'\nbeta2 = 0.5\nepsilon = 1") == (0.5, 1.0)
    # A cached number must not survive a change of the optimizer.
    adam = loads("[optimizer]\nname = 'adam'")
    assert adam.optimizer.effective_beta2 == 0.999
    assert adam.replace("optimizer.name", "rmsprop").optimizer.effective_beta2 == 0.99


def test_whole_numbers_serve_as_numbers() -> None:
    rate = loads("[optimizer]\nlearning_rate = 1").optimizer.learning_rate
    assert (rate, type(rate)) == (1.0, float)


def test_data_seed_follows_the_seed_until_a_new_seed_is_taken() -> None:
    experiment = Experiment()
    assert experiment.data_seed == 7
    assert experiment.replace("seed", 8).data_seed == 8
    renewed = experiment.with_new_seed(8)
    assert (renewed.seed, renewed.data.seed, renewed.data_seed) == (8, 7, 7)


def test_replace_changes_one_thing_and_nothing_else() -> None:
    changed = Experiment().replace("optimizer.name", "adam")
    assert changed.optimizer.learning_rate == 0.3
    assert changed.replace("optimizer.name", "sgd") == Experiment()
    assert changed.get("optimizer.name") == "adam"
    assert changed.replace("seed", 3).get("seed") == 3
    with pytest.raises(InputError, match=r"did you mean 'optimizer\.learning_rate'"):
        changed.replace("optimizer.lerning_rate", 0.1)
    with pytest.raises(InputError):
        changed.replace("change", [])
    with pytest.raises(InputError):
        changed.get("optimizer")


def test_consequences_bring_the_new_optimizers_rate_only_over_the_old_default() -> None:
    experiment = Experiment()
    assert experiment.consequences("optimizer.name", "adam") == [("optimizer.learning_rate", 0.01)]
    mine = experiment.replace("optimizer.learning_rate", 0.2)
    assert mine.consequences("optimizer.name", "adam") == []
    assert experiment.consequences("loss.l1", 0.1) == []


def test_consequences_keep_one_activation_for_each_layer() -> None:
    two = Experiment().replace_many({"model.hidden": [4, 3], "model.activation": ["tanh", "relu"]})
    for hidden, expected in (([5], ("tanh",)), ([1, 2, 3], ("tanh", "relu", "relu")), ([], ())):
        followers = dict(two.consequences("model.hidden", hidden))
        changed = two.replace_many({"model.hidden": hidden, **followers})
        assert changed.model.activation == expected


def test_a_new_source_takes_what_belongs_to_it_and_says_so() -> None:
    start = Experiment().replace_many(
        {"loss.class_weights": [1, 2], "data.seed": 3, "optimizer.name": "adam"}
    )
    moons, notes = start.with_source("moons")
    assert (moons.loss.class_weights, notes) == ((1.0, 2.0), [])
    assert (moons.data.seed, moons.optimizer.name) == (3, "adam")
    sine, notes = start.with_source("sine")
    assert sine.loss.name == "mse"
    assert sine.representation.features == tuple(registry("sources")["sine"].inputs)
    assert len(notes) == 2
    assert all(note.endswith(".") for note in notes)
    assert "mse" in notes[0]
    digits, notes = Experiment().with_source("digits")
    assert (digits.loss.name, digits.data.samples) == ("cross_entropy", None)
    assert "10 classes" in notes[0]
    back, notes = digits.with_source("circle")
    assert (back.loss.name, back.data.samples, notes) == ("cross_entropy", 500, [])
    assert Experiment().replace("loss.name", "hinge").with_source("digits")[1] == []
    table, notes = Experiment().with_source("csv", path="a.csv")
    assert (table.loss.name, table.data.path) == (None, "a.csv")
    assert notes == []  # which loss suits it is known once the table has been read


def test_every_source_can_be_chosen_and_its_suggestions_are_valid() -> None:
    for part in registry("sources"):
        if part.name in ("csv", "drawn"):
            continue  # nothing can be suggested before it is there
        found = Experiment(seed=3).suggested(part.name)
        assert found.seed == 3
        assert found.data.source == part.name
        for path, value in part.suggested.items():
            got = found.get(path)
            assert (list(got) if isinstance(got, tuple) else got) == value


# -- events ------------------------------------------------------------------------------------


def test_settings_in_force_are_those_of_the_events_so_far() -> None:
    experiment = Experiment().with_changes(
        [
            {"update": 12, "field": "optimizer.learning_rate", "value": 1},
            Change(update=12, field="weight_0[1,3]", value=2),
            {"update": 20, "field": "optimizer.clip_norm", "value": 0.5},
            {"update": 30, "field": "optimizer.clip_norm"},
            {"update": 30, "field": "loss.class_weights", "value": [1, 2]},
        ]
    )
    assert experiment.at(11) == Experiment()
    assert experiment.at(12).optimizer.learning_rate == 1.0
    assert experiment.at(19).optimizer.clip_norm is None
    assert experiment.at(20).optimizer.clip_norm == 0.5
    assert experiment.at(30).optimizer.clip_norm is None
    assert experiment.at(30).loss.class_weights == (1.0, 2.0)
    assert experiment.at(30).change == ()
    assert experiment.optimizer.learning_rate == 0.3
    assert experiment.change[0].value == 1.0
    text = dumps(experiment)
    assert loads(text) == experiment
    assert text.count("[[change]]") == 5
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_json_dict()))) == experiment


def test_a_loss_may_change_live_only_among_those_with_as_many_outputs() -> None:
    iris = loads("[data]\nsource = 'iris'")
    event = {"update": 3, "field": "loss.name", "value": "binary_cross_entropy"}
    assert iris.with_changes([event]).at(3).loss.name == "binary_cross_entropy"
    with pytest.raises(InputError, match="number of outputs"):
        Experiment().with_changes([{**event, "value": "mse"}])
    with pytest.raises(InputError, match="mse, mae, huber"):
        loads("[data]\nsource = 'sine'").with_changes([event])


def test_what_is_live() -> None:
    live = {path for path, field in fields().items() if field.live}
    expected = {p for p in fields() if p.split(".")[0] in ("loss", "optimizer", "stop")}
    assert live == expected | {"model.dropout"}
    assert is_live("weight_0[1,3]")
    assert not is_live("model.hidden")
    assert weight_place("weight_2[1,3]") == ("weight", 2, (1, 3))
    assert weight_place("bias_0[3]") == ("bias", 0, (3,))
    for text in ("weight_0[1]", "bias_0[1,2]", "weight_0[-1,2]", "weight_0[1,2] ", "weight_²[1,2]"):
        assert weight_place(text) is None


# -- fields ------------------------------------------------------------------------------------


def test_every_field_is_described() -> None:
    tree = Experiment().to_json_dict()
    paths = ["seed"] + [f"{t}.{n}" for t, v in tree.items() if isinstance(v, dict) for n in v]
    assert list(fields()) == paths
    for field in fields().values():
        assert 10 < len(field.help) < 110, field.path
        assert field.help.endswith("."), field.path
        assert field.allowed
    rate = fields()["optimizer.learning_rate"]
    assert (rate.kind, rate.low, rate.low_open, rate.high) == ("number", 0, True, None)
    assert rate.basic
    assert rate.live
    assert not rate.optional
    assert fields()["optimizer.clip_norm"].optional
    assert fields()["loss.name"].choices == registry("losses").names
    assert fields()["model.dtype"].choices == ("float64", "float32")
    assert fields()["model.hidden"].kind == "integers"
    assert fields()["model.hidden"].low == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("optimizer.learning_rate=0.1", 0.1),
        ("optimizer.learning_rate = 1e-3", 1e-3),
        ("optimizer.name=adam", "adam"),
        ("optimizer.name='adam'", "adam"),
        ("optimizer.shuffle=false", False),
        ("optimizer.clip_norm=none", None),
        ("model.hidden=[8, 8]", [8, 8]),
        ("model.hidden=8,8", [8, 8]),
        ("model.hidden=8", [8]),
        ("model.hidden=", []),
        ("model.activation=relu", "relu"),
        ("model.activation=relu,tanh", ["relu", "tanh"]),
        ("representation.features=x1,x2", ["x1", "x2"]),
        ("data.path=2024.csv", "2024.csv"),
        ("data.path=a=b.csv", "a=b.csv"),
        ("seed=7\nformat=1", "7\nformat=1"),
        ("seed=seven", "seven"),
    ],
)
def test_assignments_read_as_in_the_file(text: str, expected: object) -> None:
    path, value = parse_assignment(text)
    assert path == text.partition("=")[0].strip()
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize("text", ["seed", "=3", "sed=3", "optimizer=3", "change=[]", ""])
def test_bad_assignments_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_assignment(text)


# -- files -------------------------------------------------------------------------------------


def test_the_default_file_is_the_default_experiment() -> None:
    assert load(ASSETS / "default.toml") == Experiment()


@pytest.mark.parametrize("name", sorted(path.name for path in ASSETS.glob("*.toml")))
def test_the_shipped_experiments_load(name: str) -> None:
    experiment = load(ASSETS / name)
    assert loads(dumps(experiment)) == experiment
    assert experiment.directory == ASSETS


def test_what_is_written_is_readable_toml() -> None:
    text = dumps(Experiment())
    assert "hidden = [4]\n" in text
    assert "change" not in text
    assert tomllib.loads(text) == Experiment().to_dict()


def test_files_that_are_no_experiment(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"seed = 7\n\xff\xfe")
    (tmp_path / "empty.toml").write_bytes(b"")
    (tmp_path / "bom.toml").write_bytes(b"\xef\xbb\xbfseed = 9\r\n")
    assert load(tmp_path / "empty.toml") == Experiment()
    assert load(tmp_path / "bom.toml").seed == 9
    for name, words in (
        ("binary.toml", "line 2"),
        ("missing.toml", "no such file"),
        ("", "directory"),
        ("nul\0.toml", "cannot be read"),
    ):
        with pytest.raises(InputError, match=words) as caught:
            load(tmp_path / name)
        assert str(tmp_path) in str(caught.value)


def test_saving_and_loading_gives_the_same_tree(tmp_path: Path) -> None:
    experiment = Experiment().replace("optimizer.learning_rate", 0.1)
    path = tmp_path / "my.toml"
    assert save(experiment, path) == experiment
    assert load(path) == experiment
    assert os.listdir(tmp_path) == ["my.toml"]


def test_a_failed_save_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "my.toml"
    save(Experiment(), path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(f"core.settings.file.os.{name}", full)
            with pytest.raises(InputError, match="No space left"):
                save(Experiment(seed=8), path)
        assert path.read_bytes() == before
        assert os.listdir(tmp_path) == ["my.toml"]


def test_places_that_cannot_be_written_to(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "such" / "a.toml", tmp_path, tmp_path / "nul\0.toml"):
        with pytest.raises(InputError, match="cannot be written"):
            save(Experiment(), path)
    assert os.listdir(tmp_path) == []


def test_a_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(InputError, match="not valid Unicode"):
        Experiment().with_source("csv", path="/a.csv", target="\ud800")


def test_paths_are_relative_to_the_file_and_follow_it(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / "a.toml").write_text("[data]\nsource = 'csv'\npath = 'data/a.csv'\n")
    loaded = load(tmp_path / "one" / "a.toml")
    wanted = tmp_path / "one" / "data" / "a.csv"
    assert loaded.data.path == "data/a.csv"
    assert loaded.resolve_path(loaded.data.path) == wanted
    assert loaded.replace("seed", 3).at(0).directory == tmp_path / "one"
    saved = save(loaded, tmp_path / "two" / "b.toml")
    assert saved == load(tmp_path / "two" / "b.toml")
    assert saved.data.path == "../one/data/a.csv"
    assert saved.resolve_path(saved.data.path).resolve() == wanted.resolve()
    assert saved != loaded


def test_import_is_light() -> None:
    code = (
        "import sys, core.experiment;"
        "core.experiment.Experiment().replace('optimizer.learning_rate', 0.1);"
        "print([m for m in ('pandas', 'sklearn', 'scipy', 'PySide6') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


# -- random trees ------------------------------------------------------------------------------


def _values(path: str) -> st.SearchStrategy:
    """Valid values of a field, from nothing but its own description."""
    field = fields()[path]
    low = field.low if field.low is not None else -1e6
    high = field.high if field.high is not None else 1e6

    def scalar() -> st.SearchStrategy:
        if field.kind in ("integer", "integers"):
            return st.integers(int(low), int(high))
        return st.floats(low, high, exclude_min=field.low_open, exclude_max=field.high_open)

    if field.kind == "flag":
        found: st.SearchStrategy = st.booleans()
    elif field.choices:
        found = st.sampled_from(field.choices)
    elif field.kind in ("integers", "numbers"):
        found = st.lists(scalar(), min_size=2, max_size=2)
    else:
        found = scalar()
    return found | st.none() if field.optional else found


FREE = [
    path
    for path, field in fields().items()
    if field.kind not in ("text", "texts", "columns", "points", "table")
    and path.split(".")[0] != "evaluation"
    and path not in ("data.source", "data.classes", "data.arms", "data.missing")
]
TREES = st.lists(st.sampled_from(FREE), unique=True).flatmap(
    lambda paths: st.fixed_dictionaries({path: _values(path) for path in paths})
)


@settings(max_examples=60)
@given(TREES)
def test_any_valid_tree_survives_its_file(values: dict[str, object]) -> None:
    experiment = Experiment().replace_many(values)
    again = loads(dumps(experiment))
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert Experiment.from_dict(json.loads(json.dumps(experiment.to_json_dict()))) == experiment


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@settings(max_examples=60)
@given(TEXTS, TEXTS, st.dictionaries(TEXTS, st.sampled_from(["number", "category", "ignore"])))
def test_any_text_survives_the_file(path: str, target: str, columns: dict[str, str]) -> None:
    data = {"path": path, "target": target, "columns": columns}
    experiment, _ = Experiment().with_source("csv", **data)
    assert loads(dumps(experiment)) == experiment


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.dates()
    | st.sampled_from(["sgd", "sine", "csv", "iris", "hinge", 10**400, -1, "weight_0[1,3]"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
PLACES = st.sampled_from(
    [*fields(), "format", "data", "change", "model", "loss.nme", "change.update", "change.value"]
)


@settings(max_examples=200)
@given(st.lists(st.tuples(PLACES, JUNK), min_size=1, max_size=3))
def test_a_mutated_tree_loads_or_is_refused_in_one_line(edits: list[tuple[str, object]]) -> None:
    event = {"update": 1, "field": "loss.l1", "value": 0.1}
    tree = Experiment().with_changes([event]).to_json_dict()
    for path, value in edits:
        table, _, name = path.rpartition(".")
        holder = tree.get(table) if table else tree
        if isinstance(holder, list) and holder and isinstance(holder[0], dict):
            holder = holder[0]
        if isinstance(holder, dict):
            holder[name] = value
    try:
        experiment = Experiment.from_dict(tree)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert loads(dumps(experiment)) == experiment


@settings(max_examples=200)
@given(st.data())
def test_a_mutated_file_loads_or_is_refused_in_one_line(data: st.DataObject) -> None:
    event = {"update": 1, "field": "weight_0[1,3]", "value": 0.1}
    text = dumps(Experiment().with_changes([event]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 5)))
        text = text[:start] + data.draw(st.text(max_size=4)) + text[end:]
    try:
        loads(text, "my.toml")
    except InputError as error:
        assert str(error).startswith("my.toml: ")
        assert "\n" not in str(error)
