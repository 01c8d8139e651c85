//! `cargo xtask validate`: real tables through the real binary, and its pages through a real browser.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::shell::{self, say};
use crate::tables::{TABLES, Table};
use crate::{clusters, pages, posteriors};

/// Thread counts that must write equal bytes.
const THREADS: [&str; 3] = ["1", "2", "4"];

/// All tables with the release binary, or the small ones with the debug binary that the tests have built anyway.
pub fn run(quick: bool) -> Result<()> {
    let data = shell::root().join("../shared/data/tabular");
    if !data.is_dir() {
        bail!("there is no `../shared/data`\n\nhint: put the shared data beside this repository");
    }
    let binary = shell::binary(!quick)?;
    let out = shell::target().join("validate");
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make `{}`", out.display()))?;
    let (mut faults, mut looked) = (0, Vec::new());
    for table in TABLES.iter().filter(|table| table.quick || !quick) {
        let clock = Instant::now();
        match judge(&binary, &data, &out, table) {
            Ok(page) => looked.extend(page),
            Err(error) => {
                faults += 1;
                say(&format!("FAILED {}: {error:#}", table.file));
                continue;
            }
        }
        say(&format!(
            "ok {}: {}, equal bytes, {:.1} s",
            table.file,
            table.require,
            clock.elapsed().as_secs_f64()
        ));
    }
    if let Err(error) = clusters::paper(&binary, &data, &out) {
        faults += 1;
        say(&format!("FAILED the paper of DP-means: {error:#}"));
    }
    if let Err(error) = language(&binary).and_then(|()| written(&binary, &out)) {
        faults += 1;
        say(&format!("FAILED stories260K: {error:#}"));
    }
    if let Err(error) = posteriors::run(&binary, &out) {
        faults += 1;
        say(&format!("FAILED posteriordb: {error:#}"));
    }
    if let Err(error) = posteriors::black_box() {
        faults += 1;
        say(&format!("FAILED black-box variational inference: {error:#}"));
    }
    if let Err(error) = learning(&binary, &out, quick) {
        faults += 1;
        say(&format!("FAILED tiny Shakespeare: {error:#}"));
    }
    pages::look(&looked)?;
    if faults > 0 {
        bail!("{faults} checks failed");
    }
    Ok(())
}

/// The greedy text of a real language model is that of llama2.c's own test.
fn language(binary: &Path) -> Result<()> {
    let folder = shell::root().join("../shared/data/llm");
    let expected = std::fs::read_to_string(folder.join("stories260K.expected.txt"))?;
    for draft in [&[][..], &["--draft", "lookup"]] {
        let mut generate = shell::command(
            binary,
            &["generate", "--quiet", "--temperature", "0", "--tokens", "200"],
        );
        let text = shell::output(generate.arg(folder.join("stories260K.bin")).args(draft))?;
        if text.trim_end() != expected.trim_end() {
            bail!("the text is not the expected one: {text}");
        }
    }
    say("ok stories260K: the text of llama2.c, plain and with prompt lookup");
    Ok(())
}

/// The same model is written as llama2.c wrote it, byte for byte, and so is its tokenizer. Only the last block may differ in
/// last bits: cosines and sines of 512 positions by 4 pairs, which nobody reads, by PyTorch's approximations.
fn written(binary: &Path, out: &Path) -> Result<()> {
    let folder = shell::root().join("../shared/data/llm");
    let read =
        |path: PathBuf| std::fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()));
    let (model, own) = (folder.join("stories260K.bin"), out.join("stories.bin"));
    let mut convert = shell::command(binary, &["convert", "--quiet", "--to", "llama2c"]);
    shell::output(convert.arg(&model).arg("--out").arg(&own))?;
    let (theirs, ours) = (read(model)?, read(own)?);
    let weights = theirs.len() - 2 * 512 * 4 * 4;
    let near = |(a, b): (&[u8; 4], &[u8; 4])| (f32::from_le_bytes(*a) - f32::from_le_bytes(*b)).abs() <= 1e-7;
    let last = theirs[weights..]
        .as_chunks()
        .0
        .iter()
        .zip(ours[weights..].as_chunks().0);
    if ours.len() != theirs.len() || ours[..weights] != theirs[..weights] || !last.into_iter().all(near) {
        bail!("what is written of stories260K.bin is another file");
    }
    if read(out.join("tokenizer.bin"))? != read(folder.join("tok512.bin"))? {
        bail!("what is written of tok512.bin is another file");
    }
    say("ok stories260K: written as llama2.c has it, and its tokenizer");
    Ok(())
}

/// A language model of tiny Shakespeare: equal bytes at every number of threads, and, unless it is to be quick, the loss of
/// nanoGPT's recipe for processors, which is that of `-m gpt`.
fn learning(binary: &Path, out: &Path, quick: bool) -> Result<()> {
    let text = shell::root().join("../shared/data/text/tinyshakespeare.txt");
    let model = out.join("shakespeare.safetensors");
    let train = |arguments: &str, threads: &str| {
        let mut command = shell::command(binary, &["train", "--quiet", "-m", "gpt", "--threads", threads]);
        command.arg(&text).arg("--out").arg(&model);
        shell::output(command.args(arguments.split_whitespace()))?;
        std::fs::read(&model).with_context(|| format!("cannot read `{}`", model.display()))
    };
    let short = "--set steps=60 --set warmup=10 --require loss<=3.0";
    let first = train(short, THREADS[0])?;
    for threads in &THREADS[1..] {
        if train(short, threads)? != first {
            bail!(
                "the model of --threads {threads} differs from that of --threads {}",
                THREADS[0]
            );
        }
    }
    if !quick {
        train("--require loss<=1.9", THREADS[1])?;
    }
    say("ok tiny Shakespeare: a language model, equal bytes");
    Ok(())
}

/// Train at every thread count; the page of the first, if one is asked for.
fn judge(binary: &Path, data: &Path, out: &Path, table: &Table) -> Result<Option<PathBuf>> {
    let stem = table
        .file
        .rsplit('/')
        .next()
        .and_then(|name| name.split('.').next())
        .unwrap_or(table.file);
    let page = table.page.then(|| out.join(format!("{stem}.html")));
    let mut first = None;
    for threads in THREADS {
        let model = out.join(format!("{stem}.induce.safetensors"));
        let mut train = shell::command(binary, &["train"]);
        train.arg(data.join(table.file)).args([
            "--quiet",
            "--require",
            table.require,
            "--threads",
            threads,
            "--out",
        ]);
        train.arg(&model).args(
            table
                .arguments
                .split_whitespace()
                .map(|a| a.replace('@', &data.to_string_lossy())),
        );
        // The page asks for the loss after every round, which settings may listen to: all runs ask or none does.
        train.args(
            page.iter()
                .flat_map(|page| ["--report".into(), page.as_os_str().to_owned()]),
        );
        shell::output(&mut train)?;
        let bytes = std::fs::read(&model).with_context(|| format!("cannot read `{}`", model.display()))?;
        if first.get_or_insert_with(|| bytes.clone()) != &bytes {
            bail!(
                "the model of --threads {threads} differs from that of --threads {}",
                THREADS[0]
            );
        }
    }
    Ok(page)
}
