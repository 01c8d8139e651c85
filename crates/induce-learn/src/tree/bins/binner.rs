//! One feature's rule from values to codes, and a table's codes.

use induce_core::Run;
use induce_core::parallel::map;
use induce_core::random::Stream;
use serde::{Deserialize, Serialize};

use super::cuts::{SAMPLE, cuts, cuts_between};
use super::whole::counted;
use super::{CodeColumn, Codes, Search};
use induce_core::model::{FeatureType, Schema, Source};

/// The rule from values to codes of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Binner {
    /// Code 1 + number of cuts below the value.
    Number(Vec<f64>),
    /// The categories that have codes 1, 2, ..., by falling frequency; all others are code 0.
    Category(Vec<u32>),
}

/// Which categories have codes of their own; the others share code 0 with the missing.
#[derive(Debug, Clone, Copy)]
pub struct Pool<'a> {
    /// At most this many, the most frequent.
    pub most: usize,
    /// Only those with at least this many rows, ...
    pub least: f64,
    /// ... counted by weight.
    pub weight: Option<&'a [f64]>,
}

impl Pool<'_> {
    /// The `most` most frequent ones.
    pub fn of_most(most: usize) -> Self {
        Self {
            most,
            least: 0.0,
            weight: None,
        }
    }
}

impl Binner {
    /// Codes including 0.
    pub fn codes(&self) -> usize {
        match self {
            Self::Number(cuts) => cuts.len() + 2,
            Self::Category(kept) => kept.len() + 1,
        }
    }

    /// Learn the rule from all rows of a category or a sample of a quantity.
    fn learn(source: &Source, feature_type: &FeatureType, bins: usize, pool: Pool, stream: Stream) -> Self {
        match feature_type {
            FeatureType::Number => Self::Number(match counted(source) {
                Some(runs) => cuts_between(&runs, bins),
                None => cuts(&mut sampled(source, sample_for(bins), stream), bins),
            }),
            FeatureType::Category(names) => Self::Category(frequent(source, names, pool)),
        }
    }

    /// The codes of all rows.
    pub fn apply(&self, source: &Source) -> CodeColumn {
        let mut column = CodeColumn::zeros(self.codes(), source.len());
        match self {
            Self::Number(cuts) => apply_number(cuts, source, &mut column),
            Self::Category(kept) => apply_category(kept, source, &mut column),
        }
        column
    }
}

/// Rows decoded at a time: 32 KiB of doubles.
const CHUNK: usize = 4096;

fn apply_number(cuts: &[f64], source: &Source, column: &mut CodeColumn) {
    let search = Search::new(cuts);
    let mut values = vec![0.0; CHUNK];
    for start in (0..source.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(source.len());
        let values = &mut values[..end - start];
        source.read_f64(start, values);
        match column {
            CodeColumn::Narrow(codes) => search.narrow(values, &mut codes[start..end]),
            CodeColumn::Wide(codes) => search.wide(values, &mut codes[start..end]),
        }
    }
}

fn apply_category(kept: &[u32], source: &Source, column: &mut CodeColumn) {
    let size = kept.iter().max().map_or(0, |&m| m as usize + 1);
    let mut code_of = vec![0_u16; size];
    for (rank, &category) in kept.iter().enumerate() {
        code_of[category as usize] = rank as u16 + 1;
    }
    let code = |category: u32| code_of.get(category as usize).copied().unwrap_or(0);
    let mut categories = vec![0; CHUNK];
    for start in (0..source.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(source.len());
        let categories = &mut categories[..end - start];
        source.read_codes(start, categories);
        match column {
            CodeColumn::Narrow(codes) => {
                codes[start..end]
                    .iter_mut()
                    .zip(&*categories)
                    .for_each(|(out, &c)| *out = code(c) as u8);
            }
            CodeColumn::Wide(codes) => {
                codes[start..end]
                    .iter_mut()
                    .zip(&*categories)
                    .for_each(|(out, &c)| *out = code(c));
            }
        }
    }
}

/// With thousands of bins every value is meant to count, so all rows are used.
fn sample_for(bins: usize) -> usize {
    if bins > 1000 { usize::MAX } else { SAMPLE }
}

/// The values of up to `limit` rows, missing ones left out.
///
/// Short runs of neighbouring rows at random places: random enough for
/// quantiles, and the columns are decoded in pieces that the cache likes.
fn sampled(source: &Source, limit: usize, stream: Stream) -> Vec<f64> {
    const PIECE: usize = 16;
    let n = source.len();
    let mut values = if n <= limit {
        let mut all = vec![0.0; n];
        source.read_f64(0, &mut all);
        all
    } else {
        let pieces = limit / PIECE;
        let mut some = vec![0.0; pieces * PIECE];
        for (i, piece) in some.chunks_exact_mut(PIECE).enumerate() {
            // Stratified: piece i starts somewhere in the i-th part of the rows.
            let (low, high) = (i * n / pieces, (i + 1) * n / pieces);
            let start = low + stream.below(i as u64, (high - low).max(1));
            source.read_f64(start.min(n - PIECE), piece);
        }
        some
    };
    values.retain(|v| !v.is_nan());
    values
}

/// Categories that occur, the most frequent of them that the pool keeps (of equals the first by name), in the order of their
/// names: the order in which they came in the table would make forests depend on the order of the rows.
fn frequent(source: &Source, names: &[String], pool: Pool) -> Vec<u32> {
    let categories = names.len();
    let mut counts = vec![0_usize; categories];
    let mut heavy = vec![0.0; categories];
    let mut codes = vec![0; CHUNK];
    for start in (0..source.len()).step_by(CHUNK) {
        let end = (start + CHUNK).min(source.len());
        let codes = &mut codes[..end - start];
        source.read_codes(start, codes);
        for &code in &*codes {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        if let (true, Some(weight)) = (pool.least > 0.0, pool.weight) {
            let known = codes.iter().zip(&weight[start..end]);
            known
                .filter(|(code, _)| (**code as usize) < categories)
                .for_each(|(&code, w)| heavy[code as usize] += w);
        }
    }
    let rows = |c: usize| {
        if pool.weight.is_some() {
            heavy[c]
        } else {
            counts[c] as f64
        }
    };
    let mut order: Vec<u32> = (0..categories as u32)
        .filter(|&c| counts[c as usize] > 0 && (pool.least == 0.0 || rows(c as usize) >= pool.least))
        .collect();
    order.sort_by_key(|&c| (std::cmp::Reverse(counts[c as usize]), &names[c as usize]));
    order.truncate(pool.most);
    order.sort_by_key(|&c| &names[c as usize]);
    order
}

/// Learn every feature's rule and apply it.
pub fn bin_table(
    schema: &Schema,
    sources: &[Source],
    bins: usize,
    pool: Pool,
    run: &Run,
) -> (Vec<Binner>, Codes) {
    let stream = run.stream("bins/sample");
    let both = map(run.threads(), sources.len(), |f| {
        let feature_type = &schema.features[f].feature_type;
        let binner = Binner::learn(&sources[f], feature_type, bins, pool, stream.child(f as u64));
        let column = binner.apply(&sources[f]);
        (binner, column)
    });
    let rows = sources.first().map_or(0, Source::len);
    let (binners, columns) = both.into_iter().unzip();
    (binners, Codes { columns, rows })
}
