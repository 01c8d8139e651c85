//! Types that settings may have.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::range::{self, Bound, Range};
use crate::model::ClassWeight;
use crate::{Error, Result};

/// A type that a setting may have, with the values it accepts where the setting does not narrow them.
pub trait SettingValue {
    /// Every value of the type.
    const RANGE: Range;

    /// Hold the value against the range of its setting.
    ///
    /// # Errors
    /// If it is outside.
    fn check(&self, name: &str, range: &Range) -> Result<()>;
}

macro_rules! whole {
    ($($type:ty),*) => {$(
        impl SettingValue for $type {
            const RANGE: Range = range::from(0);

            fn check(&self, name: &str, range: &Range) -> Result<()> {
                range.check(name, *self as f64)
            }
        }
    )*};
}

whole!(usize, u64, u32);

impl SettingValue for f64 {
    const RANGE: Range = Range::Real(Bound::Open, Bound::Open);

    fn check(&self, name: &str, range: &Range) -> Result<()> {
        range.check(name, *self)
    }
}

impl SettingValue for bool {
    const RANGE: Range = Range::Switch;

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}

/// Free text, such as the name of a column or of a model.
impl SettingValue for String {
    const RANGE: Range = Range::Said("a text");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}

/// A direction per feature: rising, falling, or either.
impl SettingValue for BTreeMap<String, i8> {
    const RANGE: Range = Range::Said("{\"name\": -1 | 0 | 1}");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match self.iter().find(|(_, way)| !(-1..=1).contains(*way)) {
            Some((feature, way)) => {
                let name = format!("{name}.{feature}");
                Err(Error::setting(name, way, "it must be -1, 0 or 1"))
            }
            None => Ok(()),
        }
    }
}

/// A number per column.
impl SettingValue for BTreeMap<String, f64> {
    const RANGE: Range = Range::Said("{\"name\": number}");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match self.iter().find(|(_, value)| value.is_nan()) {
            Some((column, value)) => {
                let name = format!("{name}.{column}");
                Err(Error::setting(name, value, "it must be a number"))
            }
            None => Ok(()),
        }
    }
}

/// Numbers.
impl SettingValue for Vec<f64> {
    const RANGE: Range = Range::Said("a JSON array of numbers");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match self.iter().find(|x| !x.is_finite()) {
            None => Ok(()),
            Some(x) => Err(Error::setting(name, x, "every number must be finite")),
        }
    }
}

/// Points, a list of numbers each.
impl SettingValue for Vec<Vec<f64>> {
    const RANGE: Range = Range::Said("a JSON array of arrays of numbers");

    fn check(&self, name: &str, _: &Range) -> Result<()> {
        match self.iter().flatten().find(|x| !x.is_finite()) {
            None => Ok(()),
            Some(x) => Err(Error::setting(name, x, "every number must be finite")),
        }
    }
}

/// Sets of features.
impl SettingValue for Vec<Vec<String>> {
    const RANGE: Range = Range::Said("[[\"a\", \"b\"], ...]");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}

/// Settings of another model: that model checks them.
impl SettingValue for Map<String, Value> {
    const RANGE: Range = Range::Said("{\"name\": value}");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}

impl SettingValue for ClassWeight {
    const RANGE: Range = Range::Said("none balanced {\"class\": weight}");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Self::check(self)
    }
}
