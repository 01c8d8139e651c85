#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use serde_json::Value;

use super::crc::crc32c;
use super::events::{event, record, start, version};
use super::*;

fn metrics(values: &[(&str, f64)]) -> Vec<(String, f64)> {
    values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect()
}

#[test]
fn sums_are_castagnolis() {
    // RFC 3720, B.4, and the sum of `123456789` that all catalogues of sums have.
    assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
    assert_eq!(crc32c(&[0xFF; 32]), 0x62A8_AB43);
    assert_eq!(crc32c(b"123456789"), 0xE306_9283);
}

/// The file that TensorBoard's own writer makes of the same steps (`tests/golden/events.py`).
#[test]
fn events_are_tensorboards_byte_for_byte() {
    let steps = [
        (
            1_700_000_000.25,
            1,
            "learning",
            metrics(&[("loss", 2.5), ("tokens per second", 1234.5)]),
        ),
        (
            1_700_000_001.0,
            200,
            "learning",
            metrics(&[("loss", f64::INFINITY)]),
        ),
    ];
    let mut own = record(&version(1_700_000_000.0));
    own.extend(
        steps
            .iter()
            .flat_map(|(time, step, work, metrics)| record(&event(*time, *step, work, metrics))),
    );
    let last = metrics(&[("learning/loss", -0.1), ("\u{e4}", 0.0)]);
    own.extend(record(&event(1_700_000_002.125, 3_000_000_000, "", &last)));
    assert_eq!(own, include_bytes!("../../tests/golden/events.tfevents"));
}

/// The data of whole records; every sum is right.
fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    while let Some((length, _)) = bytes.split_first_chunk::<8>() {
        let end = 12 + u64::from_le_bytes(*length) as usize;
        let data = bytes[12..end].to_vec();
        assert_eq!(record(&data), bytes[..end + 4]);
        all.push(data);
        bytes = &bytes[end + 4..];
    }
    all
}

#[test]
fn every_step_is_there_as_soon_as_it_is_told() {
    let house = tempfile::tempdir().unwrap();
    let (path, folder) = (house.path().join("log.jsonl"), house.path().join("board/run"));
    let (lines, events) = (
        JsonLines::open(&path, false).unwrap(),
        EventFile::create(&folder, false).unwrap(),
    );
    let mut both = Several(vec![Box::new(lines), Box::new(events)]);
    both.begin("boosting", 2);
    for step in 1..=2 {
        both.step(step, &metrics(&[("loss", 1.0 / step as f64), ("odd", f64::NAN)]));
        let text = std::fs::read_to_string(&path).unwrap();
        let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(
            (text.lines().count() as u64, &last["step"]),
            (step, &Value::from(step))
        );
        assert_eq!(last["metrics"]["loss"], 1.0 / step as f64);
        assert!(last["metrics"]["odd"].is_null() && last["seconds"].as_f64() >= Some(0.0));
        assert_eq!(last["work"], "boosting");
        let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
        assert!(file.file_name().to_str().unwrap().contains("tfevents"));
        assert_eq!(
            records(&std::fs::read(file.path()).unwrap()).len() as u64,
            2 + step
        );
    }
    both.end();
}

#[test]
fn a_log_that_is_gone_on_with_keeps_its_lines() {
    let house = tempfile::tempdir().unwrap();
    let path = house.path().join("log.jsonl");
    // The machine stopped within the second line.
    std::fs::write(&path, "{\"step\":1}\n{\"st").unwrap();
    JsonLines::open(&path, true).unwrap().step(2, &[]);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[1]), (3, "{\"st"));
    assert!(lines[2].contains("\"step\":2"));
    JsonLines::open(&path, false).unwrap().step(3, &[]);
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 1);
}

#[test]
fn steps_that_are_made_again_are_there_once() {
    let house = tempfile::tempdir().unwrap();
    let path = house.path().join("log.jsonl");
    let steps = || -> Vec<(String, u64)> {
        let text = std::fs::read_to_string(&path).unwrap();
        let line = |line| serde_json::from_str::<Value>(line).unwrap();
        let step = |line: Value| {
            (
                line["work"].as_str().unwrap().into(),
                line["step"].as_u64().unwrap(),
            )
        };
        text.lines().map(|own| step(line(own))).collect()
    };
    let told = |work: &str, from: u64, to: u64| {
        let mut log = JsonLines::open(&path, true).unwrap();
        log.begin(work, to);
        log.resume(from - 1);
        (from..=to).for_each(|step| log.step(step, &metrics(&[("loss", 0.5)])));
    };
    // Other work counts its own steps, and stays.
    told("choosing", 1, 9);
    told("training", 1, 5);
    std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(b"{\"work\":\"trai")
        .unwrap();
    told("training", 4, 6);
    let of = |work: &str, last| {
        (1..=last)
            .map(move |step| (work.to_owned(), step))
            .collect::<Vec<_>>()
    };
    assert_eq!(steps(), [of("choosing", 9), of("training", 6)].concat());
    // From the beginning, where the last checkpoint was lost.
    told("training", 1, 2);
    assert_eq!(steps(), [of("choosing", 9), of("training", 2)].concat());
}

