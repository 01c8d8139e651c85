//! What the model tells of itself, section by section.

use induce_core::model::{Bars, Block, Grid, Section};
use induce_core::words::capital;
use serde::Serialize;

use super::Entry;
use super::figures::{Figure, figure};
use crate::chart::{self, Bar};

/// The most bars of a chart.
const MOST_BARS: usize = 40;

/// A table with more rows than this is folded.
const FOLDED: usize = 40;

/// A heading and what is under it.
#[derive(Serialize)]
pub(super) struct Part {
    title: String,
    pieces: Vec<Piece>,
}

/// What the template sees of a block, or of neighbours of one kind.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Piece {
    /// Paragraphs.
    Texts(Vec<String>),
    Facts(Vec<Entry>),
    Table(Table),
    Figures(Vec<Figure>),
}

/// A table whose columns of numbers are known.
#[derive(Serialize)]
pub(super) struct Table {
    head: Vec<Head>,
    rows: Vec<Vec<Cell>>,
    folded: bool,
}

#[derive(Serialize)]
struct Head {
    text: String,
    number: bool,
}

#[derive(Serialize)]
struct Cell {
    text: String,
    number: bool,
    /// What the column is sorted by; empty for its text.
    key: String,
}

/// The sections that have something to show.
pub(super) fn parts(sections: &[Section]) -> Vec<Part> {
    let parts = sections.iter().map(|section| Part {
        title: section.title.clone(),
        pieces: pieces(&section.blocks),
    });
    parts.filter(|part| !part.pieces.is_empty()).collect()
}

fn pieces(blocks: &[Block]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for block in blocks {
        match (pieces.last_mut(), piece(block)) {
            (_, None) => {}
            (Some(Piece::Texts(all)), Some(Piece::Texts(own))) => all.extend(own),
            (Some(Piece::Figures(all)), Some(Piece::Figures(own))) => all.extend(own),
            (_, Some(own)) => pieces.push(own),
        }
    }
    pieces
}

/// The block; nothing where it has nothing to show.
fn piece(block: &Block) -> Option<Piece> {
    match block {
        Block::Text(text) => (!text.trim().is_empty()).then(|| Piece::Texts(vec![capital(&minus(text))])),
        Block::Facts(facts) => {
            let facts: Vec<Entry> = facts
                .iter()
                .map(|(name, value)| Entry::new(capital(name), minus(value)))
                .collect();
            (!facts.is_empty()).then_some(Piece::Facts(facts))
        }
        Block::Grid(grid) => (!grid.rows.is_empty()).then(|| Piece::Table(table(grid))),
        drawn => drawing(drawn).map(|own| Piece::Figures(vec![own])),
    }
}

fn drawing(block: &Block) -> Option<Figure> {
    match block {
        Block::Intervals(data) => {
            let some = data.rows.iter().any(|row| row.1.is_finite());
            let caption = "Each point is an estimate, its line the interval. An estimate whose interval holds the vertical \
                           line, drawn hollow, may be no effect at all.";
            some.then(|| {
                figure(&chart::intervals_title(data), caption, true, |width| {
                    chart::intervals(data, width)
                })
            })
        }
        Block::Lines(data) => {
            let some = data.curves.iter().any(|curve| !curve.1.is_empty());
            let mark = if data.mark.is_some() {
                "The dashed line marks the value that was chosen."
            } else {
                ""
            };
            some.then(|| {
                figure(&chart::lines_title(data), mark, true, |width| {
                    chart::lines(data, width)
                })
            })
        }
        Block::Points(data) => {
            let some = data.groups.iter().any(|group| !group.1.is_empty());
            let band = data.line.as_ref().is_some_and(|line| line.1 > 0.0);
            let caption = match (&data.line, band) {
                (Some(_), true) => {
                    "The line is the model; the band around it is how far a row may miss it and still belong to it."
                }
                (Some(_), false) => "The line is the model.",
                (None, _) => "",
            };
            some.then(|| {
                figure(&chart::points_title(data), caption, true, |width| {
                    chart::points(data, width)
                })
            })
        }
        Block::Bars(data) => {
            let bars = bars(data);
            let some = bars.bars.iter().any(|bar| bar.value.is_finite());
            some.then(|| figure(&bars.title, "", true, |width| chart::bars(&bars, width)))
        }
        Block::Tree(root) => {
            let caption = "A row starts at the top and goes left where the answer is yes. The ring marks the way of rows whose \
                           value is missing. A narrow screen has the same tree as an outline.";
            (!chart::is_empty(root)).then(|| figure("Tree", caption, true, |width| chart::tree(root, width)))
        }
        Block::Pictures(data) => (!data.pixels.is_empty())
            .then(|| figure("Images", "", true, |width| chart::pictures(data, width))),
        Block::Text(_) | Block::Facts(_) | Block::Grid(_) => None,
    }
}

