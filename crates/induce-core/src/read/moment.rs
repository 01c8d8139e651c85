//! ISO dates and moments.

use crate::table::days_from_civil;

/// A date, with or without a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01.
    pub(crate) days: i64,
    /// Seconds and nanoseconds since midnight, UTC.
    pub(crate) clock: Option<(i64, u32)>,
}

impl Moment {
    /// Decimals of the second that lose nothing: 0, 3, 6 or 9.
    pub(crate) fn digits(self) -> u8 {
        match self.clock {
            Some((_, nanos)) if nanos % 1_000_000_000 == 0 => 0,
            Some((_, nanos)) if nanos % 1_000_000 == 0 => 3,
            Some((_, nanos)) if nanos % 1_000 == 0 => 6,
            Some(_) => 9,
            None => 0,
        }
    }

    /// Units of 10^-`digits` seconds since 1970; `None` beyond `i64`, or if decimals would be lost.
    pub(crate) fn count(self, digits: u8) -> Option<i64> {
        let (seconds, nanos) = self.clock.unwrap_or((0, 0));
        let per_second = 10_i64.pow(u32::from(digits));
        let nanos_per_unit = 1_000_000_000 / per_second;
        if i64::from(nanos) % nanos_per_unit != 0 {
            return None;
        }
        (self.days * 86_400 + seconds)
            .checked_mul(per_second)?
            .checked_add(i64::from(nanos) / nanos_per_unit)
    }
}

/// `2024-01-31`, `2024/01/31`, then optionally `T` or a space, `10:20`, `:30`, `.125`, and `Z` or `+01:00`.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Option<Moment> {
    let (date, rest) = text.split_at_checked(10)?;
    let separator = date[4];
    if date[7] != separator || (separator != b'-' && separator != b'/') {
        return None;
    }
    let year = two(date[0], date[1])? * 100 + two(date[2], date[3])?;
    let (month, day) = (two(date[5], date[6])?, two(date[8], date[9])?);
    if day == 0 || day > days_of_month(year, month)? {
        return None;
    }
    let days = days_from_civil(i64::from(year), month, day);
    match rest {
        [] => Some(Moment { days, clock: None }),
        [b'T' | b't' | b' ', clock @ ..] => {
            let clock = parse_clock(clock)?;
            // A zone can move the moment to the day before or after.
            Some(Moment {
                days: days + clock.0.div_euclid(86_400),
                clock: Some((clock.0.rem_euclid(86_400), clock.1)),
            })
        }
        _ => None,
    }
}

fn parse_clock(text: &[u8]) -> Option<(i64, u32)> {
    let [h1, h2, b':', m1, m2, rest @ ..] = text else {
        return None;
    };
    let (hour, minute) = (two(*h1, *h2)?, two(*m1, *m2)?);
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2)?, rest),
        _ => (0, rest),
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (nanos, rest) = match rest {
        [b'.', rest @ ..] => parse_fraction(rest)?,
        _ => (0, rest),
    };
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    Some((seconds - parse_zone(rest)?, nanos))
}

/// Nanoseconds from one to nine decimals, and what follows them.
fn parse_fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&digits) {
        return None;
    }
    let value = text[..digits]
        .iter()
        .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    Some((value * 10_u32.pow(9 - digits as u32), &text[digits..]))
}

/// Seconds east of UTC.
fn parse_zone(text: &[u8]) -> Option<i64> {
    let (sign, zone) = match text {
        [] | [b'Z' | b'z'] => return Some(0),
        [b'+', zone @ ..] => (1, zone),
        [b'-', zone @ ..] => (-1, zone),
        _ => return None,
    };
    let (hour, minute) = match *zone {
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (two(h1, h2)?, two(m1, m2)?),
        [h1, h2] => (two(h1, h2)?, 0),
        _ => return None,
    };
    (hour < 24 && minute < 60).then(|| sign * i64::from(hour * 3600 + minute * 60))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens <= 9 && ones <= 9).then(|| u32::from(tens) * 10 + u32::from(ones))
}

#[inline]
pub(super) fn days_of_month(year: u32, month: u32) -> Option<u32> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => Some(28 + u32::from(leap)),
        4 | 6 | 9 | 11 => Some(30),
        1..=12 => Some(31),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        parse(text.as_bytes())?.count(0)
    }

    #[test]
    fn moments_count_from_1970_in_utc() {
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1970-01-01T00:00:10Z"), Some(10));
        assert_eq!(seconds("1970-01-01 01:00+01:00"), Some(0));
        assert_eq!(seconds("1970/01/01 00:00:00-0130"), Some(5400));
        assert_eq!(parse(b"1970-01-01T00:00:00.25").unwrap().count(3), Some(250));
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2024-00-10",
            "2024-01-32",
            "2024-01/02",
            "2024-01-02T",
            "2024-01-02T24:00",
            "2024-01-02 10",
            "2024-01-02 10:20:30.",
            "2024-01-02 10:20 PM",
            "2024-1-2",
            "2024-01-02T10:20+25:00",
            "20é4-01-02",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(parse(b"9999-01-01T00:00").unwrap().count(9), None);
    }
}