/// The fields of a message of Protocol Buffers: number and bytes, those of a varint as they are.
fn fields(mut data: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut all = Vec::new();
    while let Some((&key, rest)) = data.split_first() {
        let varint = rest.iter().position(|byte| *byte < 0x80).map(|last| last + 1);
        let (from, to) = match key & 7 {
            0 => (0, varint.unwrap()),
            1 => (0, 8),
            2 => (1, 1 + usize::from(rest[0])),
            kind => unreachable!("kind {kind}"),
        };
        all.push((key >> 3, rest[from..to].to_vec()));
        data = &rest[to..];
    }
    all
}

/// `tensorboard/backend/event_processing/plugin_event_accumulator.py` forgets the steps from that of a `SessionLog.START`
/// on, the step itself too.
#[test]
fn readers_of_events_are_told_where_it_begins_again() {
    let house = tempfile::tempdir().unwrap();
    let mut log = EventFile::create(house.path(), true).unwrap();
    log.begin("training", 500);
    log.resume(299);
    log.step(300, &metrics(&[("loss", 0.5)]));
    let file = std::fs::read_dir(house.path()).unwrap().next().unwrap().unwrap();
    let all = records(&std::fs::read(file.path()).unwrap());
    assert_eq!(all.len(), 3);
    let again = fields(&all[1]);
    assert_eq!(again[0].0, 1);
    assert_eq!(again[1..], [(2, vec![0xAC, 0x02]), (7, vec![0x08, 0x01])]);
    assert_eq!(fields(&all[2])[1], again[1]);
    assert_eq!(start(0.0, 7)[9..], [0x10, 7, 0x3A, 2, 8, 1]);
}

#[test]
fn logs_that_cannot_be_written_are_errors_and_those_that_end_early_say_so() {
    let house = tempfile::tempdir().unwrap();
    assert!(JsonLines::open(&house.path().join("none/log.jsonl"), false).is_err());
    assert!(JsonLines::open(house.path(), false).is_err());
    let file = house.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(EventFile::create(&file.join("below"), false).is_err());
    // A file that is open for reading only stands for a disk that is full.
    let mut records = Records::new(File::open(&file).unwrap(), file);
    records.add(b"a");
    records.add(b"b");
    assert!(records.fault.get().unwrap().to_string().contains("cannot write"));
}

#[test]
fn points_of_a_log_are_those_of_its_work() {
    let house = tempfile::tempdir().unwrap();
    let path = house.path().join("log.jsonl");
    let mut log = JsonLines::open(&path, false).unwrap();
    log.begin("choosing", 1);
    log.step(1, &metrics(&[("loss", 9.0)]));
    log.begin("training", 2);
    (1..=2).for_each(|step| log.step(step, &metrics(&[("loss", step as f64), ("odd", f64::NAN)])));
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"work\":\"trai\n[]\n").unwrap();
    assert_eq!(points(&path, "training", "loss").unwrap(), [(1, 1.0), (2, 2.0)]);
    assert_eq!(points(&path, "training", "odd").unwrap(), []);
    assert!(points(house.path(), "training", "loss").is_err());
}

#[test]
fn a_recorder_keeps_the_last_step_and_not_more_than_it_may() {
    let recorder = Recorder::of("loss");
    let mut monitor: Box<dyn Monitor> = Box::new(recorder.clone());
    monitor.resume(7);
    (8..=200_000).for_each(|step| monitor.step(step, &metrics(&[("odd", 0.0), ("loss", step as f64)])));
    let points = recorder.points();
    assert!((1 << 15..=1 << 16).contains(&points.len()));
    assert!(points.iter().all(|(step, value)| *value == *step as f64));
    assert_eq!(
        (recorder.begun(), points.last()),
        (7, Some(&(200_000, 200_000.0)))
    );
}
