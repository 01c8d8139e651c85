//! All chunks of all columns, parsed and joined.

use std::ops::Range;
use std::sync::Mutex;

use super::fault::{self, not_a};
use super::fields::{Dialect, Fault, Fields};
use super::source::Source;
use super::split::split;
use crate::error::Result;
use crate::parallel::map;
use crate::read::bytes::Content;
use crate::read::cells::Cells;
use crate::read::infer::Type;
use crate::read::merge::merge;
use crate::read::missing::Missing;
use crate::read::notation;
use crate::read::options::{ReadOptions, SniffedColumn};
use crate::table::{Column, ColumnType, Notation, Table};

/// Rows at the beginning that suggest the types.
const SAMPLE: usize = 100;

/// What is to be read from where.
pub(super) struct Plan<'a> {
    file: &'a str,
    content: &'a Content<'a>,
    text: &'a [u8],
    body: usize,
    dialect: Dialect,
    width: usize,
    missing: &'a Missing,
    wanted: Vec<Wanted>,
}

/// A column that is kept.
struct Wanted {
    place: usize,
    name: String,
    pinned: Option<ColumnType>,
    notation: Option<Notation>,
}

impl Wanted {
    /// Whether what looks like a number may be another one: `1.234` is 1234 among decimal commas.
    fn is_text_first(&self) -> bool {
        let texts = matches!(self.pinned, Some(ColumnType::Category | ColumnType::Text));
        texts || (self.pinned == Some(ColumnType::Number) && self.notation == Some(Notation::DecimalComma))
    }
}

