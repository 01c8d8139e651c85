"""Language models: the same bytes as at the command line, the same numbers as others have, and an end to everything."""

import copy
import json
import os
import pathlib
import pickle
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import induce
from induce import _native
from induce._registry import every_language_model
from induce.language import GPT, GRU, LSTM, RNN, Llama, load

ROOT = pathlib.Path(os.environ.get("INDUCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
GOLDEN = ROOT / "crates/induce-deep/tests/golden"
SONNETS = ROOT / "data/sonnets.txt"
BINARY = pathlib.Path(os.environ.get("INDUCE_BINARY", ROOT / "target/debug/induce"))
CLASSES = every_language_model()

by_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)


def small(cls, **more):
    own = {"heads": 2, "embedding_width": 16} if "heads" in cls().get_params() else {"hidden_size": 16}
    return cls(**{**own, "layers": 1, "context": 16, "batch": 2, "steps": 12, "evaluate_every": 5, **more})


@pytest.fixture(scope="module")
def text():
    return SONNETS.read_text()[:20_000]


@pytest.fixture(scope="module")
def fitted(text):
    """One of every class, fitted once."""
    return {cls: small(cls).fit(text) for cls in CLASSES}


@pytest.fixture(scope="module")
def gpt(fitted):
    return fitted[GPT]


# The command line.


def command(*words):
    done = subprocess.run([BINARY, *map(str, words)], capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.skipif(not BINARY.exists(), reason="there is no command line: `cargo build -p induce-cli`")
@by_class
def test_files_texts_and_losses_are_those_of_the_command_line(cls, text, tmp_path):
    corpus, theirs, ours = tmp_path / "corpus.txt", tmp_path / "theirs.safetensors", tmp_path / "ours.safetensors"
    corpus.write_text(text)
    model = small(cls, random_state=7, n_jobs=2).fit(corpus)
    model.save(ours)
    settings = [f"{name}={json.dumps(value).strip(chr(34))}" for name, value in model.about_["settings"].items() if name != "model"]
    command("train", corpus, "-m", cls._kind, "--seed", 7, "--threads", 1, "--out", theirs, *(f"--set={s}" for s in settings))
    assert ours.read_bytes() == theirs.read_bytes()

    written = command("generate", theirs, "--prompt", "Shall I", "--tokens", 30, "--seed", 5, "--format", "json")
    assert json.loads(written)["text"] == model.generate("Shall I", tokens=30, seed=5)
    judged = json.loads(command("evaluate", theirs, corpus, "--format", "json"))["metrics"]["test"]
    found = {name: score._asdict() for name, score in model.evaluate(corpus).items()}
    assert found == judged


# The same whatever it is made from.


@by_class
def test_threads_and_seeds_are_what_they_should_be(cls, text, fitted):
    assert small(cls, n_jobs=3).fit(text).model_.to_bytes() == fitted[cls].model_.to_bytes()
    assert small(cls).fit(text, threads=2, seed=0).model_.to_bytes() == fitted[cls].model_.to_bytes()
    assert small(cls).fit(text, seed=1).model_.to_bytes() != fitted[cls].model_.to_bytes()
    assert small(cls, random_state=np.random.RandomState(3)).fit(text).metrics_["holdout"]["loss"].value > 0


def test_a_text_is_the_same_in_every_shape(text, gpt, tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text(text)
    of = gpt.log_probabilities(text)
    assert of.shape == (len(gpt.encode(text)) - 1,)
    for shape in (text.encode(), bytearray(text.encode()), path, gpt.encode(text), gpt.encode(text).tolist()):
        np.testing.assert_array_equal(gpt.log_probabilities(shape), of)
    for shape in (text.encode(), path):
        again = small(GPT).fit(shape)
        np.testing.assert_array_equal(again.log_probabilities(text[:500]), gpt.log_probabilities(text[:500]))


def test_numbers_of_tokens_are_learnt_as_their_text_is(text):
    pieces = small(LSTM, tokenizer="bpe", vocab_size=300).fit(text)
    train, judged = text[:15_000], text[15_000:]
    of_text = small(LSTM).fit(train, judged, tokenizer=pieces)
    of_numbers = small(LSTM).fit(pieces.encode(train), pieces.encode(judged), tokenizer=pieces)
    assert of_text.metrics_["valid"] == of_numbers.metrics_["valid"] and of_text.vocabulary_size_ == 300
    np.testing.assert_array_equal(of_text.logits("love"), of_numbers.logits("love"))
    alone = small(LSTM).fit(pieces.encode(text), tokenizer=pieces)
    assert alone.metrics_["holdout"]["loss"].low < alone.metrics_["holdout"]["loss"].high


def test_a_tokenizer_of_a_file_is_taken(text, gpt, tmp_path):
    gpt.save(tmp_path / "folder", "hugging-face")
    other = small(Llama).fit(text, tokenizer=tmp_path / "folder/tokenizer.json")
    np.testing.assert_array_equal(other.encode("Shall I"), gpt.encode("Shall I"))


def test_settings_change_what_is_learnt(text):
    assert small(GPT, holdout=0.0).fit(text).metrics_.keys() == {"train"}
    assert small(GPT, holdout=0.5).fit(text).metrics_.keys() == {"train", "holdout"}
    assert len(small(RNN, tokenizer="word", vocab_size=50).fit(text).encode("the love of the")) == 4


# What Python expects of an estimator.


@by_class
def test_parameters_copies_and_pickles(cls, fitted):
    clone = pytest.importorskip("sklearn.base").clone
    model = fitted[cls]
    assert clone(model).get_params() == model.get_params() and not hasattr(clone(model), "model_")
    assert f"{cls.__name__}(" in repr(model) and "steps=12" in repr(model)
    for again in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert again.get_params() == model.get_params()
        assert again.model_.to_bytes() == model.model_.to_bytes()
        assert again.generate("Shall", tokens=8) == model.generate("Shall", tokens=8)
    assert cls().set_params(steps=3).steps == 3


@by_class
def test_saved_and_loaded_is_the_same(cls, fitted, tmp_path):
    model, path = fitted[cls], tmp_path / "model.safetensors"
    model.save(path)
    for again in (induce.load(path), load(path), induce.load(str(path))):
        assert type(again) is cls and again.get_params() == model.get_params()
        assert again.metrics_ == model.metrics_ and again.metrics_["holdout"]["loss"].value > 0
        again.save(tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_a_fit_tells_of_itself(text):
    heard = []
    model = small(GPT, callbacks=lambda step, metrics: heard.append((step, metrics))).fit(text)
    assert [step for step, _ in heard][:12] == list(range(1, 13)) and "loss" in heard[0][1]
    assert model.fit_report_.outcome == "exhausted" and model.fit_report_.steps == 12
    assert model.fit_report_.traces["train"]["loss"]
    assert model.about_["model"] == "gpt" and model.about_["settings"]["embedding_width"] == 16
    assert (model.vocabulary_size_, model.context_) == (len(set(text)), 16)


# Other programs.


def answer(name):
    return json.loads((GOLDEN / name).read_text())


@pytest.mark.parametrize("name, cls", [("gpt2", GPT), ("llama", Llama), ("sharded", GPT)])
def test_models_of_hugging_face_are_what_transformers_makes_of_them(name, cls):
    theirs, model = answer(f"{name}/answer.json"), load(GOLDEN / name)
    assert isinstance(model, cls) and isinstance(induce.load(GOLDEN / name), cls)
    assert model.encode(theirs["prompt"]).tolist() == theirs["ids"]
    np.testing.assert_allclose(model.logits(theirs["ids"]), theirs["logits"], atol=1e-4)
    report = model.generate(theirs["prompt"], tokens=20, temperature=0).report
    assert report.tokens.tolist() == theirs["greedy"][: len(report.tokens)]


def test_models_of_llama2c_are_those_of_numpy():
    model = load(GOLDEN / "tiny.bin", tokenizer=GOLDEN / "tok.bin")
    theirs = answer("tiny.json")
    np.testing.assert_allclose(model.logits(theirs["ids"]), theirs["logits"], atol=1e-4)


@pytest.mark.parametrize("format, name", [("hugging-face", "folder"), ("gguf", "model.gguf")])
def test_what_is_written_for_others_is_the_same_model(format, name, tmp_path):
    model = load(GOLDEN / "llama")
    model.save(tmp_path / name, format)
    again = load(tmp_path / name)
    # Other formats keep what rotates in another order, and so sums of products.
    np.testing.assert_allclose(again.logits([1, 2, 3]), model.logits([1, 2, 3]), atol=1e-5)
    with pytest.raises(TypeError, match="hint: write it"):
        model.save(tmp_path / "own.safetensors")
    with pytest.raises(TypeError, match="hint: write it"):
        pickle.dumps(model)
    assert copy.deepcopy(model).generate("a", tokens=3) == model.generate("a", tokens=3)


def test_llama2c_is_written_with_a_word_on_its_tokenizer(text, fitted, tmp_path):
    model = fitted[Llama]
    with pytest.warns(UserWarning, match="no `tokenizer.bin`"):
        model.save(tmp_path / "model.bin", "llama2c")
    model.save(tmp_path / "folder", "hugging-face")
    again = load(tmp_path / "model.bin", tokenizer=tmp_path / "folder/tokenizer.json")
    np.testing.assert_array_equal(again.logits("Shall"), model.logits("Shall"))


def test_eight_bits_survive_a_pickle(gpt, tmp_path):
    gpt.save(tmp_path / "model.safetensors")
    rounded = load(tmp_path / "model.safetensors", eight=True)
    assert not np.array_equal(rounded.logits("Shall"), gpt.logits("Shall"))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(rounded)).logits("Shall"), rounded.logits("Shall"))


# Numbers.


@by_class
def test_log_probabilities_are_those_of_the_logits(cls, fitted):
    model, text = fitted[cls], "Shall I compare"
    z = model.logits(text).astype(np.float64)
    log_p = z - np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)) - z.max(axis=1, keepdims=True)
    own = log_p[np.arange(len(text) - 1), model.encode(text)[1:]]
    np.testing.assert_allclose(model.log_probabilities(text), own, atol=1e-6)


