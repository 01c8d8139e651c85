"""What others make of the models that we write: run in this folder with the path of `induce`.

Made with torch 2.15.0, transformers 5.23.0, tokenizers 0.23.3, numpy 2.4.6, gguf 0.19.0 and llama-cpp-python 0.3.36.

`written.json` has a sum (FNV-1a, 64 bits) of every file that was written, opened by the package it is for, and found to
have the tokens of the model and its logits to 1e-4 (8 bits: to 1e-4 of those that the weights of the file have). A test
writes the files again and compares the sums: what others have opened is what is written today. Llama.cpp's tokens of some
texts are beside them.

Two interpreters may be needed: `python written.py INDUCE transformers` and `python written.py INDUCE trained` (tokenizers that
were learnt from a text), `python written.py INDUCE llama` and `characters` with llama-cpp-python; each adds what it has checked.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SUMS = Path("written.json")
# What tokenizers are learnt from, and what they are asked for.
TEXT = "the cat sat on the mat;\n<unk> caf\u00e9 don't 12\n" * 40
ASCII = "the cat sat on the mat;\n<unk>\t\\x41 don't 12\n" * 40
PROBE = "the mat sat;\n\n<unk> don't cat\u00e9 12\n"
PROMPTS = ["the cat and 2 dogs\n don't \u00e4", "<|end|>the  mat", "caba ab\n\u20ac"]


def fnv(path):
    value = 0xCBF29CE484222325
    for byte in path.read_bytes():
        value = (value ^ byte) * 0x100000001B3 % (1 << 64)
    return f"{value:016x}"


def convert(induce, model, to, out, precision):
    subprocess.run([induce, "convert", model, "--to", to, "--out", out, "--precision", precision, "--quiet"], check=True)


def near(own, expected, what, bound=1e-4):
    gap = np.abs(np.asarray(own, float) - np.asarray(expected, float)).max()
    assert gap < bound, f"{what}: {gap}"
    print(f"{what}: largest difference of a logit {gap:.1e}")


def transformers(induce, house, sums):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    for name in ["llama", "gpt2"]:
        answer = json.loads(Path(name, "answer.json").read_text())
        for precision in ["f32", "f16"]:
            out = house / f"{name}-{precision}"
            convert(induce, name, "hugging-face", out, precision)
            tokens, model = AutoTokenizer.from_pretrained(out), AutoModelForCausalLM.from_pretrained(out)
            assert model.dtype == {"f32": torch.float32, "f16": torch.float16}[precision]
            assert tokens(answer["prompt"])["input_ids"] == answer["ids"]
            # Half precision: against the same rounded weights, computed in single precision.
            expected = answer["logits"]
            if precision == "f16":
                exact = AutoModelForCausalLM.from_pretrained(name).half().float()
                expected = exact(torch.tensor([answer["ids"]])).logits[0].detach()
            with torch.no_grad():
                near(model.float()(torch.tensor([answer["ids"]])).logits[0], expected, out.name)
            for file in ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]:
                sums[f"{out.name}/{file}"] = fnv(out / file)


def trained(induce, house, sums):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    (house / "text.txt").write_text(TEXT)
    for cut in ["char", "bpe", "word"]:
        model, out = house / f"{cut}.induce.safetensors", house / f"trained-{cut}"
        shape = f"tokenizer={cut} vocabulary=300 steps=1 width=8 layers=1 heads=1 context=8".split()
        settings = [word for setting in shape for word in ("--set", setting)]
        subprocess.run([induce, "train", house / "text.txt", "-m", "gpt", *settings, "--holdout", "0", "--quiet", "--out", model],
                       check=True, stdout=subprocess.DEVNULL)
        convert(induce, model, "hugging-face", out, "f32")
        tokens = AutoTokenizer.from_pretrained(out)
        ids = tokens(PROBE)["input_ids"]
        assert cut == "word" or tokens.decode(ids) == PROBE
        assert AutoModelForCausalLM.from_pretrained(out).config.vocab_size == len(tokens)
        print(f"{out.name}: {len(tokens)} tokens")
        sums[f"{out.name}/tokenizer.json"] = fnv(out / "tokenizer.json")
        sums[f"{out.name} tokens"] = ids


def characters(induce, house, sums):
    """Llama.cpp's tokens of characters that were learnt from a text."""
    from llama_cpp import Llama

    (house / "text.txt").write_text(ASCII)
    model, out = house / "own.induce.safetensors", house / "own.gguf"
    shape = "steps=1 width=32 layers=1 heads=2 context=32".split()
    settings = [word for setting in shape for word in ("--set", setting)]
    subprocess.run([induce, "train", house / "text.txt", "-m", "llama", *settings, "--quiet", "--out", model], check=True,
                   stdout=subprocess.DEVNULL)
    convert(induce, model, "gguf", out, "f32")
    opened = Llama(str(out), n_ctx=32, verbose=False, n_threads=1)
    assert opened.token_eos() == -1 and not opened._model.add_bos_token()
    cases = []
    for text in ["", " ", "the  mat", "<unk>\n\n\\x41\t", "12 don't;\n"]:
        ids = opened.tokenize(text.encode(), add_bos=False, special=True)
        assert opened.detokenize(ids) == text.encode()
        cases.append({"text": text, "ids": ids})
    # An unknown character is no token at all.
    assert opened.tokenize("a~\u00e4".encode(), add_bos=False)[1:] == [-1] * 3
    sums["characters tokens"] = cases


