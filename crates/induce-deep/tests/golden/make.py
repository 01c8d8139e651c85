"""Tiny random models and what others make of them: run in this folder.

Made with torch 2.15.0, transformers 5.23.0, tokenizers 0.23.3, numpy 2.4.6, gguf 0.19.0.

- `llama/`, `gpt2/`: folders of Hugging Face; logits and greedy tokens are those of transformers.
- `sharded/`: one whose weights are in several files.
- `tiny.bin`, `tok.bin`: a model and a tokenizer of llama2.c; logits are those of the NumPy below.
- `tiny-v1.bin`, `tiny-v2.bin`: the same model as newer versions of `export.py` write it, the second in 8 bits with a head of
  its own; its logits are those of the rounded weights.
- `blocks.json`: random blocks of every type of GGUF, and what gguf-py's `dequantize` makes of them.
"""

import json
import struct
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

TEXT = "the cat sat on the mat and the dog ran to the cat; 12 dogs don't sit on 3 mats. "
PROMPT = "the cat and 2 dogs\n don't \u00e4"


def tokenizer():
    own = Tokenizer(models.BPE())
    own.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    own.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    own.train_from_iterator([TEXT], trainers.BpeTrainer(vocab_size=300, initial_alphabet=alphabet, special_tokens=["<|end|>"]))
    return own


def folder(name, model, prompt=PROMPT, shard="5GB"):
    own, path = tokenizer(), Path(name)
    torch.manual_seed(1)
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.3)
    model.eval().save_pretrained(path, max_shard_size=shard)
    own.save(str(path / "tokenizer.json"))
    ids = own.encode(prompt).ids
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0].double().numpy()
        greedy = list(ids)
        for _ in range(20):
            greedy.append(int(model(torch.tensor([greedy])).logits[0, -1].argmax()))
    answer = {"prompt": prompt, "ids": ids, "logits": logits.round(6).tolist(), "greedy": greedy[len(ids):]}
    (path / "answer.json").write_text(json.dumps(answer))
    (path / "generation_config.json").unlink(missing_ok=True)


def llama2c():
    rng = np.random.default_rng(2)
    dim, hidden, layers, heads, kv, vocab, context = 16, 24, 2, 4, 2, 270, 32
    head = dim // heads
    shapes = [(vocab, dim), (layers, dim), (layers, dim, dim), (layers, kv * head, dim), (layers, kv * head, dim),
              (layers, dim, dim), (layers, dim), (layers, hidden, dim), (layers, dim, hidden), (layers, hidden, dim), (dim,)]
    parts = [rng.normal(0, 0.5, s).astype("<f4") for s in shapes]
    turns = np.zeros(context * head, "<f4")
    header = struct.pack("<7i", dim, hidden, layers, heads, kv, vocab, context)
    Path("tiny.bin").write_bytes(header + b"".join(p.tobytes() for p in parts) + turns.tobytes())
    pieces = ["<unk>", "\n<s>\n", "\n</s>\n"] + [f"<0x{b:02X}>" for b in range(256)] + [" ", "a", "b", " a", "ab", " ab", "\u00e4", "c", " c", "ca", "ba"]
    scores = [0.0] * 259 + [-float(i) for i in range(11)]
    blob = struct.pack("<I", 6)
    for piece, score in zip(pieces, scores):
        raw = piece.encode()
        blob += struct.pack("<fI", score, len(raw)) + raw
    Path("tok.bin").write_bytes(blob)

    logits = forward(parts, parts[0], heads, kv)
    Path("tiny.json").write_text(json.dumps({"ids": IDS, "logits": np.round(logits, 6).tolist()}))
    embedding, an, wq, wk, wv, wo, fn, w1, w2, w3, norm = parts

    def header(version, vocabulary, tied, *more):
        packed = struct.pack("<Ii7iB", 0x616B3432, version, dim, hidden, layers, heads, kv, vocabulary, context, tied)
        return (packed + b"".join(struct.pack("<i", n) for n in more)).ljust(256, b"\0")

    norms = b"".join(p.tobytes() for p in [an, fn, norm])
    rest = [embedding, wq, wk, wv, wo, w1, w2, w3]
    Path("tiny-v1.bin").write_bytes(header(1, vocab, 1) + norms + b"".join(p.tobytes() for p in rest))
    # `export.py` halves the group until it fits every row.
    head, group = rng.normal(0, 0.5, (vocab, dim)).astype("<f4"), 8
    blob, rounded = header(2, vocab, 0, group) + norms, []
    for weights in [*rest, head]:
        whole = []
        # Every layer's matrix is a tensor of its own there.
        for matrix in weights if weights.ndim == 3 else [weights]:
            groups = matrix.reshape(-1, group)
            scale = np.abs(groups).max(1, keepdims=True) / np.float32(127)
            codes = np.round(groups / scale).astype(np.int8)
            blob += codes.tobytes() + scale.astype("<f4").tobytes()
            whole.append((codes.astype("<f4") * scale).reshape(matrix.shape))
        rounded.append(np.stack(whole) if weights.ndim == 3 else whole[0])
    Path("tiny-v2.bin").write_bytes(blob)
    embedding, wq, wk, wv, wo, w1, w2, w3, head = rounded
    logits = forward([embedding, an, wq, wk, wv, wo, fn, w1, w2, w3, norm], head, heads, kv)
    Path("tiny-v2.json").write_text(json.dumps({"ids": IDS, "logits": np.round(logits, 6).tolist()}))


