"""Blocks as ggml writes them: `python encode.py > encode.json`, with llama-cpp-python 0.3.36 (its `libggml-base`)."""

import ctypes
import json
from pathlib import Path

import llama_cpp
import numpy

TYPES = {"Q4_0": 2, "Q4_1": 3, "Q8_0": 8, "Q4_K": 12, "Q6_K": 14}

ggml = ctypes.CDLL(str(next(Path(llama_cpp.__file__).parent.glob("lib/libggml-base.so*"))))
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p,
]

rng = numpy.random.default_rng(1)
wave = numpy.sin(numpy.arange(256) * 0.7)
rows = [
    rng.normal(size=256),
    0.02 * rng.standard_t(3, size=256),
    numpy.abs(rng.normal(size=256)) + 3.0,
    -numpy.abs(rng.normal(size=256)),
    numpy.zeros(256),
    numpy.full(256, 0.37),
    1e-6 * rng.normal(size=256),
    numpy.where(numpy.arange(256) % 64 < 32, 0.0, wave),
    numpy.where(numpy.arange(256) == 77, -5.0, 0.0),
]
cases = []
for row in rows:
    values = numpy.ascontiguousarray(row, dtype=numpy.float32)
    written = {}
    for name, number in TYPES.items():
        out = ctypes.create_string_buffer(2048)
        count = ggml.ggml_quantize_chunk(number, values.ctypes.data, out, 0, 1, 256, None)
        written[name] = out.raw[:count].hex()
    cases.append({"values": [float(x) for x in values], "types": written})
print(json.dumps(cases))
