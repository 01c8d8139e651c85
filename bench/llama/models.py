"""Model files for `bench/language.py`, from what is there: `models.py FOLDER SMOLLM.gguf STORIES.bin TOKENIZER.bin`.

SmolLM2-135M is rounded again by llama.cpp's own quantiser; stories260K goes from llama2.c's format into GGUF, tensor by tensor, as
floats. Both sides of the bench then read the same file.
"""

import ctypes
import struct
import sys
from pathlib import Path

import gguf
import llama_cpp
import numpy as np

#: Name -> number of the file type, as `llama_ftype` has it.
KINDS = {"q8_0": 7, "q4_0": 2, "bf16": 32, "f16": 1, "f32": 0}


def quantise(source, target, kind):
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = KINDS[kind]
    parameters.nthread = 2
    parameters.allow_requantize = True
    failed = llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), ctypes.byref(parameters))
    if failed:
        raise SystemExit(f"llama.cpp cannot write {target}")


def vocabulary(path, count):
    """Pieces and scores of a tokenizer of llama2.c."""
    data = Path(path).read_bytes()
    at, pieces, scores = 4, [], []
    for _ in range(count):
        score, length = struct.unpack_from("<fi", data, at)
        pieces.append(data[at + 8 : at + 8 + length].replace(b" ", "\u2581".encode()))
        scores.append(score)
        at += 8 + length
    return pieces, scores


def stories(source, tokenizer, target):
    data = Path(source).read_bytes()
    width, hidden, layers, heads, shared, tokens, context = struct.unpack_from("<7i", data)
    tokens, at, keys = abs(tokens), 28, width // heads * shared

    def take(*shape):
        nonlocal at
        count = int(np.prod(shape))
        values = np.frombuffer(data, "<f4", count, at).reshape(shape)
        at += 4 * count
        return values

    out = gguf.GGUFWriter(str(target), "llama")
    out.add_context_length(context)
    out.add_embedding_length(width)
    out.add_block_count(layers)
    out.add_feed_forward_length(hidden)
    out.add_head_count(heads)
    out.add_head_count_kv(shared)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(width // heads)
    out.add_tokenizer_model("llama")
    pieces, scores = vocabulary(tokenizer, tokens)
    out.add_token_list(pieces)
    out.add_token_scores(scores)
    # Unknown, the two that begin and end a text, 256 bytes, and words.
    out.add_token_types([2, 3, 3] + [6] * 256 + [1] * (tokens - 259))
    out.add_tensor("token_embd.weight", take(tokens, width))
    names = [("attn_norm", width), ("attn_q", width, width), ("attn_k", keys, width), ("attn_v", keys, width), ("attn_output", width, width)]
    names += [("ffn_norm", width), ("ffn_gate", hidden, width), ("ffn_down", width, hidden), ("ffn_up", hidden, width)]
    for name, *shape in names:
        for layer, values in enumerate(take(layers, *shape)):
            out.add_tensor(f"blk.{layer}.{name}.weight", values)
    out.add_tensor("output_norm.weight", take(width))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def main():
    folder, smollm, bin_file, tokenizer = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "stories260K.gguf").exists():
        stories(bin_file, tokenizer, folder / "stories260K.gguf")
    for kind in ("q8_0", "q4_0", "bf16", "f16"):
        target = folder / f"smollm2-135m-{kind}.gguf"
        if not target.exists():
            quantise(smollm, target, kind)


main()