IDS = [1, 262, 7, 260, 265, 3, 100]


def forward(parts, table, heads, kv):
    """run.c's forward pass, written anew in NumPy, in double precision."""
    embedding, an, wq, wk, wv, wo, fn, w1, w2, w3, norm = (p.astype(float) for p in parts)
    layers, head = len(wq), embedding.shape[1] // heads

    def rms(x, g):
        return x / np.sqrt((x * x).mean() + 1e-5) * g

    def turn(v, pos):
        v = v.reshape(-1, head // 2, 2)
        t = pos * 10000.0 ** (-2 * np.arange(head // 2) / head)
        c, s = np.cos(t), np.sin(t)
        return np.stack([v[..., 0] * c - v[..., 1] * s, v[..., 0] * s + v[..., 1] * c], -1).reshape(-1, head)

    keys, values, logits = [[] for _ in range(layers)], [[] for _ in range(layers)], []
    for pos, token in enumerate(IDS):
        x = embedding[token]
        for l in range(layers):
            h = rms(x, an[l])
            q, k, v = turn(wq[l] @ h, pos), turn(wk[l] @ h, pos), (wv[l] @ h).reshape(-1, head)
            keys[l].append(k), values[l].append(v)
            seen = []
            for i in range(heads):
                j = i // (heads // kv)
                s = np.array([q[i] @ k[j] for k in keys[l]]) / np.sqrt(head)
                w = np.exp(s - s.max())
                seen.append((w / w.sum()) @ np.array([v[j] for v in values[l]]))
            x = x + wo[l] @ np.concatenate(seen)
            h = rms(x, fn[l])
            a = w1[l] @ h
            x = x + w2[l] @ (a / (1 + np.exp(-a)) * (w3[l] @ h))
        logits.append(table.astype(float) @ rms(x, norm))
    return logits


def blocks():
    from gguf.constants import GGMLQuantizationType as T
    from gguf.quants import dequantize
    rng = np.random.default_rng(3)
    sizes = {T.F16: 2, T.BF16: 2, T.Q4_0: 18, T.Q4_1: 20, T.Q8_0: 34, T.Q4_K: 144, T.Q6_K: 210}
    factors = {T.Q4_0: [0], T.Q4_1: [0, 2], T.Q8_0: [0], T.Q4_K: [0, 2], T.Q6_K: [208]}
    out = []
    for kind, size in sizes.items():
        raw = rng.integers(0, 256, (2, size), dtype=np.uint8)
        for at in factors.get(kind, []):
            raw[:, at:at + 2] = rng.normal(0, 1, (2, 1)).astype("<f2").view(np.uint8)
        if kind in (T.F16, T.BF16):
            raw = rng.normal(0, 1, (1, 8)).astype("<f2" if kind == T.F16 else "<f4").view(np.uint8)
            raw = raw if kind == T.F16 else raw.reshape(-1, 4)[:, 2:].reshape(1, -1).copy()
        values = dequantize(raw, kind).astype(float).ravel()
        out.append({"type": int(kind), "bytes": raw.ravel().tolist(), "values": values.tolist()})
    Path("blocks.json").write_text(json.dumps(out))


if __name__ == "__main__":
    folder("llama", LlamaForCausalLM(LlamaConfig(vocab_size=300, hidden_size=32, intermediate_size=48, num_hidden_layers=2,
           num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64, tie_word_embeddings=False,
           bos_token_id=0, eos_token_id=0)))
    folder("gpt2", GPT2LMHeadModel(GPT2Config(vocab_size=300, n_embd=32, n_layer=2, n_head=4, n_positions=64,
           bos_token_id=0, eos_token_id=0)))
    llama2c()
    blocks()
    folder("sharded", GPT2LMHeadModel(GPT2Config(vocab_size=300, n_embd=8, n_layer=1, n_head=2, n_positions=32,
           bos_token_id=0, eos_token_id=0)), "the cat on", "6KB")
