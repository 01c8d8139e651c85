//! Numbers and names as a reader wants them.

/// Text made harmless inside an element or an attribute; control characters that XML forbids are dropped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => out.push(other),
        }
    }
    out
}

/// `1 row`, `2,000 rows`.
pub(crate) fn counted(n: u64, thing: &str) -> String {
    induce_core::words::counted(usize::try_from(n).unwrap_or(usize::MAX), thing)
}

/// Four significant digits, thousands grouped, a true minus sign: `0.8713`, `1,204`, `−3.2e-7`.
pub(crate) fn value(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let text = if size == 0.0 {
        "0".to_owned()
    } else if !(1e-4..1e15).contains(&size) {
        format!("{size:.2e}")
    } else if size >= 1000.0 {
        group(&format!("{size:.0}"))
    } else {
        significant(size)
    };
    signed(value, text)
}

/// A value in large digits: no longer than a card is wide.
pub(crate) fn headline(value: f64) -> String {
    let text = self::value(value);
    match text.chars().count() > 8 {
        true => signed(value, format!("{:.2e}", value.abs())),
        false => text,
    }
}

fn significant(size: f64) -> String {
    let decimals = (3 - size.log10().floor() as i32).clamp(0, 8) as usize;
    let text = format!("{size:.decimals$}");
    // A whole number is a count or a round setting: `20`, not `20.00`.
    match text.split_once('.') {
        Some((whole, rest)) if rest.bytes().all(|digit| digit == b'0') && size.fract() == 0.0 => {
            whole.to_owned()
        }
        _ => text,
    }
}

/// A number as a label beside a mark, with three significant digits.
pub(crate) fn short(value: f64) -> String {
    let size = value.abs();
    if !(1e-4..1000.0).contains(&size) {
        return self::value(value);
    }
    let decimals = (2 - size.log10().floor() as i32).clamp(0, 7) as usize;
    signed(value, format!("{size:.decimals$}"))
}

/// The decimals that give `largest` three significant digits.
pub(crate) fn decimals(largest: f64) -> usize {
    if largest > 1e-9 && largest.is_finite() {
        (2 - largest.log10().floor() as i32).clamp(0, 9) as usize
    } else {
        0
    }
}

/// A number with a given count of decimals; a little below zero is zero, not minus zero.
pub(crate) fn fixed(number: f64, decimals: usize) -> String {
    if !number.is_finite() || number.abs() >= 1e15 {
        return value(number);
    }
    let text = format!("{:.decimals$}", number.abs());
    let zero = text.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    signed(if zero { 0.0 } else { number }, group(&text))
}

/// A round number as one would write it: `0.5`, `1`, `800`.
pub(crate) fn round(number: f64) -> String {
    let size = number.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-4) || !number.is_finite() {
        return value(number);
    }
    let text = format!("{size:.6}");
    signed(number, group(text.trim_end_matches('0').trim_end_matches('.')))
}

/// A tick label with the decimals that `step` needs.
pub(crate) fn tick(value: f64, step: f64) -> String {
    let size = value.abs();
    if size < step.abs() * 1e-9 {
        return "0".to_owned();
    }
    let largest = size.max(step.abs());
    let text = if largest >= 1e15 || step.abs() < 1e-5 {
        format!("{size:.1e}")
    } else if step.abs() >= 1e5 && size >= 1e6 {
        let millions = size / 1e6;
        format!("{}M", group(&trimmed(millions)))
    } else {
        let decimals = (-(step.abs().log10() + 1e-9).floor()).clamp(0.0, 8.0) as usize;
        // A step of 0.25 has one digit more than its logarithm says.
        let scaled = step.abs() * 10f64.powi(decimals as i32);
        let decimals = decimals + usize::from((scaled - scaled.round()).abs() > 1e-6);
        group(&format!("{size:.decimals$}"))
    };
    signed(value, text)
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A count with its thousands grouped.
pub(crate) fn count(value: u64) -> String {
    group(&value.to_string())
}

/// A fraction of one as a percentage that never rounds a little to nothing and never breaks before its sign.
pub(crate) fn percent(fraction: f64) -> String {
    let percent = fraction * 100.0;
    if !percent.is_finite() {
        "–".to_owned()
    } else if percent > 0.0 && percent < 0.1 {
        "<0.1\u{a0}%".to_owned()
    } else if percent < 10.0 && percent.fract() != 0.0 {
        format!("{percent:.1}\u{a0}%")
    } else {
        format!("{percent:.0}\u{a0}%")
    }
}

fn signed(value: f64, text: String) -> String {
    if value < 0.0 { format!("−{text}") } else { text }
}

fn group(digits: &str) -> String {
    let (whole, rest) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// The width of a text at `size` pixels, a little on the safe side: the font is not known here.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size * 1.04
}

fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | 'I' | '|' | '\'' | '.' | ',' | ':' | ';' | '!' => 0.28,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | ' ' | '-' | '/' => 0.36,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.88,
        'A'..='Z' => 0.68,
        '_' | 'a'..='z' | '0'..='9' => 0.56,
        character if character >= '\u{1100}' => 1.0,
        _ => 0.62,
    }
}

/// The text itself, or as much of its start as fits into `space` with an ellipsis.
pub(crate) fn fit(text: &str, size: f64, space: f64) -> String {
    if width(text, size) <= space {
        return text.to_owned();
    }
    let mut used = width("…", size);
    let kept: String = text
        .chars()
        .take_while(|&character| {
            used += advance(character) * size * 1.04;
            used <= space
        })
        .collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(value(0.87134), "0.8713");
        assert_eq!(value(-1234.5), "−1,234");
        assert_eq!(value(20.0), "20");
        assert_eq!(value(f64::NAN), "–");
        assert_eq!(value(1e300), "1.00e300");
        // 1,688,836,106,012 ran out of its card, and 0.0002721 over its edge.
        assert_eq!(
            (headline(1_688_836_106_012.0), headline(0.000_272_1)),
            ("1.69e12".into(), "2.72e-4".into())
        );
        assert_eq!(
            (headline(0.87134), headline(-123_456.0)),
            ("0.8713".into(), "−123,456".into())
        );
        assert_eq!(short(0.87134), "0.871");
        assert_eq!(percent(0.0004), "<0.1\u{a0}%");
        assert_eq!(percent(0.281), "28\u{a0}%");
        assert_eq!(count(1234567), "1,234,567");
    }

    #[test]
    fn ticks_have_the_decimals_of_their_step() {
        assert_eq!(tick(0.5, 0.25), "0.50");
        assert_eq!(tick(0.2, 0.2), "0.2");
        assert_eq!(tick(15000.0, 5000.0), "15,000");
        assert_eq!(tick(-2e6, 5e5), "−2M");
        assert_eq!(tick(0.0, 0.1), "0");
    }

    #[test]
    fn hostile_text_is_made_harmless() {
        assert_eq!(escape("<script>\u{0}\"&'"), "&lt;script&gt;&quot;&amp;&#39;");
        assert_eq!(fit("a very long name", 12.0, 40.0).chars().last(), Some('…'));
        assert_eq!(fit("", 12.0, 0.0), "");
    }
}