fn bars(data: &Bars) -> chart::Bars {
    let bar = |(name, value): &(String, f64)| Bar {
        name: name.clone(),
        value: *value,
        ..Bar::default()
    };
    chart::Bars {
        title: capital(&data.axis),
        bars: data.rows.iter().map(bar).collect(),
        most: MOST_BARS,
        ..chart::Bars::default()
    }
}

/// A grid as the template sees it.
pub(super) fn table(grid: &Grid) -> Table {
    let columns = grid
        .rows
        .iter()
        .map(Vec::len)
        .chain([grid.head.len()])
        .max()
        .unwrap_or(0);
    let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
    // Numbers stand at the right, also those with a bound or an interval.
    let number = |column: usize| {
        let mut cells = grid.rows.iter().map(|row| cell(row, column));
        column > 0 && cells.all(|cell| cell.is_empty() || is_none(&cell) || leading(&cell).is_some())
    };
    let numbers: Vec<bool> = (0..columns).map(number).collect();
    let head = (0..columns).map(|column| Head {
        text: heading(&cell(&grid.head, column)),
        number: numbers[column],
    });
    let rows = grid.rows.iter().map(|row| {
        let cells = (0..columns).map(|column| {
            let text = cell(row, column);
            let key = leading(&text).filter(|_| numbers[column]);
            let missing = if numbers[column] { "-1e300" } else { "" };
            Cell {
                key: key.map_or(missing.to_owned(), |key| key.to_string()),
                text: if is_none(&text) {
                    "–".to_owned()
                } else {
                    minus(&text)
                },
                number: numbers[column],
            }
        });
        cells.collect()
    });
    Table {
        head: head.collect(),
        folded: grid.rows.len() > FOLDED,
        rows: rows.collect(),
    }
}

/// With a capital, but for symbols: `z`, `p`.
fn heading(text: &str) -> String {
    if text.chars().count() > 2 {
        capital(text)
    } else {
        text.to_owned()
    }
}

/// Whether a cell says that there is no number.
fn is_none(cell: &str) -> bool {
    matches!(cell, "-" | "NaN" | "inf" | "-inf")
}

/// The finite number that a cell begins with, behind a `<` if there is one.
fn leading(cell: &str) -> Option<f64> {
    let word = cell
        .trim_start_matches(['<', '>', '=', '≤', '≥', ' '])
        .split([' ', '\u{a0}'])
        .next()?;
    let number: f64 = word
        .trim_end_matches('%')
        .replace(',', "")
        .replace('−', "-")
        .parse()
        .ok()?;
    number.is_finite().then_some(number)
}

/// The hyphens of numbers as true minus signs.
fn minus(words: &str) -> String {
    let signed = |word: &str| match word.strip_prefix('-') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("−{rest}"),
        _ => word.to_owned(),
    };
    words.split(' ').map(signed).collect::<Vec<_>>().join(" ")
}
