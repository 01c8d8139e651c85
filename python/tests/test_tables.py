"""Tables of files: how they show themselves, what goes into frames, and what reading can be told."""

import json
import os
import subprocess
import warnings

import numpy as np
import pytest

import induce
from induce.boost import BoostClassifier
from induce.linear_model import LinearRegression, Ridge

BINARY = os.environ.get("INDUCE_BINARY")


@pytest.fixture
def path(tmp_path):
    """200 rows: an identifier, free text, a number, a category, and a target of words."""
    rng = np.random.default_rng(0)
    rows = [f"c{i},a long note of row {i} that nobody else has,{i % 7},{['red', 'blue'][i % 2]},{['Yes', 'No'][int(v)]}"
            for i, v in enumerate(rng.integers(2, size=200))]
    file = tmp_path / "t.csv"
    file.write_text("\n".join(["id,note,a,colour,ok", *rows]))
    return file


def test_a_table_shows_what_it_is(path):
    table = induce.data.read(path)
    assert table.shape == (200, 5) == (len(table), len(table.columns)) and table.columns == ["id", "note", "a", "colour", "ok"]
    shown = repr(table)
    assert shown.startswith("Table of 200 rows and 5 columns") and "colour" in shown and "0x" not in shown
    assert len(table.head()) == 5 and len(table.head(500)) == 200
    assert table.drop("id").columns == ["note", "a", "colour", "ok"] == table.drop(["id"]).columns
    with pytest.raises(KeyError, match="nothing"):
        table.drop("nothing")
    np.testing.assert_array_equal(table["a"], np.arange(200) % 7)
    assert table["colour"][:2].tolist() == ["red", "blue"] and table[["a", "id"]].columns == ["a", "id"]
    assert table[3:6]["a"].tolist() == [3, 4, 5] and table[np.arange(200) >= 198].shape == (2, 5)
    assert table[[-1, 0]]["a"].tolist() == [199 % 7, 0]
    with pytest.raises(TypeError, match="row 3"):
        table[3]


def test_what_a_notebook_shows_is_text(tmp_path):
    """Names of columns went into notebooks as they are, and so did the notes of a fit, which hold them."""
    file = tmp_path / "x.csv"
    file.write_text("<img src=x onerror=alert(1)>,y\n,1\n2,2\n3,4\n4,3\n")
    X, y = induce.data.read(file, target="y")
    shown = X._repr_html_() + LinearRegression().fit(X, y).fit_report_._repr_html_()
    assert "<img" not in shown and "&lt;img" in shown


def test_a_table_goes_into_pandas(path):
    pandas = pytest.importorskip("pandas")
    table = induce.data.read(path)
    for frame in (pandas.DataFrame(table), table.to_pandas()):
        assert list(frame.columns) == table.columns and frame["a"].tolist() == table["a"].tolist()


