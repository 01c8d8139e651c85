//! How GGUF keeps weights: as floats, or in blocks of small integers q with factors (`ggml-quants.c`).
//!
//! | type | weights of a block | w |
//! |---|---|---|
//! | Q8_0 | 32 | d q |
//! | Q4_0 | 32 | d (q - 8) |
//! | Q4_1 | 32 | d q + m |
//! | Q4_K | 256, in 8 parts | d s q - m t, with s, t of 6 bits |
//! | Q6_K | 256, in 16 parts | d s (q - 32), with s of 8 bits |

use half::{bf16, f16};
use induce_tensor::inference::{Block, Form, Precision, Weight};

use crate::language::bytes::singles;

/// A type of tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    F32,
    F16,
    Bf16,
    Q4_0,
    Q4_1,
    Q8_0,
    Q4K,
    Q6K,
}

fn half(bytes: &[u8]) -> f32 {
    f16::from_le_bytes([bytes[0], bytes[1]]).to_f32()
}

impl Type {
    /// The names of all types that are read.
    pub const KNOWN: &str = "F32, F16, BF16, Q4_0, Q4_1, Q8_0, Q4_K and Q6_K";

    /// By its number in files.
    pub fn of(number: u32) -> Option<Self> {
        let all = [
            Self::F32,
            Self::F16,
            Self::Q4_0,
            Self::Q4_1,
            Self::Q8_0,
            Self::Q4K,
            Self::Q6K,
            Self::Bf16,
        ];
        all.into_iter().find(|kind| kind.number() == number)
    }

    /// Weights and bytes of a block.
    fn block(self) -> (usize, usize) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 | Self::Bf16 => (1, 2),
            Self::Q4_0 => (32, 18),
            Self::Q4_1 => (32, 20),
            Self::Q8_0 => (32, 34),
            Self::Q4K => (256, 144),
            Self::Q6K => (256, 210),
        }
    }

    /// Bytes of a row; nothing if it is not made of whole blocks.
    pub fn bytes(self, columns: usize) -> Option<usize> {
        let (weights, bytes) = self.block();
        columns
            .is_multiple_of(weights)
            .then(|| columns / weights)?
            .checked_mul(bytes)
    }

    /// The matrix in `bytes`, as they keep it where products can be made of that; nothing if a factor is no number.
    pub fn weight(self, bytes: &[u8], rows: usize, columns: usize) -> Option<Weight> {
        let floats = |precision| Weight::floats(&self.values(bytes), rows, columns, precision);
        let form = match self {
            Self::F16 => return floats(Precision::Sixteen),
            Self::Bf16 => return floats(Precision::Brain),
            Self::F32 | Self::Q4K | Self::Q6K => return floats(Precision::Single),
            Self::Q8_0 => Form::Eight,
            Self::Q4_0 => Form::Four,
            Self::Q4_1 => Form::FourAbove,
        };
        let (weights, length) = self.block();
        Weight::coded(form, rows, columns, |row, block| {
            self.coded(&bytes[(row * (columns / weights) + block) * length..][..length])
        })
    }

    /// A block of 32.
    fn coded(self, bytes: &[u8]) -> Block {
        let half = |at: usize| f16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let at = |i: usize, from: usize| {
            let byte = bytes[from + i % 16];
            if i < 16 { byte & 15 } else { byte >> 4 }
        };
        Block {
            codes: std::array::from_fn(|i| match self {
                Self::Q8_0 => bytes[2 + i] ^ 128,
                Self::Q4_1 => at(i, 4),
                _ => at(i, 2),
            }),
            factor: half(0),
            least: if self == Self::Q4_1 { half(2) } else { f16::ZERO },
        }
    }

    /// `values` in whole blocks, as ggml writes them; nothing for types that are only read.
    pub fn write(self, values: &[f32]) -> Option<Vec<u8>> {
        Some(match self {
            Self::F32 => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::F16 => values
                .iter()
                .flat_map(|x| f16::from_f32(*x).to_le_bytes())
                .collect(),
            Self::Q8_0 => values.chunks(self.block().0).flat_map(q8_0).collect(),
            _ => return None,
        })
    }

    /// Its number in files.
    pub fn number(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q8_0 => 8,
            Self::Q4K => 12,
            Self::Q6K => 14,
            Self::Bf16 => 30,
        }
    }

    /// The numbers in `bytes`, whole blocks of them.
    pub fn values(self, bytes: &[u8]) -> Vec<f32> {
        let blocks = bytes.chunks_exact(self.block().1);
        let mut out = Vec::with_capacity(blocks.len() * self.block().0);
        match self {
            Self::F32 => return singles(bytes),
            Self::F16 => out.extend(blocks.map(half)),
            Self::Bf16 => out.extend(blocks.map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32())),
            Self::Q8_0 => blocks.for_each(|b| {
                let d = half(b);
                out.extend(b[2..].iter().map(|q| d * f32::from(*q as i8)));
            }),
            Self::Q4_0 => blocks.for_each(|b| {
                let d = half(b);
                out.extend(nibbles(&b[2..]).map(|q| d * (q - 8.0)));
            }),
            Self::Q4_1 => blocks.for_each(|b| {
                let (d, m) = (half(b), half(&b[2..]));
                out.extend(nibbles(&b[4..]).map(|q| d * q + m));
            }),
            Self::Q4K => blocks.for_each(|b| q4_k(b, &mut out)),
            Self::Q6K => blocks.for_each(|b| q6_k(b, &mut out)),
        }
        out
    }
}

