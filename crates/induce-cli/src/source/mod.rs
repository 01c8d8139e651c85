//! Where data come from: a file per kind, behind one small trait. No other part of the command line knows kinds apart.

mod choice;
pub mod graph;
mod kind;
mod plain;
pub mod rows;
mod text;

use induce::core::model::DataKind;

pub use choice::kind;
pub use kind::{Input, Page, STEPS, Source, Training, file_name};

/// The source of a kind of data.
pub fn of(kind: DataKind) -> &'static dyn Source {
    match kind {
        DataKind::Rows => &rows::RowsSource,
        DataKind::Text => &text::TextSource,
        DataKind::Images => &plain::IMAGES,
        DataKind::Graph => &graph::GraphSource,
        DataKind::Environment => &plain::ENVIRONMENT,
    }
}