def test_reading_can_be_told_what_the_command_line_can(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("a;b;when;z\n1;x;2024-01-01;NA\n2;none;2024-01-02;3\n")
    told = induce.data.read(file, delimiter="semicolon", header=True, missing=["none"], types={"a": "category", "z": "category"},
                            drop="when", format="csv")
    assert told.columns == ["a", "b", "z"] and dict(zip(told.names, told.kinds)) == {"a": "category", "b": "category", "z": "category"}
    assert told["b"].tolist() == ["x", None] and told["z"].tolist() == ["NA", "3"]
    assert induce.data.read(file, columns=["z", "a"]).columns == ["z", "a"]
    file.write_text("1,2\n3,4\n")
    assert induce.data.read(file, header=False).shape == (2, 2) and induce.data.read(file, header=True).shape == (1, 2)
    with pytest.raises(ValueError, match="nonsense"):
        induce.data.read(file, types={"x0": "nonsense"}, header=False)


def test_hints_are_in_the_words_of_python(path):
    with pytest.raises(ValueError) as caught:
        induce.data.read(path, types={"note": "number"})
    assert "--" not in str(caught.value) and "types={'note': 'category'}" in str(caught.value)


def test_free_text_is_left_out_as_the_command_line_does(path, tmp_path):
    """A fit ended in an error with a hint at a flag, where the command line said what it left out and went on."""
    X, y = induce.data.read(path, target="ok")
    with pytest.warns(UserWarning, match="column `note` is left out"):
        model = BoostClassifier(rounds=5, random_state=0).fit(X, y)
    assert list(model.feature_names_in_) == ["a", "colour"] and model.predict(X).shape == (200,)
    assert list(model.classes_) == ["No", "Yes"]
    if BINARY:
        model.save(tmp_path / "m.safetensors")
        said = subprocess.run([BINARY, "predict", str(tmp_path / "m.safetensors"), str(path), "-q"], capture_output=True, text=True)
        assert said.stdout.split()[1:] == model.predict(X).tolist()


@pytest.mark.parametrize("words", [["Yes", "No"], ["True", "False"], ["true", "false"], ["YES", "NO"]])
def test_words_of_booleans_are_the_labels(words, tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("x,y\n" + "".join(f"{i},{words[i % 2]}\n" for i in range(20)))
    X, y = induce.data.read(file, target="y")
    assert y.tolist() == [words[i % 2] for i in range(20)]
    assert sorted(BoostClassifier(rounds=2).fit(X, y).classes_) == sorted(words)


def test_rows_without_a_target_are_left_out(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("x,y\n1,2\n2,\n3,4\n")
    with pytest.warns(UserWarning, match="1 of 3 rows"):
        X, y = induce.data.read(file, target="y")
    assert X["x"].tolist() == [1, 3] and y.tolist() == [2, 4]


# What the command line does with a model.


def numbers(path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3)).round(3)
    y = (x @ [1.0, 2.0, 0.0] + 0.1 * rng.normal(size=200)).round(4)
    path.write_text("\n".join(["a,b,c,y", *(",".join(map(str, [*row, own])) for row, own in zip(x, y))]))
    return induce.data.read(path, target="y")


def test_permutation_importances_and_a_page(tmp_path):
    X, y = numbers(tmp_path / "t.csv")
    model = Ridge().fit(X, y)
    found = model.permutation_importances(X, y)
    assert found["b"].low > found["a"].high > found["a"].low > 0 and abs(found["c"].value) < 0.05
    model.report(tmp_path / "page.html", X, y, source="t.csv")
    page = (tmp_path / "page.html").read_text()
    assert "t.csv" in page and "<html" in page
    with pytest.raises(FileNotFoundError):
        model.report(tmp_path / "nowhere" / "page.html", X, y)


def test_models_are_compared_as_at_the_command_line(tmp_path):
    X, y = numbers(tmp_path / "t.csv")
    ranked = induce.compare(["linear", "tree:max_depth=2"], X, y, random_state=0)
    assert [own.name for own in ranked] == ["linear", "tree:max_depth=2"] and ranked.metric == "rmse"
    assert ranked[0].behind is None and ranked[1].behind[1] > 0
    assert "behind the best" in repr(ranked) and "<table>" in ranked._repr_html_()
    if BINARY:
        words = [BINARY, "compare", str(tmp_path / "t.csv"), "-t", "y", "-m", "linear,tree:max_depth=2", "--format", "json", "--seed", "0", "-q"]
        said = json.loads(subprocess.run(words, capture_output=True, text=True).stdout)
        for own, theirs in zip(ranked, said["models"]):
            np.testing.assert_allclose(own.mean, theirs["rmse"]["value"], rtol=1e-12)


def test_estimators_of_any_package_are_compared(tmp_path):
    linear_model = pytest.importorskip("sklearn.linear_model")
    X, y = np.random.default_rng(0).normal(size=(100, 3)), np.arange(100) % 2
    ranked = induce.compare({"theirs": linear_model.LogisticRegression(), "ours": "logistic"}, X, y)
    assert ranked.metric == "log_loss" and {own.name for own in ranked} == {"theirs", "ours"}


def test_a_search_of_settings(tmp_path):
    X, y = numbers(tmp_path / "t.csv")
    found = induce.tune("tree:max_depth=3", X, y, trials=6)
    assert found.settings["max_depth"] == 3 and found.best.value <= found.default.value and len(found.trials) >= 6
    assert found.estimator_.predict(X).shape == (200,) and "rmse" in repr(found)
    with pytest.raises(ValueError, match="setting"):
        induce.tune("linear", X, y)


def test_the_card_of_a_training_goes_along(tmp_path):
    """`induce.load(path).save(path)` lost what the file said of its training."""
    if not BINARY:
        pytest.skip("needs the command line")
    numbers(tmp_path / "t.csv")
    first, second = str(tmp_path / "a.safetensors"), str(tmp_path / "b.safetensors")
    subprocess.run([BINARY, "train", str(tmp_path / "t.csv"), "-t", "y", "-m", "ridge", "-o", first, "-q"], check=True)
    induce.load(first).save(second)
    cards = []
    for file in (first, second):
        said = subprocess.run([BINARY, "show", file, "--format", "json"], capture_output=True, text=True)
        cards.append({name: own for name, own in json.loads(said.stdout).items() if name != "file"})
    assert cards[0] == cards[1] and "seed" in json.dumps(cards[1])


def test_adaboost_says_the_same_bits_at_the_command_line(tmp_path):
    from induce.ensemble import AdaBoostClassifier

    X, y = numbers(tmp_path / "t.csv")
    y = np.where(y > 0, "up", "down")
    model = AdaBoostClassifier(n_estimators=7, random_state=0).fit(X, y)
    model.save(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(induce.load(tmp_path / "m.safetensors").predict_proba(X), model.predict_proba(X))
    if BINARY:
        words = [BINARY, "predict", str(tmp_path / "m.safetensors"), str(tmp_path / "t.csv"), "--probabilities", "-q"]
        said = subprocess.run(words, capture_output=True, text=True)
        if said.returncode == 0:
            rows = [line.split(",") for line in said.stdout.split()[1:]]
            np.testing.assert_array_equal([float(row[-1]) for row in rows], model.predict_proba(X)[:, -1])


def test_arrays_off_their_alignment_are_read():
    """A slice of memory that is not aligned existed before it was copied."""
    raw = np.zeros(8 * 20 + 1, dtype=np.uint8)[1:].view(np.float64)
    raw[:] = np.arange(20.0)
    assert not raw.flags.aligned
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Ridge(alpha=0.0).fit(raw[:, None], 2 * np.arange(20.0))
    np.testing.assert_allclose(model.predict(raw[:, None]), 2 * np.arange(20.0), atol=1e-9)
    assert induce._native.Table.from_columns([induce._native.Table.column("a", raw)])["a"].tolist() == list(range(20))
