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

use super::encode;
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

    /// How its codes are multiplied; nothing for floats.
    fn form(self) -> Option<Form> {
        Some(match self {
            Self::F32 | Self::F16 | Self::Bf16 => return None,
            Self::Q8_0 => Form::Eight,
            Self::Q4_0 => Form::Four,
            Self::Q4_1 => Form::FourAbove,
            Self::Q4K => Form::FourAboveWide,
            Self::Q6K => Form::EightHalves,
        })
    }

    /// The matrix in `bytes`, as they keep it; nothing if a factor is infinite or NaN.
    pub fn weight(self, bytes: &[u8], rows: usize, columns: usize) -> Option<Weight> {
        let precision = match self {
            Self::F16 => Precision::F16,
            Self::Bf16 => Precision::Bf16,
            _ => Precision::F32,
        };
        let Some(form) = self.form() else {
            return Weight::floats(&self.values(bytes), rows, columns, precision);
        };
        let (weights, length) = self.block();
        let parts = weights / Form::BLOCK;
        Weight::coded(form, rows, columns, |row, i| {
            let block = row * (columns / weights) + i / parts;
            self.coded(&bytes[block * length..][..length], i % parts)
        })
    }

    /// The codes of 32 weights: part `j` of a block.
    fn coded(self, block: &[u8], j: usize) -> Block {
        let one = |codes| Block {
            codes,
            factor: half(block),
            second: 0.0,
        };
        match self {
            Self::Q4K => q4_k(block, j),
            Self::Q6K => q6_k(block, j),
            Self::Q4_0 => one(nibbles(&block[2..])),
            Self::Q4_1 => Block {
                second: half(&block[2..]),
                ..one(nibbles(&block[4..]))
            },
            _ => one(std::array::from_fn(|i| block[2 + i] ^ 128)),
        }
    }

    /// `values` in whole blocks, as ggml writes them.
    pub fn write(self, values: &[f32]) -> Vec<u8> {
        let encode = match self {
            Self::F32 => return values.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Self::F16 => |x: &[f32]| f16::from_f32(x[0]).to_le_bytes().to_vec(),
            Self::Bf16 => |x: &[f32]| bf16::from_f32(x[0]).to_le_bytes().to_vec(),
            Self::Q8_0 => encode::q8_0,
            Self::Q4_0 => encode::q4_0,
            Self::Q4_1 => encode::q4_1,
            Self::Q4K => encode::q4_k,
            Self::Q6K => encode::q6_k,
        };
        values.chunks_exact(self.block().0).flat_map(encode).collect()
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

    /// The values in `bytes`, whole blocks of them.
    pub fn values(self, bytes: &[u8]) -> Vec<f32> {
        let blocks = bytes.chunks_exact(self.block().1);
        let mut out = Vec::with_capacity(blocks.len() * self.block().0);
        match self {
            Self::F32 => return singles(bytes),
            Self::F16 => out.extend(blocks.map(half)),
            Self::Bf16 => out.extend(blocks.map(|b| bf16::from_le_bytes([b[0], b[1]]).to_f32())),
            coded => blocks.for_each(|b| {
                let form = coded.form().expect("floats have gone before");
                for j in 0..coded.block().0 / Form::BLOCK {
                    out.extend(form.values(&coded.coded(b, j)));
                }
            }),
        }
        out
    }
}

/// The low halves of 16 bytes, then the high ones.
fn nibbles(bytes: &[u8]) -> [u8; Form::BLOCK] {
    std::array::from_fn(|i| bytes[i % 16] >> (i / 16 * 4) & 15)
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

/// Part `j`: the low or the high halves of 32 bytes.
fn q4_k(block: &[u8], j: usize) -> Block {
    let (d, m, (s, t)) = (half(block), half(&block[2..]), six_bits(&block[4..16], j));
    let bytes = &block[16 + 32 * (j / 2)..];
    Block {
        codes: std::array::from_fn(|i| bytes[i] >> (4 * (j % 2)) & 15),
        factor: d * s,
        second: -(m * t),
    }
}

/// Part `j`: two halves of 128, each of four rows of 32, with four bits from the first bytes and two from the next.
fn q6_k(block: &[u8], j: usize) -> Block {
    let (low, high, scales, d) = (
        &block[..128],
        &block[128..192],
        &block[192..208],
        half(&block[208..]),
    );
    let (part, row) = (j / 4, j % 4);
    let code = |l: usize| {
        let four = low[64 * part + 32 * (row % 2) + l] >> (4 * (row / 2)) & 15;
        let two = high[32 * part + l] >> (2 * row) & 3;
        // 128 is the offset of eight bits, 32 that of six.
        (four | two << 4) + (128 - 32)
    };
    Block {
        codes: std::array::from_fn(code),
        factor: d * f32::from(scales[2 * j] as i8),
        second: d * f32::from(scales[2 * j + 1] as i8),
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
            let weight = kind.weight(&bytes, 1, own.len()).unwrap();
            assert_eq!(weight.single(), own, "{kind:?}");
            assert!(
                kind == Type::F32 || weight.bytes() < 32 * 3 * own.len(),
                "{kind:?}"
            );
        }
    }
}
