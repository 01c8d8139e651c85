//! Values as a CSV file prints them.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

/// The text of one value; `None` if it is missing or beyond the end.
pub(crate) fn print(data: &ArrayRef, row: usize) -> Option<String> {
    if row >= data.len() || data.is_null(row) {
        return None;
    }
    macro_rules! number {
        ($type:ty) => {
            data.as_primitive::<$type>().value(row).to_string()
        };
    }
    Some(match data.data_type() {
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        // `{:?}` is the shortest text that reads back as the same float, and keeps its point.
        DataType::Float32 => Some(data.as_primitive::<Float32Type>().value(row))
            .filter(|v| !v.is_nan())
            .map(|v| format!("{v:?}"))?,
        DataType::Float64 => Some(data.as_primitive::<Float64Type>().value(row))
            .filter(|v| !v.is_nan())
            .map(|v| format!("{v:?}"))?,
        DataType::Boolean => data.as_boolean().value(row).to_string(),
        DataType::Date32 => day(i64::from(data.as_primitive::<Date32Type>().value(row))),
        DataType::Timestamp(unit, _) => moment(data, *unit, row),
        DataType::Dictionary(..) => {
            let array = data.as_dictionary::<UInt32Type>();
            let code = array.keys().value(row) as usize;
            array.values().as_string::<i32>().value(code).to_string()
        }
        DataType::Utf8 => data.as_string::<i32>().value(row).to_string(),
        _ => return None,
    })
}

/// `2024-01-31` of the days since 1970.
fn day(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `2024-01-31T10:20:30.5` of a count of `unit` since 1970.
fn moment(data: &ArrayRef, unit: TimeUnit, row: usize) -> String {
    let (count, per_second) = match unit {
        TimeUnit::Second => (data.as_primitive::<TimestampSecondType>().value(row), 1),
        TimeUnit::Millisecond => (data.as_primitive::<TimestampMillisecondType>().value(row), 1_000),
        TimeUnit::Microsecond => (
            data.as_primitive::<TimestampMicrosecondType>().value(row),
            1_000_000,
        ),
        TimeUnit::Nanosecond => (
            data.as_primitive::<TimestampNanosecondType>().value(row),
            1_000_000_000,
        ),
    };
    let (seconds, fraction) = (count.div_euclid(per_second), count.rem_euclid(per_second));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let nanos = format!("{:09}", fraction * (1_000_000_000 / per_second));
    match nanos.trim_end_matches('0') {
        "" => format!("{}T{clock}", day(days)),
        digits => format!("{}T{clock}.{digits}", day(days)),
    }
}

/// Year, month and day of a count of days since 1970-01-01 (proleptic Gregorian).
///
/// Source: H. Hinnant, *chrono-compatible low-level date algorithms*, `civil_from_days`.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (year_of_era + era * 400 + carry, month as u32, day as u32)
}

/// Days since 1970-01-01 of a date (proleptic Gregorian), the inverse of [`civil_from_days`].
///
/// Source: H. Hinnant, *chrono-compatible low-level date algorithms*, `days_from_civil`.
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from(month);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Date32Array, Float64Array, TimestampMillisecondArray};

    use super::*;

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-800_000..800_000).step_by(37) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
    }

    #[test]
    fn values_print_as_in_a_csv() {
        let dates: ArrayRef = Arc::new(Date32Array::from(vec![19_753]));
        assert_eq!(print(&dates, 0).as_deref(), Some("2024-01-31"));
        let moments: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![-1, 1_000]));
        assert_eq!(print(&moments, 0).as_deref(), Some("1969-12-31T23:59:59.999"));
        assert_eq!(print(&moments, 1).as_deref(), Some("1970-01-01T00:00:01"));
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 1e300, f64::NAN]));
        assert_eq!(print(&floats, 0).as_deref(), Some("1.0"));
        assert_eq!(print(&floats, 1).as_deref(), Some("1e300"));
        assert_eq!(print(&floats, 2), None);
    }
}