/// d = max |w| / 127, in half precision, and w / d, of which ggml takes the d before it was rounded.
fn q8_0(block: &[f32]) -> Vec<u8> {
    let most = block.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
    let d = most / 127.0;
    let inverse = if d > 0.0 { 1.0 / d } else { 0.0 };
    let codes = block.iter().map(|w| (w * inverse).round() as i8 as u8);
    f16::from_f32(d).to_le_bytes().into_iter().chain(codes).collect()
}

/// The low halves of all bytes, then the high ones.
fn nibbles(bytes: &[u8]) -> impl Iterator<Item = f32> {
    let low = bytes.iter().map(|b| f32::from(b & 15));
    low.chain(bytes.iter().map(|b| f32::from(b >> 4)))
}

/// The factors s and t of part `j`: 6 bits each, of which the later four keep two apart.
fn six_bits(scales: &[u8], j: usize) -> (f32, f32) {
    let (s, t) = if j < 4 {
        (scales[j] & 63, scales[j + 4] & 63)
    } else {
        (
            (scales[j + 4] & 15) | (scales[j - 4] >> 6 << 4),
            (scales[j + 4] >> 4) | (scales[j] >> 6 << 4),
        )
    };
    (f32::from(s), f32::from(t))
}

fn q4_k(block: &[u8], out: &mut Vec<f32>) {
    let (d, m, scales) = (half(block), half(&block[2..]), &block[4..16]);
    for (pair, codes) in block[16..].chunks_exact(32).enumerate() {
        let (s, t) = six_bits(scales, 2 * pair);
        out.extend(codes.iter().map(|q| d * s * f32::from(q & 15) - m * t));
        let (s, t) = six_bits(scales, 2 * pair + 1);
        out.extend(codes.iter().map(|q| d * s * f32::from(q >> 4) - m * t));
    }
}

fn q6_k(block: &[u8], out: &mut Vec<f32>) {
    let (low, high, scales, d) = (
        &block[..128],
        &block[128..192],
        &block[192..208],
        half(&block[208..]),
    );
    for i in 0..256 {
        // Two halves of 128, each of four rows of 32: four bits from `low`, two from `high`.
        let (part, row, l) = (i / 128, i % 128 / 32, i % 32);
        let four = low[64 * part + 32 * (row % 2) + l] >> (4 * (row / 2)) & 15;
        let two = high[32 * part + l] >> (2 * row) & 3;
        let q = f32::from(four | two << 4) - 32.0;
        out.push(d * f32::from(scales[i / 16] as i8) * q);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blocks of random bytes, as gguf-py reads them (`tests/golden/make.py`).
    #[test]
    fn blocks_are_read_as_gguf_py_reads_them() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/golden/blocks.json")).unwrap();
        for case in golden.as_array().unwrap() {
            let kind = Type::of(case["type"].as_u64().unwrap() as u32).unwrap();
            let bytes: Vec<u8> = case["bytes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|b| b.as_u64().unwrap() as u8)
                .collect();
            let own = kind.values(&bytes);
            let expected = case["values"].as_array().unwrap();
            assert_eq!(own.len(), expected.len(), "{kind:?}");
            for (own, expected) in own.iter().zip(expected) {
                let expected = expected.as_f64().unwrap();
                assert!(
                    (f64::from(*own) - expected).abs() <= 1e-5 * expected.abs().max(1.0),
                    "{kind:?} {own} {expected}"
                );
            }
        }
    }
}