/// The parsed columns of one chunk, with their types.
struct Chunk {
    rows: usize,
    columns: Vec<(Type, Cells)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        file: &'a str,
        content: &'a Content<'a>,
        text: &'a [u8],
        body: usize,
        dialect: Dialect,
        names: Vec<String>,
        options: &ReadOptions,
        missing: &'a Missing,
    ) -> Self {
        let width = names.len();
        let wanted = |(place, name): (usize, String)| Wanted {
            place,
            pinned: options.pinned(&name),
            notation: options.notation(&name),
            name,
        };
        Self {
            file,
            content,
            text,
            body,
            dialect,
            width,
            missing,
            wanted: names
                .into_iter()
                .enumerate()
                .filter(|(_, name)| options.wants(name))
                .map(wanted)
                .collect(),
        }
    }

    pub(super) fn read(&self, threads: usize, chunk: usize) -> Result<(Table, Vec<SniffedColumn>)> {
        let ranges = split(&self.text[self.body..], chunk, self.dialect)
            .map_err(|at| fault::open_quote(self.file, self.line(self.body + at)))?;
        let ranges: Vec<_> = ranges
            .iter()
            .map(|r| r.start + self.body..r.end + self.body)
            .collect();
        self.read_chunks(threads, &ranges).map_err(|error| {
            // Which fault a chunk meets first depends on where it begins, so that wrong text goes first.
            let text = fault::check_text(self.file, self.text, self.body, &self.text[self.body..]);
            text.err().unwrap_or(error)
        })
    }

    fn read_chunks(&self, threads: usize, ranges: &[Range<usize>]) -> Result<(Table, Vec<SniffedColumn>)> {
        let guesses = self.guesses(&ranges[0])?;
        let parsed = map(threads, ranges.len(), |i| self.parse(&ranges[i], &guesses));
        let mut chunks = parsed.into_iter().collect::<Result<Vec<_>>>()?;
        let types = self.widen(threads, ranges, &mut chunks)?;
        for (wanted, of) in self.wanted.iter().zip(&types) {
            self.check_pin(wanted, *of, ranges)?;
        }
        self.join(threads, chunks, &types)
    }

    fn line(&self, at: usize) -> usize {
        fault::line(self.text, at, self.dialect.newline)
    }

    fn source<'s>(&'s self, text: &'s [u8], fields: &'s Fields, wanted: &Wanted) -> Source<'s> {
        Source {
            text,
            fields,
            column: wanted.place,
            missing: self.missing,
            boolean: wanted.pinned == Some(ColumnType::Boolean),
            number: wanted.pinned == Some(ColumnType::Number),
        }
    }

    fn fields(&self, range: &Range<usize>) -> Result<Fields> {
        let text = &self.text[range.clone()];
        if u32::try_from(text.len()).is_err() {
            return Err(fault::too_long(text.len()));
        }
        Fields::find(text, self.width, self.dialect).map_err(|Fault::Ragged { at, found }| {
            fault::ragged(self.file, self.line(range.start + at), found, self.width)
        })
    }

    /// The types that the first rows suggest; a pinned text is a text whatever it looks like.
    fn guesses(&self, first: &Range<usize>) -> Result<Vec<Type>> {
        let fields = self.fields(first)?;
        let text = &self.text[first.clone()];
        let guess = |wanted: &Wanted| match wanted.is_text_first() {
            true => Type::Text,
            false => self.source(text, &fields, wanted).guess(SAMPLE),
        };
        Ok(self.wanted.iter().map(guess).collect())
    }

    fn parse(&self, range: &Range<usize>, guesses: &[Type]) -> Result<Chunk> {
        let text = &self.text[range.clone()];
        fault::check_text(self.file, self.text, range.start, text)?;
        let fields = self.fields(range)?;
        let parse = |(wanted, guess): (&Wanted, &Type)| self.source(text, &fields, wanted).parse(*guess);
        let columns = self.wanted.iter().zip(guesses).map(parse).collect();
        // Few chunks are read twice; a file that is mapped must not stand beside its whole table.
        self.content.release(text);
        Ok(Chunk {
            rows: fields.rows(),
            columns,
        })
    }

    /// Parse again what is not yet of the join of the types of all chunks, until all is.
    fn widen(&self, threads: usize, ranges: &[Range<usize>], chunks: &mut [Chunk]) -> Result<Vec<Type>> {
        loop {
            let join = |column: usize| {
                chunks
                    .iter()
                    .map(|chunk| chunk.columns[column].0)
                    .fold(Type::Empty, Type::join)
            };
            let types: Vec<Type> = (0..self.wanted.len()).map(join).collect();
            let short = |chunk: &Chunk| -> Vec<usize> {
                (0..types.len())
                    .filter(|&column| chunk.columns[column].0 != types[column])
                    .collect()
            };
            let todo: Vec<(usize, Vec<usize>)> = chunks
                .iter()
                .map(short)
                .enumerate()
                .filter(|(_, columns)| !columns.is_empty())
                .collect();
            if todo.is_empty() {
                return Ok(types);
            }
            let again = map(threads, todo.len(), |i| {
                self.again(&ranges[todo[i].0], &todo[i].1, &types)
            });
            for ((chunk, columns), parsed) in todo.into_iter().zip(again) {
                for (column, parsed) in columns.into_iter().zip(parsed?) {
                    chunks[chunk].columns[column] = parsed;
                }
            }
        }
    }

    fn again(&self, range: &Range<usize>, columns: &[usize], types: &[Type]) -> Result<Vec<(Type, Cells)>> {
        let fields = self.fields(range)?;
        let text = &self.text[range.clone()];
        let parse = |&column: &usize| {
            self.source(text, &fields, &self.wanted[column])
                .parse(types[column])
        };
        let parsed = columns.iter().map(parse).collect();
        self.content.release(text);
        Ok(parsed)
    }

    /// Whether the first values of a column are numbers or dates in another notation.
    fn may_be(&self, wanted: &Wanted, kind: ColumnType, ranges: &[Range<usize>]) -> Result<bool> {
        let Some(range) = ranges.first() else {
            return Ok(false);
        };
        let (fields, text) = (self.fields(range)?, &self.text[range.clone()]);
        let source = self.source(text, &fields, wanted);
        let rows = (0..fields.rows()).filter(|&row| source.type_at(row) != Type::Empty);
        let texts: Vec<String> = rows
            .map(|row| String::from_utf8_lossy(&source.text_at(row).0).into_owned())
            .collect();
        Ok(notation::are(&texts, kind, wanted.notation))
    }

    /// An error with the first value that is not of the kind the user says.
    fn check_pin(&self, wanted: &Wanted, of: Type, ranges: &[Range<usize>]) -> Result<()> {
        let Some(kind) = wanted.pinned.filter(|kind| !of.is_of(*kind)) else {
            return Ok(());
        };
        if of == Type::Text && notation::has_others(kind) && self.may_be(wanted, kind, ranges)? {
            return Ok(());
        }
        for range in ranges {
            let (fields, text) = (self.fields(range)?, &self.text[range.clone()]);
            let source = self.source(text, &fields, wanted);
            if let Some(row) = (0..fields.rows()).find(|&row| !source.type_at(row).is_of(kind)) {
                let value = String::from_utf8_lossy(&source.text_at(row).0).into_owned();
                return Err(not_a(
                    kind,
                    &wanted.name,
                    self.line(range.start + fields.start(row)),
                    &value,
                ));
            }
        }
        // Every value fits by itself, but not all together: moments beyond nanoseconds.
        Err(not_a(
            kind,
            &wanted.name,
            self.line(self.body),
            "(all values together)",
        ))
    }

    fn join(
        &self,
        threads: usize,
        chunks: Vec<Chunk>,
        types: &[Type],
    ) -> Result<(Table, Vec<SniffedColumn>)> {
        let rows: Vec<usize> = chunks.iter().map(|chunk| chunk.rows).collect();
        let mut columns: Vec<Vec<Cells>> = types.iter().map(|_| Vec::with_capacity(chunks.len())).collect();
        for chunk in chunks {
            for (column, (_, cells)) in columns.iter_mut().zip(chunk.columns) {
                column.push(cells);
            }
        }
        let columns: Vec<_> = columns.into_iter().map(Mutex::new).collect();
        let merged = map(threads, types.len(), |i| {
            let cells = std::mem::take(&mut *columns[i].lock().expect("each column is locked once"));
            let wanted = &self.wanted[i];
            let other = wanted
                .pinned
                .filter(|kind| types[i] == Type::Text && notation::has_others(*kind));
            let pinned = other.map_or(wanted.pinned, |_| Some(ColumnType::Category));
            let (mut column, why) = merge(&wanted.name, types[i], cells, &rows, pinned, threads)?;
            if let Some(kind) = other {
                column = notation::read_as(&column, kind, wanted.notation)?;
            }
            Ok((sniffed(&column, wanted, why), column))
        });
        let (sniffed, columns): (Vec<_>, Vec<Column>) = merged
            .into_iter()
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .unzip();
        Ok((Table::new(columns)?, sniffed))
    }
}

fn sniffed(column: &Column, wanted: &Wanted, why: String) -> SniffedColumn {
    SniffedColumn {
        name: column.name().into(),
        kind: column.column_type(),
        why: if wanted.pinned.is_some() {
            "the user says so".into()
        } else {
            why
        },
        missing: column.missing(),
        notation: column.notation(),
    }
}
