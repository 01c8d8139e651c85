//! Which kind of data is in a file, for models that learn from more than one.

use std::path::Path;

use anyhow::Result;
use induce::core::model::{DataKind, Entry};
use induce::core::read;

use super::{graph, text};
use crate::args::Reading;
use crate::session::Session;

/// The kind of data in a file that a model of `entry` learns from.
pub fn kind(entry: &Entry, path: &Path, reading: &Reading, session: &Session) -> Result<DataKind> {
    let also = |kind: DataKind| entry.input != kind && entry.reads(kind);
    if also(DataKind::Graph) {
        if graph::is_graph(path, reading, session)? {
            return Ok(DataKind::Graph);
        }
        graph::doubt(path, reading, session)?;
    }
    if also(DataKind::Images) && reading.input.is_none() && read::are_images(path) {
        return Ok(DataKind::Images);
    }
    if also(DataKind::Text) && text::is_text(path, reading) {
        return Ok(DataKind::Text);
    }
    Ok(entry.input)
}
