//! Row-major codes for histograms, several small features to a byte.
//!
//! A histogram costs one addition per row and column, so features of few codes
//! share a column as digits of one number (product packing): the histogram of
//! the product is built once and each feature's own is a sum over it.

use induce_core::parallel::for_each_chunk;

use super::{CodeColumn, Codes};

/// Entries a packed column has in a histogram. Not a multiple of 256: blocks
/// 2 KiB apart would fall on the same cache sets and stall stores on loads (4K aliasing).
pub const STRIDE: usize = 264;

/// A feature's place in a packed column: `code = value / factor % codes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Index of the feature.
    pub feature: usize,
    /// Product of the code counts of the parts before it.
    pub factor: usize,
    /// How many codes it has.
    pub codes: usize,
}

/// One byte of a packed row: the features in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PackedColumn {
    /// The features, by rising factor.
    pub parts: Vec<Part>,
}

impl PackedColumn {
    /// Different values of the byte.
    pub fn values(&self) -> usize {
        self.parts.last().map_or(1, |p| p.factor * p.codes)
    }
}

/// All narrow features of a table, row by row, and the wide ones beside them.
#[derive(Debug, Default)]
pub struct Packed {
    /// What the bytes mean.
    pub columns: Vec<PackedColumn>,
    /// `bytes[row * columns.len() + column]`.
    pub bytes: Vec<u8>,
    /// Wide features with their number of codes.
    pub wide: Vec<(usize, usize)>,
}

/// Rows transposed at a time.
const CHUNK: usize = 1024;

impl Packed {
    /// Pack `codes`, where feature `f` has `counts[f]` codes; features of one value are left out.
    pub fn new(codes: &Codes, counts: &[usize], threads: usize) -> Self {
        let useful = |f: &usize| varies(&codes.columns[*f], codes.rows);
        let features: Vec<usize> = (0..counts.len()).filter(useful).collect();
        let (narrow, wide): (Vec<_>, Vec<_>) = features.into_iter().partition(|&f| counts[f] <= 256);
        let columns = plan(&narrow, counts);
        let width = columns.len();
        let mut bytes = vec![0; codes.rows * width];
        for_each_chunk(threads, &mut bytes, CHUNK * width.max(1), |chunk, bytes| {
            fill(codes, &columns, chunk * CHUNK, bytes);
        });
        Self {
            columns,
            bytes,
            wide: wide.into_iter().map(|f| (f, counts[f])).collect(),
        }
    }

    /// Bytes per row.
    pub fn width(&self) -> usize {
        self.columns.len()
    }
}

fn varies(column: &CodeColumn, rows: usize) -> bool {
    match column {
        CodeColumn::Narrow(codes) => codes[..rows].iter().any(|&c| c != codes[0]),
        CodeColumn::Wide(codes) => codes[..rows].iter().any(|&c| c != codes[0]),
    }
}

/// First-fit by falling size: which features share a byte.
fn plan(features: &[usize], counts: &[usize]) -> Vec<PackedColumn> {
    let mut order = features.to_vec();
    order.sort_by_key(|&f| (std::cmp::Reverse(counts[f]), f));
    let mut columns: Vec<PackedColumn> = Vec::new();
    for feature in order {
        let codes = counts[feature];
        let fits = columns.iter_mut().find(|c| c.values() * codes <= 256);
        let column = match fits {
            Some(column) => column,
            None => {
                columns.push(PackedColumn::default());
                columns.last_mut().expect("just pushed")
            }
        };
        column.parts.push(Part {
            feature,
            factor: column.values(),
            codes,
        });
    }
    columns
}

fn fill(codes: &Codes, columns: &[PackedColumn], first: usize, bytes: &mut [u8]) {
    let width = columns.len();
    for (c, column) in columns.iter().enumerate() {
        for part in &column.parts {
            let CodeColumn::Narrow(source) = &codes.columns[part.feature] else {
                continue;
            };
            let source = &source[first..];
            for (row, &code) in bytes.chunks_exact_mut(width).zip(source) {
                row[c] = row[c].wrapping_add(code.wrapping_mul(part.factor as u8));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_feature_can_be_read_back(counts in prop::collection::vec(2_usize..256, 1..12), seed in any::<u64>()) {
            let rows = 100;
            let stream = induce_core::random::Stream::new(seed, "test");
            let columns = counts.iter().enumerate().map(|(f, &count)| {
                CodeColumn::Narrow((0..128).map(|i| stream.child(f as u64).below(i, count) as u8).collect())
            }).collect();
            let codes = Codes { columns, rows };
            let packed = Packed::new(&codes, &counts, 2);
            prop_assert!(packed.columns.iter().all(|c| c.values() <= 256));
            for (c, column) in packed.columns.iter().enumerate() {
                for part in &column.parts {
                    for row in 0..rows {
                        let byte = packed.bytes[row * packed.width() + c] as usize;
                        prop_assert_eq!(byte / part.factor % part.codes, codes.columns[part.feature].get(row) as usize);
                    }
                }
            }
        }
    }
}
