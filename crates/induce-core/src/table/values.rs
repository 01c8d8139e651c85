//! Arrow arrays read as `f64` and as codes: one match on the type, then a tight loop.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};

/// Code of a row without a category.
const NO_CODE: u32 = u32::MAX;

/// Rows from `start` on as numbers, NaN where missing.
pub(super) fn read_f64(data: &ArrayRef, start: usize, out: &mut [f64]) {
    assert!(start + out.len() <= data.len(), "rows beyond the end of a column");
    let Some(nulls) = convert(data, start, out) else {
        return out.fill(f64::NAN);
    };
    blank(nulls.as_ref(), start, out, f64::NAN);
}

/// The values of a column of doubles without nulls.
pub(super) fn doubles(data: &ArrayRef) -> Option<&[f64]> {
    let array = data.as_primitive_opt::<Float64Type>()?;
    (array.null_count() == 0).then(|| &array.values()[..])
}

/// Codes from `start` on, [`NO_CODE`] where missing.
pub(super) fn read_codes(data: &ArrayRef, start: usize, out: &mut [u32]) {
    assert!(start + out.len() <= data.len(), "rows beyond the end of a column");
    match data.data_type() {
        DataType::Dictionary(..) => {
            let keys = data.as_dictionary::<UInt32Type>().keys();
            out.copy_from_slice(&keys.values()[start..start + out.len()]);
        }
        DataType::Boolean => read_bits(data.as_boolean(), start, out, u32::from),
        _ => return out.fill(NO_CODE),
    }
    blank(data.nulls(), start, out, NO_CODE);
}

/// How many rows are null or NaN.
pub(super) fn missing(data: &ArrayRef) -> usize {
    match data.data_type() {
        DataType::Float64 => absent(data.as_primitive::<Float64Type>(), f64::is_nan),
        DataType::Float32 => absent(data.as_primitive::<Float32Type>(), f32::is_nan),
        _ => data.null_count(),
    }
}

fn absent<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, is_nan: fn(T::Native) -> bool) -> usize {
    if array.null_count() == 0 {
        return array.values().iter().filter(|value| is_nan(**value)).count();
    }
    array.iter().filter(|value| value.is_none_or(is_nan)).count()
}

/// Numbers whatever the nulls say, and the nulls; `None` for text.
fn convert(data: &ArrayRef, start: usize, out: &mut [f64]) -> Option<Option<NullBuffer>> {
    macro_rules! read {
        ($type:ty) => {
            copy(data.as_primitive::<$type>(), start, out, |value| {
                value as f64
            })
        };
        ($type:ty, $unit:expr) => {
            // Whole seconds and the rest, so that a moment is the same number whatever unit it is kept in: nanoseconds since
            // 1970 are more than a double holds.
            copy(data.as_primitive::<$type>(), start, out, |value| {
                value.div_euclid($unit) as f64 + value.rem_euclid($unit) as f64 / $unit as f64
            })
        };
    }
    match data.data_type() {
        DataType::Int8 => read!(Int8Type),
        DataType::Int16 => read!(Int16Type),
        DataType::Int32 => read!(Int32Type),
        DataType::Int64 => read!(Int64Type),
        DataType::UInt8 => read!(UInt8Type),
        DataType::UInt16 => read!(UInt16Type),
        DataType::UInt32 => read!(UInt32Type),
        DataType::UInt64 => read!(UInt64Type),
        DataType::Float32 => read!(Float32Type),
        DataType::Float64 => read!(Float64Type),
        DataType::Date32 => copy(data.as_primitive::<Date32Type>(), start, out, |days| {
            f64::from(days) * 86_400.0
        }),
        DataType::Timestamp(TimeUnit::Second, _) => read!(TimestampSecondType),
        DataType::Timestamp(TimeUnit::Millisecond, _) => read!(TimestampMillisecondType, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => read!(TimestampMicrosecondType, 1_000_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => read!(TimestampNanosecondType, 1_000_000_000),
        DataType::Boolean => read_bits(data.as_boolean(), start, out, f64::from),
        DataType::Dictionary(..) => copy(data.as_dictionary::<UInt32Type>().keys(), start, out, f64::from),
        _ => return None,
    }
    Some(data.nulls().cloned())
}

fn copy<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    start: usize,
    out: &mut [f64],
    convert: impl Fn(T::Native) -> f64,
) {
    let values = &array.values()[start..start + out.len()];
    for (out, &value) in out.iter_mut().zip(values) {
        *out = convert(value);
    }
}

fn read_bits<T>(array: &BooleanArray, start: usize, out: &mut [T], convert: impl Fn(bool) -> T) {
    for (i, out) in out.iter_mut().enumerate() {
        *out = convert(array.value(start + i));
    }
}

/// Put `mark` where a row is null.
fn blank<T: Copy>(nulls: Option<&NullBuffer>, start: usize, out: &mut [T], mark: T) {
    let Some(nulls) = nulls.filter(|nulls| nulls.null_count() > 0) else {
        return;
    };
    for (i, out) in out.iter_mut().enumerate() {
        if nulls.is_null(start + i) {
            *out = mark;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Date32Array, Int8Array, TimestampMillisecondArray};

    use super::*;

    fn of(array: impl Array + 'static) -> ArrayRef {
        Arc::new(array)
    }

    fn values(data: &ArrayRef) -> Vec<f64> {
        let mut out = vec![0.0; data.len()];
        read_f64(data, 0, &mut out);
        out
    }

    #[test]
    fn every_kind_has_its_numbers() {
        assert_eq!(values(&of(Date32Array::from(vec![1, -1]))), [86_400.0, -86_400.0]);
        assert_eq!(values(&of(TimestampMillisecondArray::from(vec![1_500]))), [1.5]);
        assert_eq!(values(&of(BooleanArray::from(vec![true, false]))), [1.0, 0.0]);
        let gappy = values(&of(Int8Array::from(vec![Some(-3), None])));
        assert_eq!(gappy[0], -3.0);
        assert!(gappy[1].is_nan());
    }

    #[test]
    fn a_slice_reads_from_its_own_start() {
        let data: ArrayRef = Arc::new(Int8Array::from(vec![Some(1), None, Some(3), None]));
        let slice = data.slice(2, 2);
        let got = values(&slice);
        assert_eq!(got[0], 3.0);
        assert!(got[1].is_nan());
    }
}
