//! Numbers from text, without a detour through strings.

/// What a text is as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// A whole number without point or exponent that fits.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// No number.
    None,
}

/// Powers of ten that an `f64` holds exactly.
const TENS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// The number in a trimmed text: an optional sign, digits with at most one point, an optional exponent; or `inf`.
///
/// Up to 19 digits are gathered in an integer. With a mantissa of at most 53
/// bits and at most 22 decimals one exact division rounds correctly (Clinger,
/// *How to read floating point numbers accurately*, PLDI 1990); everything
/// else is left to `fast-float2` (Eisel and Lemire).
#[inline]
pub(crate) fn parse_number(text: &[u8]) -> Number {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mantissa, whole) = take_digits(0, digits);
    if whole == digits.len() && (1..=18).contains(&whole) {
        let value = mantissa as i64;
        return Number::Integer(if negative { -value } else { value });
    }
    if whole < digits.len() && digits[whole] == b'.' {
        let (mantissa, decimals) = take_digits(mantissa, &digits[whole + 1..]);
        let count = whole + decimals;
        if whole + 1 + decimals == digits.len() && (1..=19).contains(&count) && mantissa <= 1 << 53 {
            let value = mantissa as f64 / TENS[decimals];
            return Number::Float(if negative { -value } else { value });
        }
    }
    parse_slowly(negative, digits)
}

/// `mantissa` with the leading decimal digits of `text` appended (wrapping), and how many there are.
#[inline]
fn take_digits(mut mantissa: u64, text: &[u8]) -> (u64, usize) {
    let mut taken = 0;
    while let Some(eight) = text.get(taken..taken + 8) {
        let Some(value) = eight_digits(eight) else { break };
        mantissa = mantissa.wrapping_mul(100_000_000).wrapping_add(value);
        taken += 8;
    }
    for &byte in &text[taken..] {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        taken += 1;
    }
    (mantissa, taken)
}

/// The value of eight decimal digits at once.
///
/// Source: D. Lemire, *Quickly parsing eight digits* (2018), after J. Mula.
#[inline]
fn eight_digits(text: &[u8]) -> Option<u64> {
    let word = u64::from_le_bytes(text.try_into().ok()?);
    let high = word.wrapping_add(0x4646_4646_4646_4646) | word.wrapping_sub(0x3030_3030_3030_3030);
    if high & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let word = word.wrapping_sub(0x3030_3030_3030_3030);
    let word = word.wrapping_mul(10).wrapping_add(word >> 8);
    let low = (word & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let high = (word >> 16 & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    Some(low.wrapping_add(high) >> 32)
}

/// Long mantissas, exponents, infinities, and everything that is no number.
#[cold]
fn parse_slowly(negative: bool, digits: &[u8]) -> Number {
    let [first, ..] = digits else { return Number::None };
    if digits.eq_ignore_ascii_case(b"inf") || digits.eq_ignore_ascii_case(b"infinity") {
        return Number::Float(if negative {
            f64::NEG_INFINITY
        } else {
            f64::INFINITY
        });
    }
    // A second sign, `nan` and `inf...` would be numbers to the library.
    if !first.is_ascii_digit() && *first != b'.' {
        return Number::None;
    }
    if digits.iter().all(u8::is_ascii_digit)
        && let Some(value) = parse_integer(negative, digits)
    {
        return Number::Integer(value);
    }
    match fast_float2::parse::<f64, _>(digits) {
        Ok(value) => Number::Float(if negative { -value } else { value }),
        Err(_) => Number::None,
    }
}

fn parse_integer(negative: bool, digits: &[u8]) -> Option<i64> {
    let push = |value: i128, digit: &u8| {
        Some(value * 10 + i128::from(digit - b'0')).filter(|value| *value <= 1 << 64)
    };
    let value = digits.iter().try_fold(0_i128, push)?;
    i64::try_from(if negative { -value } else { value }).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn floats_are_read_as_the_standard_library_does(value in any::<f64>(), places in 0_usize..20) {
            prop_assume!(value.is_finite());
            for text in [format!("{value:?}"), format!("{value:e}"), format!("{:.places$}", value % 1e6)] {
                let expected: f64 = text.parse().unwrap();
                let got = match parse_number(text.as_bytes()) {
                    Number::Float(value) => value,
                    Number::Integer(value) => value as f64,
                    Number::None => f64::NAN,
                };
                prop_assert_eq!(got, expected, "{}", text);
            }
        }

        #[test]
        fn integers_are_exact(value in any::<i64>()) {
            prop_assert_eq!(parse_number(value.to_string().as_bytes()), Number::Integer(value));
        }

        #[test]
        fn no_bytes_break_it(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            parse_number(&text);
        }
    }

    #[test]
    fn a_long_row_of_zeros_is_a_number() {
        assert_eq!(
            parse_number(b"00000000000000000000000000042"),
            Number::Integer(42)
        );
        assert_eq!(
            parse_number(b"-0.00000000000000000000000000"),
            Number::Float(-0.0)
        );
    }
}
