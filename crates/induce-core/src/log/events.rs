//! Event files of TensorBoard: records of TFRecord, each an `Event` of `tensorflow/core/util/event.proto`.
//!
//! ```text
//! record   length: u64, masked CRC-32C of it: u32, data, masked CRC-32C of them: u32
//! Event    1 wall_time: double, 2 step: int64, 3 file_version: string | 5 summary: Summary | 7 session_log: SessionLog
//! Summary  1 value: { 1 tag: string, 2 simple_value: float }, any number of them
//! SessionLog  1 status: 1 for a start, from which on older files of the folder do not count
//! ```

use std::fs::File;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::crc::masked;
use super::{Fault, Records};
use crate::{Error, Monitor, Result};

/// Scalars over steps, under `WORK/METRIC`.
pub struct EventFile {
    records: Records,
    work: String,
}

impl EventFile {
    /// Begin a file of its own in `folder`, which is made if it is not there. Unless it is to go on with older files, those do
    /// not count any more.
    ///
    /// # Errors
    /// If the folder or the file cannot be made.
    pub fn create(folder: &Path, go_on: bool) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
        let now = now();
        let name = format!(
            "events.out.tfevents.{:010}.induce.{}.v2",
            now as u64,
            std::process::id()
        );
        let path = folder.join(name);
        let file = File::create(&path).map_err(|e| Error::io("write", &path, e))?;
        let mut records = Records::new(file, path);
        records.add(&record(&version(now)));
        if !go_on {
            records.add(&record(&start(now, 0)));
        }
        Ok(Self {
            records,
            work: String::new(),
        })
    }

    /// Where to look for what ended the file early.
    pub fn fault(&self) -> Fault {
        self.records.fault.clone()
    }
}

impl Monitor for EventFile {
    fn begin(&mut self, what: &str, _steps: u64) {
        what.clone_into(&mut self.work);
    }

    fn resume(&mut self, step: u64) {
        self.records.add(&record(&start(now(), step + 1)));
    }

    fn step(&mut self, step: u64, metrics: &[(String, f64)]) {
        if !metrics.is_empty() {
            self.records
                .add(&record(&event(now(), step, &self.work, metrics)));
        }
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0.0, |passed| passed.as_secs_f64())
}

/// Data with their length and sums.
pub(super) fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut out = length.to_vec();
    out.extend(masked(&length).to_le_bytes());
    out.extend(data);
    out.extend(masked(data).to_le_bytes());
    out
}

// Kinds of fields in a key of Protocol Buffers.
const VARINT: u8 = 0;
const DOUBLE: u8 = 1;
const BYTES: u8 = 2;
const FLOAT: u8 = 5;

fn key(out: &mut Vec<u8>, field: u8, kind: u8) {
    out.push(field << 3 | kind);
}

/// Seven bits a byte, the low ones first.
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7F {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn bytes(out: &mut Vec<u8>, field: u8, value: &[u8]) {
    key(out, field, BYTES);
    varint(out, value.len() as u64);
    out.extend(value);
}

fn time(seconds: f64) -> Vec<u8> {
    let mut out = Vec::new();
    key(&mut out, 1, DOUBLE);
    out.extend(seconds.to_le_bytes());
    out
}

/// The first event of a file.
pub(super) fn version(seconds: f64) -> Vec<u8> {
    let mut out = time(seconds);
    bytes(&mut out, 3, b"brain.Event:2");
    out
}

/// A start again with `step`: readers forget what they know of it and of later ones.
pub(super) fn start(seconds: f64, step: u64) -> Vec<u8> {
    let mut out = time(seconds);
    key(&mut out, 2, VARINT);
    varint(&mut out, step);
    let mut session = Vec::new();
    key(&mut session, 1, VARINT);
    varint(&mut session, 1);
    bytes(&mut out, 7, &session);
    out
}

/// The metrics of a step.
pub(super) fn event(seconds: f64, step: u64, work: &str, metrics: &[(String, f64)]) -> Vec<u8> {
    let mut summary = Vec::new();
    for (name, value) in metrics {
        let mut scalar = Vec::new();
        let tag = if work.is_empty() {
            name.clone()
        } else {
            format!("{work}/{name}")
        };
        bytes(&mut scalar, 1, tag.as_bytes());
        key(&mut scalar, 2, FLOAT);
        scalar.extend((*value as f32).to_le_bytes());
        bytes(&mut summary, 1, &scalar);
    }
    let mut out = time(seconds);
    key(&mut out, 2, VARINT);
    varint(&mut out, step);
    bytes(&mut out, 5, &summary);
    out
}
