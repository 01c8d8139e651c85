//! What the settings of networks say of layers.

use induce_core::model::{Range, SettingValue};
use induce_core::{Result, choices};
use induce_tensor::Activation;
use serde::{Deserialize, Serialize};
use serde_json::Value;

choices! {
    /// Activations of hidden layers.
    pub enum Hidden {
        /// max(x, 0).
        Relu = "relu",
        /// tanh x.
        Tanh = "tanh",
        /// 1 / (1 + e^-x).
        Logistic = "logistic",
    }
}

impl Hidden {
    /// The same for a layer.
    pub fn activation(self) -> Activation {
        match self {
            Self::Relu => Activation::Relu,
            Self::Tanh => Activation::Tanh,
            Self::Logistic => Activation::Sigmoid,
        }
    }
}

/// Widths of layers: a number, or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Widths(pub Vec<usize>);

impl From<Widths> for Value {
    fn from(widths: Widths) -> Self {
        widths.0.into()
    }
}

impl TryFrom<Value> for Widths {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        let one = |value: &Value| value.as_u64().map(|n| n as usize);
        let all: Option<Vec<usize>> = match &value {
            Value::Array(all) => all.iter().map(one).collect(),
            other => one(other).map(|n| vec![n]),
        };
        match all {
            Some(all) if all.iter().all(|n| *n > 0) => Ok(Self(all)),
            _ => Err(format!(
                "widths are whole numbers of at least 1, as in `200,200`, not {value}"
            )),
        }
    }
}

impl SettingValue for Widths {
    const RANGE: Range = Range::Said("a width, or several as in 200,200");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}
