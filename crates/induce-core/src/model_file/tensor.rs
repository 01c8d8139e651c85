//! Arrays that own their elements.

use super::fault::broken;
use crate::{Fingerprint, Result};

/// The elements of a tensor, row-major.
#[derive(Debug, Clone, PartialEq)]
pub enum Array {
    /// 64-bit floating point.
    F64(Vec<f64>),
    /// 32-bit floating point.
    F32(Vec<f32>),
    /// 64-bit signed integers.
    I64(Vec<i64>),
    /// 32-bit signed integers.
    I32(Vec<i32>),
    /// 64-bit unsigned integers.
    U64(Vec<u64>),
    /// 32-bit unsigned integers.
    U32(Vec<u32>),
    /// Bytes.
    U8(Vec<u8>),
}

/// A type that arrays of model files may have.
pub trait Element: Copy + 'static {
    /// Its name in safetensors headers.
    const NAME: &'static str;
    /// The elements of `array`, if they are of this type.
    fn of(array: &Array) -> Option<&[Self]>;
}

macro_rules! elements {
    ($($variant:ident $type:ty),*) => {
        impl Array {
            /// How many elements there are.
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(v) => v.len()),* }
            }

            /// The name of the type in safetensors headers.
            pub fn dtype(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$type>::NAME),* }
            }

            /// The safetensors type.
            pub(super) fn code(&self) -> safetensors::Dtype {
                match self { $(Self::$variant(_) => safetensors::Dtype::$variant),* }
            }

            /// The elements as little-endian bytes.
            pub(super) fn bytes(&self) -> Vec<u8> {
                match self { $(Self::$variant(v) => v.iter().flat_map(|x| x.to_le_bytes()).collect()),* }
            }

            /// Add the elements to a sum.
            pub(super) fn sum_up(&self, sum: &mut Fingerprint) {
                match self { $(Self::$variant(v) => v.iter().for_each(|x| {
                    let mut word = [0; 8];
                    word[..size_of::<$type>()].copy_from_slice(&x.to_le_bytes());
                    sum.word(u64::from_le_bytes(word));
                })),* }
            }

            /// Elements from little-endian bytes; `None` if model files do not use the type.
            pub(super) fn from_bytes(code: safetensors::Dtype, bytes: &[u8]) -> Option<Self> {
                Some(match code {
                    $(safetensors::Dtype::$variant => {
                        let (words, _) = bytes.as_chunks();
                        Self::$variant(words.iter().map(|w| <$type>::from_le_bytes(*w)).collect())
                    })*
                    _ => return None,
                })
            }
        }

        $(
            impl Element for $type {
                const NAME: &'static str = stringify!($variant);
                fn of(array: &Array) -> Option<&[Self]> {
                    match array { Array::$variant(v) => Some(v), _ => None }
                }
            }

            impl From<Vec<$type>> for Array {
                fn from(values: Vec<$type>) -> Self {
                    Self::$variant(values)
                }
            }
        )*
    };
}

elements!(F64 f64, F32 f32, I64 i64, I32 i32, U64 u64, U32 u32, U8 u8);

impl Array {
    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Elements and their shape.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Length per axis; empty for a scalar.
    pub shape: Vec<usize>,
    /// The elements, row-major.
    pub array: Array,
}

impl Tensor {
    /// A tensor of one axis.
    pub fn vector(array: impl Into<Array>) -> Self {
        let array = array.into();
        Self {
            shape: vec![array.len()],
            array,
        }
    }

    /// A tensor of the given shape.
    ///
    /// ```
    /// use induce_core::model_file::Tensor;
    /// assert!(Tensor::new(vec![2, 3], vec![0.0; 6]).is_ok());
    /// assert!(Tensor::new(vec![2, 3], vec![0.0; 5]).is_err());
    /// ```
    ///
    /// # Errors
    /// If the elements do not fill it.
    pub fn new(shape: Vec<usize>, array: impl Into<Array>) -> Result<Self> {
        let array = array.into();
        let size = shape.iter().try_fold(1_usize, |n, &d| n.checked_mul(d));
        if size == Some(array.len()) {
            return Ok(Self { shape, array });
        }
        Err(broken(
            "memory",
            format!("{} elements do not fill the shape {shape:?}", array.len()),
        ))
    }
}
