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
use crate::words::counted;

pub(crate) use self::split::chunk;

/// What was read, and the guesses about the layout.
pub(crate) struct Csv {
    pub(crate) table: Table,
    pub(crate) columns: Vec<SniffedColumn>,
    pub(crate) delimiter: u8,
    pub(crate) header: (bool, String),
    /// What was passed over, in words.
    pub(crate) notes: Vec<String>,
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
    let start = preface(text);
    let head = &text[start.bytes..];
    let dialect = dialect(head, options, start.delimiter);
    let missing = Missing::new(&options.missing);
    let header = match options.header {
        Some(true) => (true, "the user says so".to_string()),
        Some(false) => (false, "the user says so".to_string()),
        None => sniff::guess_header(head, dialect, &missing),
    };
    let (names, body) = names(file, head, dialect, header.0)?;
    let body = start.bytes + body;
    options.check_names(&names)?;
    if text[body..].iter().all(u8::is_ascii_whitespace) {
        return Err(fault::header_only(file, &names));
    }
    let blank = (names.len() == 1).then(|| blank_lines(&text[body..]));
    let plan = Plan::new(file, content, text, body, dialect, names, options, &missing);
    let (table, columns) = plan.read(run.threads(), chunk)?;
    let (table, columns) = in_order(table, columns, options)?;
    Ok(Csv {
        table,
        columns,
        delimiter: dialect.delimiter,
        header,
        notes: start.note.into_iter().chain(blank.flatten()).collect(),
    })
}

/// A note on lines of a single column in which nothing stands: they are no rows, as in all tables, but may be meant.
fn blank_lines(body: &[u8]) -> Option<String> {
    let lines = body.trim_ascii_end().split(|byte| *byte == b'\n');
    let blank = lines.filter(|line| line.trim_ascii().is_empty()).count();
    let (are, them) = if blank == 1 { ("is", "it") } else { ("are", "each") };
    (blank > 0).then(|| {
        format!(
            "{} {are} passed over; a row without a value is `\"\"`, if {them} is meant as one",
            counted(blank, "blank line")
        )
    })
}

/// What stands in front of a table.
#[derive(Default)]
struct Preface {
    bytes: usize,
    /// What `sep=;` says, as Excel writes it.
    delimiter: Option<u8>,
    note: Option<String>,
}

/// The comments in front of a table, or Excel's word on the delimiter; `#id,name` above rows of as many fields is a header.
fn preface(text: &[u8]) -> Preface {
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter, rest @ ..] = text
        && let Some(end) = rest.iter().position(|&byte| byte == b'\n').filter(|end| *end < 2)
    {
        return Preface {
            bytes: 6 + end,
            delimiter: Some(*delimiter),
            note: Some("the first line names the delimiter (`sep=`) and is passed over".into()),
        };
    }
    let (mut bytes, mut lines, mut last) = (0, 0, &text[..0]);
    while text[bytes..].starts_with(b"#") {
        let end = memchr::memchr(b'\n', &text[bytes..]).map_or(text.len(), |end| bytes + end + 1);
        (last, bytes, lines) = (&text[bytes..end], end, lines + 1);
    }
    let next = text[bytes..]
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let fields = |line: &[u8]| b",;\t|".map(|mark| line.iter().filter(|&&byte| byte == mark).count());
    if lines == 0 || bytes == text.len() || (fields(last) == fields(next) && fields(next) != [0; 4]) {
        return Preface::default();
    }
    Preface {
        bytes,
        note: Some(format!(
            "{} in front of the table that begin with `#` are passed over",
            counted(lines, "line")
        )),
        ..Preface::default()
    }
}

fn dialect(text: &[u8], options: &ReadOptions, said: Option<u8>) -> Dialect {
    let start = &text[..text.len().min(1 << 16)];
    let old_mac = start.contains(&b'\r') && !text.contains(&b'\n');
    let newline = if old_mac { b'\r' } else { b'\n' };
    Dialect {
        delimiter: options
            .delimiter
            .or(said)
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

#[cfg(test)]
mod tests {
    use super::preface;

    #[test]
    fn comments_and_the_word_of_excel_are_passed_over() {
        let bytes = |text: &str| preface(text.as_bytes()).bytes;
        assert_eq!(bytes("# made by hand\n# in 2024\na,b\n1,2\n"), 25);
        assert_eq!(bytes("#a,b\n1,2\n"), 0, "a header");
        assert_eq!(bytes("# only comments\n"), 0);
        assert_eq!(bytes("a,b\n#1,2\n"), 0);
        assert_eq!(bytes("sep=;\na;b\n"), 6);
        assert_eq!(bytes("sep=;\r\na;b\n"), 7);
        assert_eq!(preface(b"sep=;\na,b\n").delimiter, Some(b';'));
        assert_eq!(bytes("sepal=1\n"), 0);
    }
}