@by_class
def test_scores_are_made_of_log_probabilities(cls, fitted, text):
    model, scores = fitted[cls], fitted[cls].evaluate(text)
    loss = scores["loss"]
    assert loss.low < loss.value < loss.high
    np.testing.assert_allclose(loss.value, -model.log_probabilities(text).mean())
    np.testing.assert_allclose(scores["perplexity"].value, np.exp(loss.value))
    # The first token is given, not predicted: its bytes do not count.
    bits = -model.log_probabilities(text).sum() / np.log(2) / len(text[1:].encode())
    np.testing.assert_allclose(scores["bits_per_byte"].value, bits)
    assert model.score(text) == -loss.value


@by_class
def test_tokens_are_a_text_again(cls, fitted):
    model = fitted[cls]
    assert model.decode(model.encode("Shall I")) == "Shall I" and model.decode([]) == ""
    assert model.encode("Shall I").dtype == np.uint32


# Texts.


@by_class
def test_a_stream_is_the_text_in_parts(cls, fitted):
    model = fitted[cls]
    whole = model.generate("Shall I", tokens=40, seed=3)
    with model.stream("Shall I", tokens=40, seed=3) as stream:
        parts = list(stream)
    assert "".join(parts) == whole and len(parts) > 10 and isinstance(whole, str)
    assert stream.report.tokens.tolist() == whole.report.tokens.tolist() and stream.report.reason == whole.report.reason
    assert len(whole.report.tokens) == 40 and whole.report.prompt_tokens == 7
    assert model.generate(model.encode("Shall I"), tokens=40, seed=3, threads=2) == whole
    assert model.generate("Shall I", tokens=40, seed=4) != whole
    assert pickle.loads(pickle.dumps(whole)) == whole


