"""llama.cpp's side of `bench/language.py`: `decode.py MODEL PROMPT COUNT THREADS`, where PROMPT is a file of token numbers.

Times are llama.cpp's own, of its evaluations only, without the choice of tokens, which is Python's here. Prints one object of JSON.
"""

import json
import sys

import llama_cpp
import numpy as np


def main():
    path, prompt, count, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    silent = llama_cpp.llama_log_callback(lambda *_: None)
    llama_cpp.llama_log_set(silent, None)
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
    parameters = llama_cpp.llama_context_default_params()
    tokens = [int(word) for word in open(prompt).read().split()]
    parameters.n_ctx = len(tokens) + count
    parameters.n_batch = parameters.n_ubatch = 512
    parameters.n_threads = parameters.n_threads_batch = threads
    parameters.no_perf = False
    context = llama_cpp.llama_init_from_model(model, parameters)
    size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))

    def read(part):
        room = (llama_cpp.llama_token * len(part))(*part)  # the batch only points there
        batch = llama_cpp.llama_batch_get_one(room, len(part))
        if llama_cpp.llama_decode(context, batch):
            raise SystemExit("llama.cpp cannot decode")
        return int(np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(context, -1), (size,)).argmax())

    text = [read(tokens)]
    while len(text) < count:
        text.append(read(text[-1:]))
    times = llama_cpp.llama_perf_context(context)
    found = {"prompt": times.n_p_eval / times.t_p_eval_ms * 1e3, "decode": times.n_eval / times.t_eval_ms * 1e3}
    print(json.dumps({**found, "tokens": text}))


main()
