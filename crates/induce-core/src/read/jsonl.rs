//! JSON: one object per line, or one array of objects.
//!
//! The columns are the keys in the order of their first appearance; a key that
//! an object lacks is missing. Numbers and booleans are what they are; a string
//! is a date or text, but never a number; a marker for missing values is one among
//! numbers and dates, and a name among texts.
//!
//! Parsed objects take many times the memory of their values, so that only those
//! of one chunk per thread are there at a time. As in CSV files the type of a
//! column is the join over all chunks, and those that fell short of it are
//! parsed again. An array of objects is one chunk.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bytes::Content;
use super::cells::Cells;
use super::guard;
use super::infer::Type;
use super::json_column::{Object, Part, Unique};
use super::merge::merge;
use super::missing::Missing;
use super::notation;
use super::options::ReadOptions;
use crate::error::{Error, Result};
use crate::parallel::map;
use crate::run::Run;
use crate::table::{Column, ColumnType};

/// Bytes of text that one thread parses at a time.
pub(crate) const CHUNK: usize = 1 << 18;

/// Bytes of a cell while its column is made: a value, the number of its row if it is missing, and room to grow.
const CELL: u64 = 24;
/// Bytes of a parsed object and of a parsed value beside their text.
const OBJECT: u64 = 200;
const VALUE: u64 = 100;

/// The columns of a file, with the reasons for their types, parsed in chunks of about `chunk` bytes.
pub(crate) fn read(
    file: &str,
    content: &Content,
    options: &ReadOptions,
    run: &Run,
    chunk: usize,
) -> Result<Vec<(Column, String)>> {
    let text = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    let array = text.trim_ascii_start().starts_with(b"[");
    let plan = Plan {
        file,
        content,
        text,
        array,
        options,
        missing: Missing::new(&options.missing),
        limit: run.room(),
        cells: AtomicU64::new(0),
    };
    let chunk = if array { text.len() } else { chunk.max(1) };
    plan.read(run.threads(), &ranges(text, chunk))
}

fn broken(file: &str, reason: &str) -> Error {
    guard::malformed(
        file,
        "JSON",
        reason,
        "a line is one object `{\"name\": value, ...}`; or the file is one array of objects",
    )
}

/// Ranges of about `chunk` bytes that end where a line ends.
fn ranges(text: &[u8], chunk: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let from = text.len().min(start + chunk);
        let end = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |at| from + at + 1);
        ranges.push(start..end);
        start = end;
    }
    ranges
}

/// What is to be read from where.
struct Plan<'a> {
    file: &'a str,
    content: &'a Content<'a>,
    text: &'a [u8],
    /// The text is one array of all objects.
    array: bool,
    options: &'a ReadOptions,
    missing: Missing,
    /// Bytes that the table may take.
    limit: u64,
    /// Cells so far: no more than the table will have.
    cells: AtomicU64,
}

/// The parsed columns of one chunk, by key.
struct Chunk {
    rows: usize,
    keys: Vec<String>,
    columns: HashMap<String, Parsed>,
}

/// Cells with their type, or the row of a value that is no single one.
type Parsed = Result<(Type, Cells), usize>;

