//! How weights are kept in files.

use half::f16;
use induce_core::{Error, Result};

/// How weights are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    /// Single precision: what the model has, whatever it was opened from.
    #[default]
    F32,
    /// Half precision.
    F16,
    /// The upper half of single precision.
    Bf16,
    /// 8 bits, and a factor for every 32 weights of a row in half precision (GGUF), or for up to 64 in single (llama2.c).
    Q8_0,
    /// 4 bits around 0, and a factor for every 32 weights, in GGUF; as all of the following.
    Q4_0,
    /// 4 bits from the least weight on.
    Q4_1,
    /// 4 bits, with factors of 6 bits for every 32 of 256 weights.
    Q4K,
    /// 6 bits, with factors of 8 bits for every 16 of 256 weights.
    Q6K,
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Q8_0,
        Self::Q4_0,
        Self::Q4_1,
        Self::Q4K,
        Self::Q6K,
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::Q8_0 => "q8_0",
            Self::Q4_0 => "q4_0",
            Self::Q4_1 => "q4_1",
            Self::Q4K => "q4_k",
            Self::Q6K => "q6_k",
        }
    }

    /// What it is, and which formats have it.
    pub fn about(self) -> &'static str {
        match self {
            Self::F32 => "Single precision",
            Self::F16 => "Half precision, not in llama2.c",
            Self::Bf16 => "The upper half of single precision, not in llama2.c",
            Self::Q8_0 => "8 bits, in GGUF and llama2.c only",
            Self::Q4_0 => "4 bits around 0, in GGUF only",
            Self::Q4_1 => "4 bits from the least weight on, in GGUF only",
            Self::Q4K => "4 bits in blocks of 256, in GGUF only",
            Self::Q6K => "6 bits in blocks of 256, in GGUF only",
        }
    }
}

/// Half precision reaches 65504.
///
/// # Errors
/// The first value beyond it.
pub fn check_halves(name: &str, values: &[f32]) -> Result<()> {
    let large = values
        .iter()
        .find(|x| x.is_finite() && !f16::from_f32(**x).is_finite());
    match large {
        None => Ok(()),
        Some(x) => Err(Error::data(
            format!(
                "`{name}` has a weight of {x}, and half precision ends at {}",
                f16::MAX
            ),
            "write single precision",
        )),
    }
}
