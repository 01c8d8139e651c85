//! Stopping in the middle, and going on; threads.
#![cfg(unix)]

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::house::House;

const TRAIN: &str =
    "train big.csv --target y --set rounds=400 --set learning_rate=0.02 --checkpoint-every 0s --quiet";

/// Large enough that 400 rounds last for seconds.
fn house() -> House {
    let house = House::new();
    house.table("big.csv", "a,b,c,y", 20_000, |i, a, b| {
        format!("{a},{b},{},{}", i % 17, (a * 9.0).sin() + b * a)
    });
    house
}

/// Start, wait until the first checkpoint is there, and some time more.
fn begin(house: &House, line: &str) -> Child {
    let child = house
        .command(line)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let clock = Instant::now();
    while !house.path("m.induce.checkpoint").exists() {
        assert!(
            clock.elapsed() < Duration::from_secs(60),
            "no checkpoint after a minute"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(30));
    child
}

fn signal(child: &Child, name: &str) {
    assert!(
        Command::new("kill")
            .args([name, &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn killed_and_resumed_writes_the_bytes_of_an_uninterrupted_run() {
    let house = house();
    let mut child = begin(&house, &format!("{TRAIN} --out m.induce.safetensors"));
    signal(&child, "-KILL");
    child.wait().unwrap();
    assert!(
        !house.path("m.induce.safetensors").exists(),
        "it was killed in the middle"
    );
    house.ok(&format!("{TRAIN} --out m.induce.safetensors --resume"));
    assert!(
        !house.path("m.induce.checkpoint").exists(),
        "a checkpoint goes when the model is there"
    );
    house.ok(&format!("{TRAIN} --out whole.safetensors"));
    assert!(
        house.read("m.induce.safetensors") == house.read("whole.safetensors"),
        "resumed differs"
    );
}

#[test]
fn interrupted_saves_a_model_and_ends_in_130() {
    let house = house();
    let mut child = begin(&house, &format!("{TRAIN} --out m.induce.safetensors"));
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let predicted = house.ok("predict m.induce.safetensors big.csv").out;
    assert_eq!(predicted.lines().count(), 20_001);
    house.ok(&format!("{TRAIN} --out m.induce.safetensors --resume"));
    house.ok(&format!("{TRAIN} --out whole.safetensors"));
    assert!(
        house.read("m.induce.safetensors") == house.read("whole.safetensors"),
        "resumed differs"
    );
}

/// A Ctrl-C after a few rounds wrote what they had come to over a good model.
#[test]
fn what_was_interrupted_goes_beside_what_is_there() {
    let house = house();
    house.write("m.induce.safetensors", b"a model of yesterday");
    let mut child = begin(&house, &format!("{TRAIN} --out m.induce.safetensors"));
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(house.read("m.induce.safetensors"), b"a model of yesterday");
    let predicted = house.ok("predict m.induce.interrupted.safetensors big.csv").out;
    assert_eq!(predicted.lines().count(), 20_001);
}

/// Ctrl-C while a table was read did nothing until it had been read.
#[test]
fn reading_is_interrupted_at_once() {
    let house = house();
    let mut child = house
        .command("train -")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // More than a pipe holds: once it is written, the child reads; and it goes on, for the pipe stays open.
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(&house.read("big.csv")).unwrap();
    signal(&child, "-INT");
    let clock = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if clock.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    assert_eq!(status.code(), Some(130));
    drop(pipe);
}

/// The lines of a log, every one of them whole.
fn lines(house: &House) -> Vec<Value> {
    let text = String::from_utf8(house.read("log.jsonl")).unwrap();
    assert!(text.ends_with('\n'));
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn logs_are_whole_after_a_kill_and_go_on() {
    let house = house();
    let train = format!("{TRAIN} --out m.induce.safetensors --log log.jsonl --tensorboard board");
    let mut child = begin(&house, &train);
    signal(&child, "-KILL");
    child.wait().unwrap();
    let before = lines(&house);
    let last = before.last().unwrap();
    assert!(last["step"].as_u64().unwrap() as usize >= before.len() - 1 && last["work"] == "boosting");
    assert!(
        last["metrics"]
            .as_object()
            .unwrap()
            .values()
            .all(Value::is_number)
    );
    house.ok(&format!("{train} --resume"));
    let after = lines(&house);
    // What was not in the checkpoint yet is made again.
    let kept = before.iter().zip(&after).take_while(|(b, a)| b == a).count();
    assert!(kept + 2 > before.len());
    let steps: Vec<u64> = after.iter().filter_map(|line| line["step"].as_u64()).collect();
    assert_eq!(steps, (1..=400).collect::<Vec<u64>>());
    assert_eq!(std::fs::read_dir(house.path("board")).unwrap().count(), 2);
}

/// A run that was killed before its first checkpoint begins anew, and so do its logs: its steps stood there twice.
#[test]
fn logs_begin_anew_where_there_is_nothing_to_go_on_from() {
    let house = house();
    let train = format!("{TRAIN} --out m.induce.safetensors --log log.jsonl");
    house.ok(&train);
    assert!(!house.path("m.induce.checkpoint").exists());
    house.ok(&format!("{train} --resume"));
    let steps: Vec<u64> = lines(&house)
        .iter()
        .filter_map(|line| line["step"].as_u64())
        .collect();
    assert_eq!(steps, (1..=400).collect::<Vec<u64>>());
}

#[test]
fn logs_that_cannot_be_written_end_before_anything_is_learnt() {
    let house = House::with_table();
    for flags in [
        "--log none/log.jsonl",
        "--log log.txt",
        "--tensorboard none/board",
        "--tensorboard good.csv",
    ] {
        let fault = house.fault(&format!("train good.csv --target y --out m.safetensors {flags}"));
        assert!(
            fault.contains("hint: ") && !house.path("m.safetensors").exists(),
            "{flags}\n{fault}"
        );
    }
}

#[test]
fn another_problem_does_not_go_on_from_a_checkpoint() {
    let house = house();
    let mut child = begin(&house, &format!("{TRAIN} --out m.induce.safetensors"));
    signal(&child, "-KILL");
    child.wait().unwrap();
    let fault = house.fault(&format!("{TRAIN} --out m.induce.safetensors --resume --seed 9"));
    assert!(fault.contains("hint: "), "{fault}");
}

/// Features that tie and floors that depend on which features were seen before: both once made trees of two threads
/// differ from those of one, after a hundred rounds or so on a table of this size.
#[test]
fn threads_never_change_a_byte_of_a_real_table() {
    let house = House::new();
    let table = crate::house::data("diamonds.csv.gz");
    let model = |threads: usize| {
        let line = format!("--target price --set rounds=200 --quiet --out m.safetensors --threads {threads}");
        let status = house
            .command("train")
            .arg(&table)
            .args(line.split(' '))
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        house.read("m.safetensors")
    };
    assert!(model(1) == model(2));
}

#[test]
fn threads_never_change_a_byte() {
    let house = House::with_table();
    let model = |threads: usize, flags: &str| {
        house.ok(&format!(
            "train good.csv --set rounds=30 --quiet --out m.safetensors --threads {threads} {flags}"
        ));
        house.read("m.safetensors")
    };
    for flags in [
        "",
        "--set subsample=0.5 --set colsample=0.7",
        "--target c",
        "--cv 3 --set rounds=0",
    ] {
        let one = model(1, flags);
        assert!(
            one == model(2, flags) && one == model(4, flags),
            "threads differ with `{flags}`"
        );
    }
}

/// Draws are by the number of a round, so it does not matter in how many fits the rounds are grown.
#[test]
fn rounds_on_top_of_a_model_write_the_bytes_of_one_fit() {
    let house = House::with_table();
    let train = "train good.csv --quiet --set subsample=0.6 --set step=gradient";
    house.ok(&format!("{train} --set rounds=5 --out few.safetensors"));
    house.ok(&format!(
        "{train} --set rounds=20 --from few.safetensors --out more.safetensors"
    ));
    house.ok(&format!("{train} --set rounds=20 --out all.safetensors"));
    assert!(house.read("more.safetensors") == house.read("all.safetensors"));
}

/// A model of an hour was lost to a folder of its name: that is found out before the table is read.
#[test]
fn where_nothing_can_be_written_is_known_before_the_work() {
    let house = House::new();
    std::fs::create_dir(house.path("m.safetensors")).unwrap();
    let fault = house.fault("train there-is-no-table.csv --target y -o m.safetensors");
    assert!(
        fault.contains("cannot write") && fault.contains("it is a folder"),
        "{fault}"
    );
    house.fault("train there-is-no-table.csv --target y -o other.safetensors");
    let left = std::fs::read_dir(house.path(".")).unwrap();
    let names: Vec<String> = left
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        !names.iter().any(|name| name.contains("other")),
        "nothing is left of the trial: {names:?}"
    );
}

/// `json!` of a path that is no UTF-8 panicked when the model was already saved.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf8_are_printed_as_far_as_they_go() {
    use std::os::unix::ffi::OsStrExt;

    let house = House::with_table();
    let name = std::ffi::OsStr::from_bytes(b"m\xff.safetensors");
    let mut command = house.command("train good.csv --target y -m linear --format json --quiet -o");
    let done = command.arg(name).output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    let said: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(said["out"], "m\u{fffd}.safetensors");
}

/// Ctrl-C lost all that a search had found.
#[test]
fn a_search_that_is_interrupted_trains_with_the_best_so_far() {
    let house = House::new();
    house.table("some.csv", "a,b,y", 2_000, |_, a, b| {
        format!("{a},{b},{}", (a * 9.0).sin() + b)
    });
    let mut child = house
        .command("tune some.csv --target y -m tree --trials 1000000 --time 1h -o best.safetensors")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    house.ok("show best.safetensors");
}