def llama(induce, house, sums):
    from gguf import GGUFReader, dequantize
    from llama_cpp import Llama

    for name in ["llama", "gpt2", "tiny.bin"]:
        answer = json.loads(Path("tiny.json" if name == "tiny.bin" else f"{name}/answer.json").read_text())
        for precision in ["f32", "f16", "q8_0"]:
            out = house / f"{name}-{precision}.gguf"
            # The tokenizer of llama2.c is called `tok270.bin` beside its model.
            (house / "tiny.bin").write_bytes(Path("tiny.bin").read_bytes())
            (house / "tok270.bin").write_bytes(Path("tok.bin").read_bytes())
            convert(induce, house / name if name == "tiny.bin" else name, "gguf", out, precision)
            opened = Llama(str(out), n_ctx=32, logits_all=True, verbose=False, n_threads=1, type_k=0, type_v=0)
            ids = [opened.tokenize(p.encode(), add_bos=False, special=True) for p in PROMPTS]
            if name != "tiny.bin":
                assert ids[0] == answer["ids"], ids[0]
            opened.eval(answer["ids"])
            logits = np.array(opened.scores[: len(answer["ids"])])
            # Llama.cpp rounds its inputs to 8 bits where weights are; fewer bits are held to a looser bound there, and
            # its weights are looked at by the reader of gguf-py.
            expected = np.array(answer["logits"])
            if precision == "f32":
                # Its GELU is a table in half precision.
                near(logits, expected, out.name, 2e-3 if name == "gpt2" else 1e-4)
            else:
                gap = np.abs(logits - expected).max() / np.abs(expected).max()
                assert gap < 0.05, f"{out.name}: {gap}"
                print(f"{out.name}: largest difference of a logit {gap:.1e} of the largest logit")
            for tensor in GGUFReader(out).tensors:
                assert np.isfinite(dequantize(tensor.data, tensor.tensor_type)).all()
            sums[out.name] = fnv(out)
        sums[f"{name} tokens"] = [{"text": text, "ids": ids} for text, ids in zip(PROMPTS, ids)]


induce, who = Path(sys.argv[1]).resolve(), sys.argv[2]
sums = json.loads(SUMS.read_text()) if SUMS.exists() else {}
with tempfile.TemporaryDirectory() as house:
    {"transformers": transformers, "trained": trained, "characters": characters, "llama": llama}[who](induce, Path(house), sums)
lines = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(sums.items())]
SUMS.write_text("{\n" + ",\n".join(lines) + "\n}\n")
