//! Settings of models: names, sentences, ranges, search spaces, and what `--set name=value` means.

mod assign;
mod macros;
pub mod range;
mod space;
mod value;
mod when;

pub use assign::assign;
pub(super) use assign::{NESTED, typed};
pub use macros::{both, trimmed};
pub use range::{Bound, Range};
pub use space::Space;
pub use value::SettingValue;
pub use when::When;

/// A setting of a model.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its name in the spec and after `--set`.
    pub name: &'static str,
    /// Names of earlier versions, still read.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub doc: &'static str,
    /// The values it accepts.
    pub range: Range,
    /// What a search draws it from, if it is worth searching.
    pub search: Option<Space>,
    /// On which value of another setting it depends whether it has an effect.
    pub when: Option<When>,
}

impl Setting {
    /// Whether `name` is its name, or was.
    pub fn is(&self, name: &str) -> bool {
        self.name == name || self.aliases.contains(&name)
    }

    /// Whether it has an effect with these values of all settings.
    pub fn has_effect(&self, values: &serde_json::Value) -> bool {
        self.when.is_none_or(|when| when.holds(values))
    }

    /// The values it accepts, and with what it has an effect: `> 0; with objective=huber`.
    pub fn accepts(&self) -> String {
        match self.when {
            Some(when) => format!("{}; {when}", self.range),
            None => self.range.to_string(),
        }
    }
}
