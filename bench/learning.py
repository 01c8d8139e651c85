"""What is learnt in how much time: `cargo xtask bench learning [--torch PYTHON] [--only shakespeare ptb] [--save]`.

- shakespeare: nanoGPT's recipe for processors on tiny Shakespeare, beside the same in PyTorch (bench/torch/nanogpt.py), run by run;
  seconds of training with its looks at held-out text, and the loss on all of that text.
- ptb: the small LSTM of Zaremba et al. (2014, section 4.1) with their own recipe on PTB: seconds, and the perplexity of the test
  text, read as one text with its state carried on.
"""

import argparse
import datetime
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from boost import RESULTS, ROOT

#: Zaremba's: gradients are sums over 20 steps there and means here, so that their rate of 1 is 20, and a clip of 5 is 0.25.
#: An epoch has 2323 steps; the rate is halved in every one after the fourth; the model is that of the last step.
PTB = (
    "tokenizer=word layers=2 hidden_size=200 context=20 batch=20 init=0.1 optimizer=sgd learning_rate=20 clip_norm=0.25 warmup=0 weight_decay=0 "
    "schedule=step decay_start=9292 decay_period=2323 decay_gamma=0.5 steps=30199 evaluate_every=0"
).split()


def train(binary, words, settings, out, threads):
    command = [binary, "train", *words, *(w for s in settings for w in ("--set", s)), "--out", out, "--threads", threads]
    shown = subprocess.run(list(map(str, [*command, "--format", "json", "--quiet"])), capture_output=True, text=True, check=True)
    return json.loads(shown.stdout)


def shakespeare(arguments, folder):
    text = arguments.data / "tinyshakespeare.txt"
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        found = train(arguments.binary, [text, "-m", "gpt"], [], folder / "gpt.safetensors", arguments.threads)
        ours.append((found["fit_seconds"], found["metrics"]["holdout"]["loss"]["value"]))
        command = [arguments.torch, ROOT / "bench/torch/nanogpt.py", text, arguments.threads]
        found = json.loads(subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout)
        theirs.append((found["seconds"], found["loss"]))
        print(f"induce {ours[-1][0]:.1f} s, loss {ours[-1][1]:.4f}   torch {theirs[-1][0]:.1f} s, loss {theirs[-1][1]:.4f}", flush=True)
    median = lambda runs: {"seconds": statistics.median(r[0] for r in runs), "loss": statistics.median(r[1] for r in runs)}
    return {"induce": median(ours), "torch": median(theirs)}


def ptb(arguments, folder):
    for name in ("train", "valid", "test"):
        (folder / name).write_bytes(gzip.decompress((arguments.data / f"ptb/ptb.{name}.txt.gz").read_bytes()))
    out = folder / "lstm.safetensors"
    words = [folder / "train", "--valid", folder / "valid", "-m", "lstm"]
    found = train(arguments.binary, words, PTB, out, arguments.threads)
    command = [arguments.binary, "evaluate", out, folder / "test", "--format", "json", "--quiet"]
    judged = json.loads(subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout)
    row = {
        "seconds": found["fit_seconds"],
        "valid": found["metrics"]["valid"]["perplexity"]["value"],
        "test": judged["metrics"]["test"]["perplexity"],
    }
    print(f"ptb: {row['seconds']:.0f} s, perplexity {row['valid']:.1f} of valid, {row['test']['value']:.2f} of test", flush=True)
    return row


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch; else the bench's own must")
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data/text")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=["shakespeare", "ptb"])
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = {name: globals()[name](arguments, Path(folder)) for name in arguments.only}
    if arguments.save:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        today = datetime.date.today().isoformat()
        path = RESULTS / f"{today}-learning.json"
        before = json.loads(path.read_text())["rows"] if path.exists() else {}
        result = {"date": today, "commit": commit, "threads": arguments.threads, "rows": {**before, **rows}}
        path.write_text(json.dumps(result, indent=1) + "\n")
        subprocess.run([sys.executable, str(ROOT / "bench/page.py")], check=True)


if __name__ == "__main__":
    main()