impl Plan<'_> {
    fn read(&self, threads: usize, ranges: &[Range<usize>]) -> Result<Vec<(Column, String)>> {
        let parsed = map(threads, ranges.len(), |i| self.chunk(&ranges[i]));
        let mut chunks = parsed.into_iter().collect::<Result<Vec<_>>>()?;
        let rows: Vec<usize> = chunks.iter().map(|chunk| chunk.rows).collect();
        let keys = distinct(chunks.iter().flat_map(|chunk| &chunk.keys));
        self.check(&keys, rows.iter().sum())?;
        let wanted: Vec<&String> = keys.iter().filter(|key| self.options.wants(key)).collect();
        for key in &wanted {
            self.check_single(key, &chunks)?;
        }
        let types = self.widen(threads, ranges, &mut chunks, &wanted)?;
        let take = |(key, of): (&&String, &Type)| -> Vec<Cells> {
            let cells = |chunk: &mut Chunk| match chunk.columns.remove(*key) {
                Some(Ok((parsed, cells))) if parsed == *of => cells,
                _ => Cells::blank(*of, chunk.rows),
            };
            chunks.iter_mut().map(cells).collect()
        };
        let cells: Vec<_> = wanted.iter().zip(&types).map(take).map(Mutex::new).collect();
        let join = |i: usize| {
            let cells = std::mem::take(&mut *cells[i].lock().expect("each column is locked once"));
            self.join(wanted[i], types[i], cells, &rows, threads)
        };
        map(threads, wanted.len(), join).into_iter().collect()
    }

    fn chunk(&self, range: &Range<usize>) -> Result<Chunk> {
        let objects = self.objects(range)?;
        let keys = distinct(objects.iter().flat_map(Object::keys));
        let cells = (keys.len() as u64).saturating_mul(objects.len() as u64);
        let before = self.cells.fetch_add(cells, Ordering::Relaxed);
        let parse = |key: &String| (key.clone(), self.part(key, &objects).parse(Type::Empty));
        let wanted = keys.iter().filter(|key| self.options.wants(key));
        // A table that is too large is refused once all of its keys are known, but not made before.
        let fits = keys.len() <= super::npy::COLUMNS && before.saturating_add(cells) <= self.limit / CELL;
        let columns = wanted.filter(|_| fits).map(parse).collect();
        self.content.release(&self.text[range.clone()]);
        Ok(Chunk {
            rows: objects.len(),
            keys,
            columns,
        })
    }

    fn part<'p>(&'p self, key: &'p str, objects: &'p [Object]) -> Part<'p> {
        Part {
            key,
            objects,
            missing: &self.missing,
            pinned: self.options.pinned(key),
            notation: self.options.notation(key),
        }
    }

    /// What a few bytes of text become when they are parsed: `{},` an object, `0,` a value.
    fn check_parsed(&self, text: &[u8]) -> Result<()> {
        let count = |byte| memchr::memchr_iter(byte, text).count() as u64;
        let (objects, values) = (count(b'{'), count(b',') + count(b'['));
        let needed = objects * OBJECT + values * VALUE + text.len() as u64;
        guard::within(format!("`{}`, parsed,", self.file), needed, self.limit)
    }

    fn objects(&self, range: &Range<usize>) -> Result<Vec<Object>> {
        self.check_parsed(&self.text[range.clone()])?;
        if self.array {
            let all = serde_json::from_slice::<Vec<Unique>>(self.text);
            let all = all.map_err(|error| broken(self.file, &error.to_string()))?;
            return Ok(all.into_iter().map(|own| own.0).collect());
        }
        let mut objects = Vec::new();
        let mut at = range.start;
        for line in self.text[range.clone()].split(|&byte| byte == b'\n') {
            if !line.trim_ascii().is_empty() {
                let object = serde_json::from_slice::<Unique>(line);
                objects.push(object.map_err(|error| self.broken_line(at, &error))?.0);
            }
            at += line.len() + 1;
        }
        Ok(objects)
    }

    fn broken_line(&self, at: usize, error: &serde_json::Error) -> Error {
        let number = memchr::memchr_iter(b'\n', &self.text[..at]).count() + 1;
        let error = error.to_string();
        // The library counts lines too, but sees one line only.
        let error = error.split(" at line ").next().unwrap_or_default();
        broken(self.file, &format!("line {number}: {error}"))
    }

    fn check(&self, keys: &[String], rows: usize) -> Result<()> {
        if rows == 0 {
            return Err(broken(self.file, "it has no object"));
        }
        if keys.len() > super::npy::COLUMNS {
            return Err(broken(
                self.file,
                &format!("it has {} different keys", keys.len()),
            ));
        }
        self.options.check_names(keys)?;
        let needed = guard::cells(rows, keys.len(), CELL);
        guard::within(format!("`{}` as a table", self.file), needed, self.limit)
    }

    /// An error if an object has a list or an object at `key`.
    fn check_single(&self, key: &str, chunks: &[Chunk]) -> Result<()> {
        let mut before = 0;
        for chunk in chunks {
            if let Some(Err(row)) = chunk.columns.get(key) {
                let reason = format!("`{key}` of object {} is no single value", before + row + 1);
                let hint = format!("leave it out with --drop '{key}', or spread it over several keys");
                return Err(guard::malformed(self.file, "JSON", reason, hint));
            }
            before += chunk.rows;
        }
        Ok(())
    }

    /// Parse again what is not yet of the join of the types of all chunks, until all is.
    fn widen(
        &self,
        threads: usize,
        ranges: &[Range<usize>],
        chunks: &mut [Chunk],
        wanted: &[&String],
    ) -> Result<Vec<Type>> {
        loop {
            let of = |chunk: &Chunk, key: &str| match chunk.columns.get(key) {
                Some(Ok((of, _))) => *of,
                _ => Type::Empty,
            };
            let join = |key: &&String| {
                let all = chunks.iter().map(|chunk| of(chunk, key));
                all.fold(Type::Empty, Type::join)
            };
            let types: Vec<Type> = wanted.iter().map(join).collect();
            // Markers for missing values are names among texts.
            let names = |i: usize| matches!(types[i], Type::Text | Type::Code);
            let done = |chunk: &Chunk, i: usize| {
                let own = of(chunk, wanted[i]);
                own == types[i] || own == Type::Empty && !(names(i) && chunk.columns.contains_key(wanted[i]))
            };
            let short =
                |chunk: &Chunk| -> Vec<usize> { (0..types.len()).filter(|&i| !done(chunk, i)).collect() };
            let todo: Vec<_> = chunks.iter().map(short).enumerate().collect();
            let todo: Vec<_> = todo
                .into_iter()
                .filter(|(_, columns)| !columns.is_empty())
                .collect();
            if todo.is_empty() {
                return Ok(types);
            }
            let again = map(threads, todo.len(), |i| -> Result<Vec<Parsed>> {
                let objects = self.objects(&ranges[todo[i].0])?;
                let parse = |&column: &usize| self.part(wanted[column], &objects).parse(types[column]);
                let parsed = todo[i].1.iter().map(parse).collect();
                self.content.release(&self.text[ranges[todo[i].0].clone()]);
                Ok(parsed)
            });
            for ((chunk, columns), parsed) in todo.iter().zip(again) {
                for (&column, parsed) in columns.iter().zip(parsed?) {
                    chunks[*chunk].columns.insert(wanted[column].clone(), parsed);
                }
            }
        }
    }

    fn join(
        &self,
        key: &str,
        of: Type,
        cells: Vec<Cells>,
        rows: &[usize],
        threads: usize,
    ) -> Result<(Column, String)> {
        let pinned = self.options.pinned(key);
        let other = pinned.filter(|kind| of == Type::Text && notation::has_others(*kind));
        if let Some(kind) = other {
            let (column, _) = merge(key, of, cells, rows, Some(ColumnType::Category), threads)?;
            let column = notation::read_as(&column, kind, self.options.notation(key))?;
            return Ok((column, "the user says so".into()));
        }
        if pinned.is_some_and(|kind| !of.is_of(kind)) {
            return Err(Error::data(
                format!("not all values of `{key}` are of the kind that was asked for"),
                "any column can be read as category or text",
            ));
        }
        let (column, why) = merge(key, of, cells, rows, pinned, threads)?;
        Ok((
            column,
            if pinned.is_some() {
                "the user says so".into()
            } else {
                why
            },
        ))
    }
}

/// The different keys in the order of their first appearance.
fn distinct<'k>(all: impl Iterator<Item = &'k String>) -> Vec<String> {
    let mut known = HashSet::new();
    all.filter(|key| known.insert(*key)).cloned().collect()
}
