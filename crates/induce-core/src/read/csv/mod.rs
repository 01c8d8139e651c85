//! Text with a delimiter.
//!
//! The text is cut into chunks of whole records. Each chunk is parsed by one
//! thread, straight into typed vectors of one per column, with the type that
//! the first rows suggest; a chunk that meets a value beyond that type widens
//! it for itself. The type of a column is the join over all chunks, and only
//! the chunks of a column that fell short of it are parsed again. So the result
//! depends neither on the threads nor on where the chunks end, and a value in
//! the last row counts as much as one in the first.

mod fault;
mod fields;
mod parse;
mod sniff;
mod source;
mod split;

use self::fields::Dialect;
use self::parse::Plan;
use super::bytes::Content;
use super::finish::in_order;
use super::missing::Missing;
use super::options::{ReadOptions, SniffedColumn};
use crate::error::Result;
use crate::run::Run;
use crate::table::Table;

pub(crate) use self::split::chunk;

/// What was read, and the guesses about the layout.
pub(crate) struct Csv {
    pub(crate) table: Table,
    pub(crate) columns: Vec<SniffedColumn>,
    pub(crate) delimiter: u8,
    pub(crate) header: (bool, String),
}

/// Read a CSV file of which `text` is the whole content, in chunks of about `chunk` bytes.
pub(crate) fn read(
    file: &str,
    content: &Content,
    options: &ReadOptions,
    run: &Run,
    chunk: usize,
) -> Result<Csv> {
    let text = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    fault::check_start(file, text)?;
    let dialect = dialect(text, options);
    let missing = Missing::new(&options.missing);
    let header = match options.header {
        Some(true) => (true, "the user says so".to_string()),
        Some(false) => (false, "the user says so".to_string()),
        None => sniff::guess_header(text, dialect, &missing),
    };
    let (names, body) = names(file, text, dialect, header.0)?;
    options.check_names(&names)?;
    if text[body..].iter().all(u8::is_ascii_whitespace) {
        return Err(fault::header_only(file, &names));
    }
    let plan = Plan::new(file, content, text, body, dialect, names, options, &missing);
    let (table, columns) = plan.read(run.threads(), chunk)?;
    let (table, columns) = in_order(table, columns, options)?;
    Ok(Csv {
        table,
        columns,
        delimiter: dialect.delimiter,
        header,
    })
}

fn dialect(text: &[u8], options: &ReadOptions) -> Dialect {
    let start = &text[..text.len().min(1 << 16)];
    let old_mac = start.contains(&b'\r') && !text.contains(&b'\n');
    let newline = if old_mac { b'\r' } else { b'\n' };
    Dialect {
        delimiter: options
            .delimiter
            .unwrap_or_else(|| sniff::guess_delimiter(text, newline)),
        newline,
    }
}

/// The names of the columns, and where the first row of values begins.
fn names(file: &str, text: &[u8], dialect: Dialect, header: bool) -> Result<(Vec<String>, usize)> {
    let records = sniff::first_records(text, dialect, 1);
    let Some((first, end)) = records.into_iter().next() else {
        return Err(fault::empty(file));
    };
    fault::check_text(file, text, 0, &text[..end])?;
    if !header {
        return Ok(((0..first.len()).map(|column| format!("x{column}")).collect(), 0));
    }
    let mut seen = std::collections::HashSet::new();
    let mut names = Vec::with_capacity(first.len());
    for (column, name) in first.into_iter().enumerate() {
        let name = if name.is_empty() {
            format!("x{column}")
        } else {
            name
        };
        if !seen.insert(name.clone()) {
            return Err(fault::twice(file, &name));
        }
        names.push(name);
    }
    Ok((names, end))
}