def test_a_stop_string_ends_a_text(gpt):
    text = gpt.generate("Shall I", tokens=200, seed=1)
    middle = text[20:22]
    cut = gpt.generate("Shall I", tokens=200, seed=1, stop=middle)
    assert cut == text[: text.index(middle)] and "stop string" in cut.report.reason
    assert gpt.generate("Shall I", tokens=200, seed=1, stop=[middle, "never"]) == cut
    assert gpt.generate("Shall I", tokens=0) == ""


def test_a_stream_can_be_left(gpt):
    stream = gpt.stream("Shall I", tokens=10**9)
    assert len([part for part, _ in zip(stream, range(5))]) == 5
    stream.close()
    assert list(stream) == [] and stream.report is None
    with pytest.raises(ValueError, match="closed before"):
        stream.all()
    del stream
    gpt.stream("Shall I", tokens=10**9)  # and forgotten


@pytest.mark.parametrize("kind", ["model", "path", "lookup"])
def test_a_draft_leaves_the_text_as_it_is(kind, text, fitted, tmp_path):
    model = fitted[Llama]
    draft = small(GRU).fit(text, tokenizer=model)
    draft.save(tmp_path / "draft.safetensors")
    draft = {"model": draft, "path": tmp_path / "draft.safetensors", "lookup": "lookup"}[kind]
    plain = model.generate("Shall I", tokens=60, temperature=0)
    drafted = model.generate("Shall I", tokens=60, temperature=0, draft=draft)
    assert drafted == plain
    assert (plain.report.tokens_per_pass, plain.report.guesses_judged) == (1.0, 0) and np.isnan(plain.report.acceptance)
    assert drafted.report.guesses_judged > 0 and 0 <= drafted.report.acceptance <= 1
    assert drafted.report.tokens_per_pass >= 1 and drafted.report.speed_up > 0 and drafted.report.tokens_per_second > 0
    assert model.generate("Shall I", tokens=20, draft=draft) == model.generate("Shall I", tokens=20, draft=draft, threads=2)


