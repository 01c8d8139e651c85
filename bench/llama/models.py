"""Model files and prompts for `bench/language.py`, from what is there: `models.py FOLDER SMOLLM.gguf STORIES_FOLDER`.

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
KINDS = {"q8_0": 7, "q4_0": 2, "bf16": 32, "f16": 1}


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


def prompt(model, text, target, most):
    """At most so many tokens of a text, as llama.cpp has them."""
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(model).encode(), parameters)
    room, text = (llama_cpp.llama_token * 8192)(), text.encode()
    count = llama_cpp.llama_tokenize(llama_cpp.llama_model_get_vocab(model), text, len(text), room, 8192, True, True)
    target.write_text(" ".join(map(str, room[: min(count, most)])))


#: A request of which the answer stands in the prompt.
PROGRAM = """<|im_start|>user
Repeat this program:

```python
def read_table(path, separator=","):
    rows = []
    with open(path) as file:
        header = file.readline().strip().split(separator)
        for number, line in enumerate(file, start=2):
            fields = line.strip().split(separator)
            if len(fields) != len(header):
                raise ValueError(f"line {number} has {len(fields)} fields, not {len(header)}")
            rows.append(dict(zip(header, fields)))
    return header, rows

def mean_of(rows, column):
    values = [float(row[column]) for row in rows if row[column]]
    return sum(values) / len(values) if values else None
```
<|im_end|>
<|im_start|>assistant
```python
def read_table("""

#: Text to be read, several times over.
TEXT = """The harbour lay in fog when the first boats came back. Nobody on the pier spoke; they counted the lamps as they rose out of
the grey, and when the seventh did not come they went on looking at the place where it should have been. Martha had the ledger under
her coat. She had written the names in it the evening before, as her father had done and his mother before him, one line for each
boat, with the hour of sailing and the state of the wind, and a space at the end of the line for the hour of return. """


def main():
    folder, smollm, stories_folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    small = folder / "stories260K.gguf"
    if not small.exists():
        stories(stories_folder / "stories260K.bin", stories_folder / "tok512.bin", small)
    for kind in KINDS:
        target = folder / f"smollm2-135m-{kind}.gguf"
        if not target.exists():
            quantise(smollm, target, kind)
    own = folder / "smollm2-135m-q4_1.gguf"
    if not own.exists():
        own.symlink_to(smollm.resolve())
    prompt(small, (stories_folder / "stories260K.expected.txt").read_text(), folder / "stories.tokens", 200)
    prompt(smollm, TEXT * 8, folder / "text.tokens", 512)
    prompt(smollm, PROGRAM, folder / "program.tokens", 8192)


main()
