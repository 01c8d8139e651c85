//! Settings that have an effect with some values of another one only.

use std::fmt;

use serde_json::Value;

/// On which values of another setting it depends whether a setting has an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// The other setting.
    pub setting: &'static str,
    /// Whether it must be one of the values, or none of them.
    pub is: bool,
    /// The values, as they are written after `--set`.
    pub values: &'static [&'static str],
}

impl When {
    /// Whether it does with these values of all settings; also where the model has no such setting.
    pub fn holds(&self, values: &Value) -> bool {
        let own = &values[self.setting];
        own.is_null() || self.values.iter().any(|text| same(own, text)) == self.is
    }
}

/// Whether a value is written as `text`: 0.0 is 0.
fn same(value: &Value, text: &str) -> bool {
    match (value, text.parse::<f64>()) {
        (Value::Number(number), Ok(other)) => number.as_f64() == Some(other),
        (Value::String(word), _) => word == text,
        (Value::Bool(own), _) => text.parse() == Ok(*own),
        _ => false,
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is {
            return write!(f, "with {}={}", self.setting, self.values.join(" or "));
        }
        match self.values {
            ["0"] => write!(f, "with {} above 0", self.setting),
            values => write!(f, "with {} other than {}", self.setting, values.join(" or ")),
        }
    }
}
