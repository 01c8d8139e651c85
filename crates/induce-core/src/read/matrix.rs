//! Matrices of plain values, cut into columns.

use std::sync::Arc;

use arrow_array::types::*;
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray};

use crate::error::Result;
use crate::parallel::map;
use crate::table::{Column, ColumnType};

/// The type of the elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    Boolean,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F16,
    F32,
    F64,
}

impl Element {
    /// Bytes of an element in a column.
    pub(crate) fn width(self) -> u64 {
        match self {
            Self::F16 => 4,
            other => other.size() as u64,
        }
    }

    /// Bytes per element.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::Boolean | Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 | Self::F16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }
}

/// `rows` x `width` elements in `bytes`, which the caller has checked to be that many.
pub(crate) struct Matrix<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) element: Element,
    pub(crate) big_endian: bool,
    /// Columns lie one after the other, as in Fortran, instead of rows.
    pub(crate) by_columns: bool,
    pub(crate) rows: usize,
    pub(crate) width: usize,
}

impl Matrix<'_> {
    /// The columns, called `name(0)`, `name(1)`, ...
    pub(crate) fn columns(
        &self,
        threads: usize,
        name: impl Fn(usize) -> String + Sync,
    ) -> Result<Vec<Column>> {
        let column = |j: usize| {
            let kind = if self.element == Element::Boolean {
                ColumnType::Boolean
            } else {
                ColumnType::Number
            };
            Column::new(name(j), kind, self.column(j))
        };
        map(threads, self.width, column).into_iter().collect()
    }

    fn column(&self, j: usize) -> ArrayRef {
        match self.element {
            Element::Boolean => {
                let values: Vec<bool> = self.values(j, |[byte]| byte != 0).collect();
                Arc::new(BooleanArray::from(values))
            }
            Element::I8 => self.array::<Int8Type, 1>(j, i8::from_le_bytes),
            Element::U8 => self.array::<UInt8Type, 1>(j, u8::from_le_bytes),
            Element::I16 => self.array::<Int16Type, 2>(j, i16::from_le_bytes),
            Element::U16 => self.array::<UInt16Type, 2>(j, u16::from_le_bytes),
            Element::F16 => self.array::<Float32Type, 2>(j, |bytes| half::f16::from_le_bytes(bytes).to_f32()),
            Element::I32 => self.array::<Int32Type, 4>(j, i32::from_le_bytes),
            Element::U32 => self.array::<UInt32Type, 4>(j, u32::from_le_bytes),
            Element::F32 => self.array::<Float32Type, 4>(j, f32::from_le_bytes),
            Element::I64 => self.array::<Int64Type, 8>(j, i64::from_le_bytes),
            Element::U64 => self.array::<UInt64Type, 8>(j, u64::from_le_bytes),
            Element::F64 => self.array::<Float64Type, 8>(j, f64::from_le_bytes),
        }
    }

    fn array<T: ArrowPrimitiveType, const N: usize>(
        &self,
        j: usize,
        read: impl Fn([u8; N]) -> T::Native + 'static,
    ) -> ArrayRef {
        Arc::new(PrimitiveArray::<T>::from_iter_values(self.values(j, read)))
    }

    /// The elements of column `j`.
    fn values<T, const N: usize>(&self, j: usize, read: impl Fn([u8; N]) -> T) -> impl Iterator<Item = T> {
        let (first, step) = if self.by_columns {
            (j * self.rows, 1)
        } else {
            (j, self.width)
        };
        let (elements, _) = self.bytes.as_chunks::<N>();
        (0..self.rows).map(move |i| {
            let mut bytes = elements[first + i * step];
            if self.big_endian {
                bytes.reverse();
            }
            read(bytes)
        })
    }
}