# Whatever comes in.


@pytest.mark.parametrize(
    "ask, kind, words",
    [
        (lambda m, t: m.fit(str(SONNETS)), ValueError, "hint: give pathlib.Path"),
        (lambda m, t: m.fit(pathlib.Path("nowhere.txt")), FileNotFoundError, "nowhere.txt"),
        (lambda m, t: m.fit(""), ValueError, "hint"),
        (lambda m, t: m.fit("a"), ValueError, "hint"),
        (lambda m, t: m.fit(b"\xff\xfe" * 50), ValueError, "UTF-8"),
        (lambda m, t: m.fit("a\ud800b" * 50), ValueError, "surrogates"),
        (lambda m, t: m.fit(None), ValueError, "hint: give a str"),
        (lambda m, t: m.fit(3.5), ValueError, "hint: give a str"),
        (lambda m, t: m.fit(["a", "b"]), ValueError, "hint: give a str"),
        (lambda m, t: m.fit(np.zeros((3, 3), dtype=int)), ValueError, "hint: give a str"),
        (lambda m, t: m.fit([1, 2, 3]), ValueError, "tokenizer="),
        (lambda m, t: m.fit([-1, 2, 3]), ValueError, "from 0 on"),
        (lambda m, t: m.fit([1, 2, 10**6], tokenizer=m), ValueError, "token id 1000000"),
        (lambda m, t: m.fit(t, tokenizer=GPT()), ValueError, "not fitted"),
        (lambda m, t: m.fit(t, tokenizer=ROOT / "nowhere.json"), FileNotFoundError, "nowhere"),
        (lambda m, t: m.fit(t, tokenizer=SONNETS), ValueError, "sonnets"),
        (lambda m, t: m.fit(t, 7), ValueError, "hint: give a str"),
        (lambda m, t: m.fit(t, seed=-1), ValueError, "Seed"),
        (lambda m, t: m.fit(t, threads=0), ValueError, "n_jobs"),
        (lambda m, t: small(GPT, holdout=1.0).fit(t), ValueError, "holdout"),
        (lambda m, t: small(GPT, holdout="x").fit(t), ValueError, "holdout"),
        (lambda m, t: small(GPT, max_time=-1.0).fit(t), ValueError, "max_time"),
        (lambda m, t: small(GPT, steps=0).fit(t), ValueError, "steps"),
        (lambda m, t: small(GPT, steps=1.5).fit(t), ValueError, "whole number"),
        (lambda m, t: small(GPT, embedding_width=None).fit(t), ValueError, "width"),
        (lambda m, t: small(GPT, heads=3).fit(t), ValueError, "heads"),
        (lambda m, t: small(GPT, embedding_width=2**18).fit(t), ValueError, "needs"),
        (lambda m, t: small(GPT, dropout=2).fit(t), ValueError, "dropout"),
        (lambda m, t: small(GPT, tie_embeddings=3).fit(t), ValueError, "true or false"),
        (lambda m, t: small(GPT, tokenizer="letters").fit(t), ValueError, "`char`, `bpe`, `word`"),
        (lambda m, t: small(GPT, learning_rate=float("nan")).fit(t), ValueError, "learning_rate"),
        (lambda m, t: GPT().generate("a"), ValueError, "not fitted"),
        (lambda m, t: GPT().evaluate("a"), ValueError, "not fitted"),
        (lambda m, t: GPT().save("x"), ValueError, "not fitted"),
        (lambda m, t: m.encode("\u4e2d"), ValueError, "no token stands for"),
        (lambda m, t: m.encode("\ud800"), ValueError, "surrogates"),
        (lambda m, t: m.decode([10**6]), ValueError, "none of the"),
        (lambda m, t: m.decode([-1]), ValueError, "from 0 on"),
        (lambda m, t: m.evaluate("a"), ValueError, "hint: give a longer text"),
        (lambda m, t: m.log_probabilities([1, 10**6]), ValueError, "token id 1000000"),
        (lambda m, t: m.logits([0] * 17), ValueError, "the context length of 16 has no room"),
        (lambda m, t: m.generate([]), ValueError, "prompt is empty"),
        (lambda m, t: m.generate("a" * 17), ValueError, "hint: give a shorter prompt"),
        (lambda m, t: m.generate([10**6]), ValueError, "token id 1000000"),
        (lambda m, t: m.generate(None), ValueError, "hint: give a str"),
        (lambda m, t: m.generate("a", temperature=-1), ValueError, "temperature"),
        (lambda m, t: m.generate("a", temperature=float("nan")), ValueError, "temperature"),
        (lambda m, t: m.generate("a", temperature=float("inf")), ValueError, "temperature"),
        (lambda m, t: m.generate("a", top_p=0), ValueError, "top_p"),
        (lambda m, t: m.generate("a", min_p=1.5), ValueError, "min_p"),
        (lambda m, t: m.generate("a", tokens=-1), ValueError, "tokens"),
        (lambda m, t: m.generate("a", tokens=2**64), ValueError, "tokens"),
        (lambda m, t: m.generate("a", seed="x"), ValueError, "seed"),
        (lambda m, t: m.generate("a", threads=0), ValueError, "n_jobs"),
        (lambda m, t: m.generate("a", stop=[3]), ValueError, "a sequence of str"),
        (lambda m, t: m.generate("a", draft="none"), ValueError, "lookup"),
        (lambda m, t: m.generate("a", draft=GPT()), ValueError, "hint: give a fitted"),
        (lambda m, t: m.generate("a", draft=load(GOLDEN / "gpt2")), ValueError, "draft needs the same tokenizer"),
        (lambda m, t: m.save("x", "onnx"), ValueError, "gguf"),
        (lambda m, t: m.save("x", precision="f16"), ValueError, "precision"),
        (lambda m, t: m.save("x", "gguf", precision="q3"), ValueError, "q8_0"),
        (lambda m, t: m.save("/nowhere/at/all/x"), FileNotFoundError, "nowhere"),
        (lambda m, t: load("nowhere.gguf"), FileNotFoundError, "nowhere"),
        (lambda m, t: load(SONNETS), ValueError, "no language model"),
        (lambda m, t: induce.load(ROOT / "data"), (ValueError, OSError), "data"),
        (lambda m, t: load(GOLDEN / "tiny.bin", tokenizer=SONNETS), ValueError, "sonnets"),
        (lambda m, t: small(LSTM).fit(t).save("x", "gguf"), ValueError, "recurrent"),
    ],
)
def test_what_cannot_be_is_said(ask, kind, words, gpt, text, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=words):
        ask(copy.deepcopy(gpt), text)
    assert list(tmp_path.iterdir()) == []


