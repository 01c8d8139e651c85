//! Which values a setting may have: said to people and checked by the same description.

use std::fmt;

use crate::{Error, Result};

/// An end of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// There is none.
    Open,
    /// The end itself is allowed.
    At(f64),
    /// Only values beyond it are.
    Beyond(f64),
}

/// The values that a setting accepts. It prints as people are told, and [`Range::check`] obeys the same words.
///
/// ```
/// use induce_core::model::range;
/// let probability = range::half_open(0.0, 1.0);
/// assert_eq!(probability.to_string(), "[0, 1)");
/// assert!(probability.check("dropout", 0.0).is_ok());
/// let error = probability.check("dropout", 1.0).unwrap_err();
/// assert_eq!(error.to_string(), "`dropout` cannot be 1: it must be at least 0 and below 1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Whole numbers between two; `or_zero` allows 0 too, which then means "no limit" or "choose".
    Whole {
        /// The least.
        low: u64,
        /// The largest.
        high: u64,
        /// Whether 0 is allowed too.
        or_zero: bool,
    },
    /// Finite numbers between two bounds.
    Real(Bound, Bound),
    /// Finite numbers outside of an open interval.
    Outside(f64, f64),
    /// Any finite number but 0.
    NonZero,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// As its type reads it, described in words.
    Said(&'static str),
}

/// Whole numbers of at least `low`.
pub const fn from(low: u64) -> Range {
    Range::Whole {
        low,
        high: u64::MAX,
        or_zero: false,
    }
}

/// Whole numbers from `low` to `high`, both included.
pub const fn to(low: u64, high: u64) -> Range {
    Range::Whole {
        low,
        high,
        or_zero: false,
    }
}

/// 0, or a whole number of at least `low`.
pub const fn zero_or_from(low: u64) -> Range {
    Range::Whole {
        low,
        high: u64::MAX,
        or_zero: true,
    }
}

/// Numbers of at least `low`.
pub const fn at_least(low: f64) -> Range {
    Range::Real(Bound::At(low), Bound::Open)
}

/// Numbers above `low`.
pub const fn above(low: f64) -> Range {
    Range::Real(Bound::Beyond(low), Bound::Open)
}

/// [low, high].
pub const fn closed(low: f64, high: f64) -> Range {
    Range::Real(Bound::At(low), Bound::At(high))
}

/// (low, high).
pub const fn open(low: f64, high: f64) -> Range {
    Range::Real(Bound::Beyond(low), Bound::Beyond(high))
}

/// [low, high).
pub const fn half_open(low: f64, high: f64) -> Range {
    Range::Real(Bound::At(low), Bound::Beyond(high))
}

/// (low, high].
pub const fn up_to(low: f64, high: f64) -> Range {
    Range::Real(Bound::Beyond(low), Bound::At(high))
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Whole { low, high, or_zero } => {
                if or_zero {
                    f.write_str("0, ")?;
                }
                match high {
                    u64::MAX => write!(f, ">= {low}"),
                    high => write!(f, "{low} to {high}"),
                }
            }
            Self::Real(low, high) => write_interval(f, low, high),
            Self::Outside(low, high) => write!(f, "<= {low}, >= {high}"),
            Self::NonZero => f.write_str("not 0"),
            Self::Switch => f.write_str("true false"),
            Self::OneOf(names) => f.write_str(&names.join(" ")),
            Self::Said(text) => f.write_str(text),
        }
    }
}

fn write_interval(f: &mut fmt::Formatter<'_>, low: Bound, high: Bound) -> fmt::Result {
    use Bound::{At, Beyond, Open};
    match (low, high) {
        (Open, Open) => f.write_str("a number"),
        (At(low), Open) => write!(f, ">= {low}"),
        (Beyond(low), Open) => write!(f, "> {low}"),
        (Open, At(high)) => write!(f, "<= {high}"),
        (Open, Beyond(high)) => write!(f, "< {high}"),
        (At(low), At(high)) => write!(f, "[{low}, {high}]"),
        (Beyond(low), Beyond(high)) => write!(f, "({low}, {high})"),
        (At(low), Beyond(high)) => write!(f, "[{low}, {high})"),
        (Beyond(low), At(high)) => write!(f, "({low}, {high}]"),
    }
}

impl Range {
    /// Whether `value` is in the range; words and described values are left to their types.
    pub fn contains(&self, value: f64) -> bool {
        let beyond = |bound: Bound, least: bool| match (bound, least) {
            (Bound::Open, _) => true,
            (Bound::At(end), true) => value >= end,
            (Bound::Beyond(end), true) => value > end,
            (Bound::At(end), false) => value <= end,
            (Bound::Beyond(end), false) => value < end,
        };
        match *self {
            Self::Whole { low, high, or_zero } => {
                value.fract() == 0.0
                    && (value >= low as f64 && value <= high as f64 || or_zero && value == 0.0)
            }
            Self::Real(low, high) => value.is_finite() && beyond(low, true) && beyond(high, false),
            Self::Outside(low, high) => value.is_finite() && (value <= low || value >= high),
            Self::NonZero => value.is_finite() && value != 0.0,
            Self::Switch | Self::OneOf(_) | Self::Said(_) => true,
        }
    }

    /// An error naming the setting unless `value` is in the range.
    ///
    /// # Errors
    /// If the value is outside, or no finite number.
    pub fn check(&self, name: &str, value: f64) -> Result<()> {
        if self.contains(value) {
            return Ok(());
        }
        Err(Error::setting(name, value, self.rule()))
    }

    /// The range as the rule that a wrong value breaks.
    pub fn rule(&self) -> String {
        use Bound::{At, Beyond, Open};
        match *self {
            Self::Whole { low, high, or_zero } => {
                let whole = match high {
                    u64::MAX if low == 0 => "it must be a whole number that is not negative".to_owned(),
                    u64::MAX if or_zero => format!("it must be 0, for no limit, or at least {low}"),
                    u64::MAX => format!("it must be at least {low}"),
                    high => format!("it must lie between {low} and {high}"),
                };
                if or_zero && high != u64::MAX {
                    format!("{whole}, or be 0")
                } else {
                    whole
                }
            }
            Self::Real(Open, Open) => "it must be a finite number".into(),
            Self::Real(At(low), Open) => format!("it must be at least {low}"),
            Self::Real(Beyond(low), Open) => format!("it must be above {low}"),
            Self::Real(Open, At(high)) => format!("it must be at most {high}"),
            Self::Real(Open, Beyond(high)) => format!("it must be below {high}"),
            Self::Real(At(low), At(high)) => format!("it must lie between {low} and {high}"),
            Self::Real(Beyond(low), Beyond(high)) => format!("it must be above {low} and below {high}"),
            Self::Real(At(low), Beyond(high)) => format!("it must be at least {low} and below {high}"),
            Self::Real(Beyond(low), At(high)) => format!("it must be above {low} and at most {high}"),
            Self::Outside(low, high) => format!("it must be at most {low} or at least {high}"),
            Self::NonZero => "it must not be 0".into(),
            Self::Switch => "it must be true or false".into(),
            Self::OneOf(names) => format!("it is one of {}", names.join(", ")),
            Self::Said(text) => format!("it must be {text}"),
        }
    }
}
