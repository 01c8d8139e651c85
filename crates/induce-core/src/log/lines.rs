//! A line of JSON per step.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{Fault, Records};
use crate::{Error, Monitor, Result};

/// `{"work": "boosting", "step": 3, "seconds": 0.25, "metrics": {"train rmse": 0.5}}`, a line per step.
///
/// Every step is there once: work that goes on from a checkpoint takes off the lines of the steps that it makes again.
/// Seconds count from when the log was opened; a metric that is no number is `null`.
pub struct JsonLines {
    records: Records,
    clock: Instant,
    work: String,
}

impl JsonLines {
    /// Begin a log at `path`, or go on with the one that is there.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn open(path: &Path, go_on: bool) -> Result<Self> {
        let fault = |e| Error::io("write", path, e);
        let mut options = OpenOptions::new();
        options.create(true).read(true);
        let options = if go_on {
            options.append(true)
        } else {
            options.write(true).truncate(true)
        };
        let mut file = options.open(path).map_err(fault)?;
        let cut = cut_off(&mut file).map_err(fault)?;
        let mut records = Records::new(file, path.into());
        if cut {
            records.add(b"\n");
        }
        Ok(Self {
            records,
            clock: Instant::now(),
            work: String::new(),
        })
    }

    /// Where to look for what ended the log early.
    pub fn fault(&self) -> Fault {
        self.records.fault.clone()
    }
}

/// `(step, value)` of a metric of `work` in the log at `path`; lines that are not of it, or damaged, are passed over.
///
/// # Errors
/// If the file cannot be read.
pub fn points(path: &Path, work: &str, metric: &str) -> Result<Vec<(u64, f64)>> {
    let file = std::fs::File::open(path).map_err(|e| Error::io("read", path, e))?;
    let mut points = Vec::new();
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|e| Error::io("read", path, e))?;
        let line: Value = serde_json::from_str(&line).unwrap_or_default();
        let own = line["work"] == work;
        points.extend(
            line["step"]
                .as_u64()
                .zip(line["metrics"][metric].as_f64())
                .filter(|_| own),
        );
    }
    Ok(points)
}

/// Whether the last line has no end: the machine stopped, not only the process.
fn cut_off(file: &mut std::fs::File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The bytes of a log before its last lines that are of later steps of `work`, or cut off.
fn before(text: &[u8], work: &str, step: u64) -> usize {
    let again = |line: &&[u8]| match serde_json::from_slice::<Value>(line) {
        Ok(line) => line["work"] == work && line["step"].as_u64() > Some(step),
        Err(_) => line.starts_with(b"{"),
    };
    let lines = text.split_inclusive(|byte| *byte == b'\n').rev();
    text.len() - lines.take_while(again).map(<[u8]>::len).sum::<usize>()
}

impl Monitor for JsonLines {
    fn begin(&mut self, what: &str, _steps: u64) {
        what.clone_into(&mut self.work);
    }

    fn resume(&mut self, step: u64) {
        let done = std::fs::read(&self.records.path)
            .and_then(|text| self.records.file.set_len(before(&text, &self.work, step) as u64));
        self.records.check(done);
    }

    fn step(&mut self, step: u64, metrics: &[(String, f64)]) {
        let metrics: Map<String, Value> = metrics
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        let seconds = self.clock.elapsed().as_secs_f64();
        let record = json!({"work": self.work, "step": step, "seconds": seconds, "metrics": metrics});
        self.records.add(format!("{record}\n").as_bytes());
    }
}