def test_unknown_parameters_are_refused():
    with pytest.raises(TypeError):
        GPT(learningrate=1)
    with pytest.raises(ValueError, match="Invalid parameter"):
        GPT().set_params(learningrate=1)


def test_cut_and_flipped_files_never_abort(gpt, tmp_path):
    path = tmp_path / "m.safetensors"
    gpt.save(path)
    whole, rng = path.read_bytes(), np.random.default_rng(1)
    for _ in range(150):
        damaged = bytearray(whole[: rng.integers(len(whole))] if rng.random() < 0.3 else whole)
        header = min(len(damaged), 4000)
        for place in rng.integers(header or 1, size=3):
            if damaged:
                damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        for opened in (induce.load, load, lambda path: _native.restore_language(path.read_bytes(), False)):
            try:
                model = opened(path)
                model.generate("Shall", tokens=2) if hasattr(model, "generate") else None
            except (ValueError, MemoryError, FileNotFoundError):
                # Without its beginning, a `.safetensors` is taken for a part of a folder.
                pass


# While others want to work too.


def test_other_threads_run_during_a_fit_and_a_text(text, gpt):
    ticks, over = [0], threading.Event()

    def tick():
        while not over.is_set():
            ticks[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    try:
        for work in (lambda: small(GPT, steps=3000, max_time=0.5).fit(text), lambda: gpt.generate("a", tokens=3000)):
            before, start = ticks[0], time.monotonic()
            work()
            # A lock held all the time would leave a handful.
            assert ticks[0] - before > min(20, 50 * (time.monotonic() - start))
    finally:
        over.set()
        thread.join()


def test_a_callback_and_time_stop_a_fit(text):
    model = small(GPT, steps=10**6, callbacks=lambda step, metrics: step >= 5).fit(text)
    assert model.fit_report_.outcome == "stopped" and model.fit_report_.steps == 5 and len(model.generate("a", tokens=3)) == 3
    model = small(GPT, steps=10**6, max_time=0.3).fit(text)
    assert model.fit_report_.outcome == "stopped" and "time" in model.fit_report_.reason
    with pytest.raises(RuntimeError, match="no more"):
        small(GPT, callbacks=lambda step, metrics: (_ for _ in ()).throw(RuntimeError("no more"))).fit(text)


def interrupted(code):
    code = "import os, pathlib, signal, threading, time\nfrom induce.language import GPT\n" + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", code, str(SONNETS)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_ctrl_c_leaves_a_model_that_writes():
    found = interrupted(
        """
        import sys
        model = GPT(steps=10**6, layers=1, embedding_width=32)
        threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        try:
            model.fit(pathlib.Path(sys.argv[1]))
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - start < 60, len(model.generate("a", tokens=5)), model.fit_report_.outcome)
        """
    )
    assert found == ["interrupted", "True", "5", "stopped"]


@pytest.mark.parametrize("what", ["model.generate('a b', tokens=10**9)", "list(model.stream('a b', tokens=10**9))",
                                  "model.evaluate('a b ' * 1_000_000)"])
def test_ctrl_c_ends_what_a_model_does(what):
    found = interrupted(
        f"""
        model = GPT(layers=1, embedding_width=16, context=8, heads=1, steps=5).fit("a b " * 50)
        threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        start = time.monotonic()
        try:
            {what}
        except KeyboardInterrupt:
            print("interrupted", time.monotonic() - start < 60, len(model.generate("a", tokens=5)))
        """
    )
    assert found == ["interrupted", "True", "5"]
