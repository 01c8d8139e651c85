"""Write BENCHMARKS.md from the newest results in bench/results."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ["lightgbm row-wise", "lightgbm column-wise", "lightgbm quantised", "xgboost"]


def newest(kind):
    files = sorted((ROOT / "bench/results").glob(f"*-{kind}.json"))
    return json.loads(files[-1].read_text()) if files else None


def best(result, key):
    values = [(result[p][key], p) for p in PEERS if result[p].get(key) is not None]
    return min(values) if values else (None, None)


def ms(seconds):
    if seconds is None:
        return "-"
    return f"{seconds * 1e3:,.0f}" if seconds >= 0.02 else f"{seconds * 1e3:.2f}"


def ratio(result, key):
    ours, peer = result["induce"][key], best(result, key)[0]
    return "-" if ours is None or peer is None else f"{peer / ours:.1f} x"


def fewer(data):
    few = [f"{name}: {r['repeats']}" for name, r in data["results"].items() if r.get("repeats", data["repeats"]) != data["repeats"]]
    return f" ({', '.join(few)})" if few else ""


def boost(data):
    s = data["settings"]
    lines = [
        "## Gradient boosting",
        "",
        f"{data['date']}, commit {data['commit']}, {data['processor']}, {data['threads']} threads; "
        f"XGBoost {data['versions']['xgboost']}, LightGBM {data['versions']['lightgbm']} (three modes, the fastest counts); "
        f"{s['rounds']} rounds of {s['leaves']} leaves, leaf-wise, {s['bins']} bins, rate {s['learning_rate']}, "
        f"min_child_weight {s['min_child_weight']}, lambda {s['lambda']}. "
        f"Runs interleaved, each in a process of its own, medians of {data['repeats']}{fewer(data)}. "
        "Fit is from a table in memory to finished trees, binning included; predict is the test rows; "
        "SHAP the first 5,000 of them. A ratio is the best peer's time over ours.",
        "",
        "| data | rows | fit ms | best peer | ratio | predict ms | ratio | SHAP ms | ratio | memory MiB, LightGBM's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, r in data["results"].items():
        ours = r["induce"]
        lightgbm = min(r[p]["memory"] for p in PEERS if p.startswith("lightgbm"))
        lines.append(
            f"| {name} | {r['rows']:,} | {ms(ours['fit'])} | {ms(best(r, 'fit')[0])} ({best(r, 'fit')[1]}) | {ratio(r, 'fit')} "
            f"| {ms(ours['predict'])} | {ratio(r, 'predict')} | {ms(ours['shap'])} | {ratio(r, 'shap')} "
            f"| {ours['memory']:.0f}, {lightgbm:.0f} |"
        )
    lines += ["", "Test loss (log-loss, RMSE for california):", "",
              "| data | induce | best LightGBM | XGBoost | against the better |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, r in data["results"].items():
        lightgbm = min(r[p]["loss"] for p in PEERS if p.startswith("lightgbm"))
        ours, xgboost = r["induce"]["loss"], r["xgboost"]["loss"]
        better = min(lightgbm, xgboost)
        lines.append(f"| {name} | {ours:.6g} | {lightgbm:.6g} | {xgboost:.6g} | {100 * (ours / better - 1):+.2f} % |")
    return lines


def csv(data):
    lines = [
        "## Reading CSV",
        "",
        f"{data['date']}, commit {data['commit']}, {data['threads']} threads, pandas {data['versions']['pandas']} with the pyarrow "
        f"{data['versions']['pyarrow']} engine. From a path to a table in memory, timed within each process, interleaved, medians. "
        "induce makes categories of text; pandas makes columns of texts, or categories in the second pair of columns.",
        "",
        "| file | MB | induce ms | pandas ms | ratio | pandas with categories ms | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, r in data["results"].items():
        lines.append(
            f"| {name} | {r['mb']:.1f} | {ms(r['induce'])} | {ms(r['pandas'])} | {r['pandas'] / r['induce']:.2f} x "
            f"| {ms(r['pandas categories'])} | {r['pandas categories'] / r['induce']:.2f} x |"
        )
    return lines


def forest(data):
    lines = [
        "## Random forests",
        "",
        f"{data['date']}, commit {data['commit']}, {data['threads']} threads, scikit-learn {data['versions']['scikit-learn']}; 100 fully "
        f"grown trees, each run in a process of its own, interleaved, medians of {data['repeats']}.",
        "",
        "| model, data | fit ms | scikit-learn ms | ratio | predict ms | ratio | ROC AUC | scikit-learn's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, r in data["results"].items():
        ours, theirs = r["induce"], r["scikit-learn"]
        lines.append(
            f"| {name} | {ms(ours['fit'])} | {ms(theirs['fit'])} | {theirs['fit'] / ours['fit']:.1f} x | {ms(ours['predict'])} "
            f"| {theirs['predict'] / ours['predict']:.1f} x | {ours['auc']:.5f} | {theirs['auc']:.5f} |"
        )
    return lines


def small(value):
    return "-" if value is None else f"{value:.0e}" if value else "0"


def linear(data):
    versions = data.get("versions") or {"scikit-learn": data["scikit-learn"]}
    commit = f"commit {data['commit']}, " if "commit" in data else ""
    lines = [
        "## Linear models",
        "",
        f"{data['date']}, {commit}{data['threads']} threads, {', '.join(f'{k} {v}' for k, v in versions.items())}; equal objectives, each run "
        f"in a process of its own, interleaved, medians of {data['rounds']}. Fit is from a table in memory to coefficients, and to their "
        "standard errors where the case says so. The gap is a contender's objective relative to the best of all; apart is the largest "
        "difference of a coefficient from ours, and of a standard error as a share of it.",
        "",
        "| case | induce ms | gap | peer | ms | ratio | gap | coefficients apart | errors apart |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, r in data["results"].items():
        ours = r["induce"]
        for peer, their in r.items():
            if peer == "induce":
                continue
            lines.append(
                f"| {name} | {ms(ours['median'])} | {small(ours['relative_gap'])} | {peer} | {ms(their['median'])} | {their['ratio']:.1f} x "
                f"| {small(their['relative_gap'])} | {small(their['furthest_coefficient'])} | {small(their.get('furthest_error'))} |"
            )
    return lines


def robust(data):
    v = data["versions"]
    lines = [
        "## Robust fitting",
        "",
        f"{data['date']}, commit {data['commit']}, {data['threads']} threads, scikit-learn {v['sklearn']}, OpenCV {v['opencv']}; "
        f"interleaved, medians of {data['repeats']}. Regression: fit from a table in memory, both with at most 1000 trials; off is "
        "the largest error of a coefficient.",
        "",
        "| rows x columns | induce ms | scikit-learn ms | ratio | off, scikit-learn's |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, r in data["regression"].items():
        lines.append(f"| {name} | {r['induce'] * 1e3:.2f} | {r['sklearn'] * 1e3:.1f} | {r['sklearn'] / r['induce']:.1f} x "
                     f"| {r['off']['induce']:.1e}, {r['off']['sklearn']:.1e} |")
    lines += [
        "",
        "Pictures: key points, matching at ratio 0.8 and homography, from pictures in memory. Solved: seeds of which the mean "
        "error at the true points is below 5 pixels; error: the median over seeds of that mean, and of the median point.",
        "",
        "| pair | induce ms | OpenCV ms | ratio | solved, OpenCV's | error, OpenCV's | median point, OpenCV's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    number = lambda value: "-" if value is None else f"{value:.3f}"
    for name, both in data["pictures"].items():
        r, cv = both["induce"], both["opencv"]
        lines.append(f"| {name} | {ms(r['seconds'])} | {ms(cv['seconds'])} | {cv['seconds'] / r['seconds']:.1f} x "
                     f"| {r['solved']}, {cv['solved']} of {r['seeds']} | {number(r['error'])}, {number(cv['error'])} "
                     f"| {number(r['point'])}, {number(cv['point'])} |")
    return lines


def tensor(data):
    lines = [
        "## Training steps",
        "",
        f"{data['date']}, commit {data['commit']}, {data['threads']} threads, PyTorch {data['torch']}: as installed, and with MKL's AVX-512 path "
        "forced on (\"unlocked\"), which it does not take on AMD by itself. A step is forwards, backwards, Adam and reading the loss; each side "
        f"in a process of its own, interleaved, medians of {data['rounds']} rounds. Memory is the peak of the process.",
        "",
        "| network | step ms | PyTorch ms | ratio | unlocked ms | ratio | memory MB, PyTorch's |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for r in data["rows"]:
        ours, theirs, honest = r["induce"], r["torch"], r["torch unlocked"]
        lines.append(
            f"| {r['workload']} | {ours:.3g} | {theirs:.3g} | {theirs / ours:.2f} x | {honest:.3g} | {honest / ours:.2f} x "
            f"| {r['induce MB']:.0f}, {r['torch MB']:.0f} |"
        )
    lines += [
        "",
        "Matrix products, rows x columns x depth, n or t for each side as it is or transposed; GFLOP/s, and ratios within a round "
        "(the speed of this machine changes from second to second). \"Registers\" is what the cores do without any memory: no "
        "product exceeds it.",
        "",
        "| shape | induce | of registers | PyTorch | ratio | unlocked | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for shape, v in data["products"].items():
        lines.append(
            f"| {shape} | {v['induce']:.0f} | {v['of registers']:.2f} | {v['torch']:.0f} | {v['of torch']:.2f} x "
            f"| {v['torch unlocked']:.0f} | {v['of torch unlocked']:.2f} x |"
        )
    return lines


def learning(data):
    rows = data["rows"]
    lines = ["## Learning", "", f"{data['date']}, commit {data['commit']}, {data['threads']} threads.", ""]
    if "shakespeare" in rows:
        ours, theirs = rows["shakespeare"]["induce"], rows["shakespeare"]["torch"]
        lines += [
            f"nanoGPT's recipe for processors on tiny Shakespeare: {ours['seconds']:.1f} s to a held-out loss of {ours['loss']:.4f}, in "
            f"PyTorch {theirs['seconds']:.1f} s to {theirs['loss']:.4f} ({theirs['seconds'] / ours['seconds']:.2f} x).",
            "",
        ]
    if "ptb" in rows:
        r = rows["ptb"]
        test = r["test"]
        lines += [
            f"The small LSTM of Zaremba et al. (2014) with their recipe on PTB: {r['seconds'] / 60:.0f} minutes to a perplexity of "
            f"{r['valid']:.1f} on the validation text and {test['value']:.1f} ({test['low']:.1f} to {test['high']:.1f}) on the test text.",
        ]
    return lines


def language(data):
    lines = [
        "## Language models",
        "",
        f"{data['date']}, commit {data['commit']}, {data['threads']} threads, llama-cpp-python {data['llama-cpp-python']} built on this "
        "machine; the same files and prompts, the likeliest token always, each run in a process of its own, interleaved, medians of "
        f"{data['rounds']}. Tokens per second; llama.cpp's times leave out the choice of tokens. Inputs of products with 16 bits are exact "
        "here, and rounded to 16 bits there.",
        "",
        "| model | decoding | llama.cpp | ratio | prompt | llama.cpp | ratio | same tokens |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, r in data["rows"].items():
        ours, theirs = r["induce"], r["llama.cpp"]
        cells = " | ".join(f"{ours[k]:,.0f} | {theirs[k]:,.0f} | {ours[k] / theirs[k]:.2f} x" for k in ("decode", "prompt"))
        lines.append(f"| {name} | {cells} | {r['agree']} of {r['tokens']} |")
    lines += ["", "Speculative decoding beside plain decoding of the same target; the text is the same:", "",
              "| target, text: draft | plain | with draft | ratio | tokens a pass |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, r in data["speculation"].items():
        lines.append(f"| {name} | {r['plain']:,.0f} | {r['draft']:,.0f} | {r['draft'] / r['plain']:.2f} x | {r['tokens'] / r['passes']:.2f} |")
    return lines


UNSUPERVISED = {
    "cluster": ("k-means and principal components", "k-means takes 20 iterations from random rows on every side."),
    "mixture": ("Gaussian mixtures", "20 iterations of expectation-maximisation from random rows on both sides."),
    "spectral": ("Spectral clustering", "The adjusted Rand index is that with the classes the points were made of."),
    "variational": ("Topics and Bayesian mixtures", "Equal passes, priors and tolerances; perplexity of documents held out, ours first."),
    "latent": ("Auto-encoders", "A training step of 100 images in the command line, black and white drawn anew, and ln p(x) of test images by 5,000 samples (evaluate); PyTorch with MKL's AVX-512 path open."),
    "info": ("Mutual information", "Through Python on both sides; ours has an interval too."),
}


def unsupervised(kind):
    def render(data):
        title, words = UNSUPERVISED[kind]
        versions = ", ".join(f"{name} {number}" for name, number in data["versions"].items())
        lines = [
            f"## {title}",
            "",
            f"{data['date']}, commit {data['commit']}, {data['processor']}, {data['threads']} threads, {versions}; interleaved, medians of "
            f"{data['runs']}; fits of data in memory. {words} A ratio is the peer's time over ours.",
            "",
            "| case | induce ms | peer | ms | ratio | |",
            "| --- | ---: | --- | ---: | ---: | --- |",
        ]
        for row in data["cases"]:
            own, peers = row["seconds"]["induce"], [name for name in row["seconds"] if name != "induce"]
            lines += [
                f"| {row['case']} | {ms(own)} | {peer} | {ms(row['seconds'][peer])} | {row['seconds'][peer] / own:.1f} x | {row['remark']} |"
                for peer in peers
            ]
            if not peers:
                lines.append(f"| {row['case']} | {ms(own)} | | | | {row['remark']} |")
        return lines

    return render


def main():
    lines = [
        "# Benchmarks",
        "",
        "Generated by `cargo xtask bench` from `bench/results/`; do not edit. Every figure is a ratio to a named peer on one machine,",
        "never a promise for yours: run it there.",
        "",
    ]
    renders = (
        ("boost", boost), ("forest", forest), ("linear", linear), ("robust", robust), ("tensor", tensor), ("learning", learning),
        ("language", language), *((kind, unsupervised(kind)) for kind in UNSUPERVISED), ("reading", csv),
    )
    for kind, render in renders:
        data = newest(kind)
        if data:
            lines += render(data) + [""]
    (ROOT / "BENCHMARKS.md").write_text("\n".join(lines))


main()
