//! Flags that say which columns are users and items, as settings.

use anyhow::Result;
use induce::Error;
use induce::core::model::Settings;
use induce::core::model::ratings::learns_from_ratings;

use crate::args::Ratings;

/// The settings with what the flags say of users and items.
///
/// # Errors
/// If the model learns from no ratings.
pub fn chosen(settings: Settings, flags: &Ratings) -> Result<Settings> {
    let given = [
        ("--user", flags.user.is_some()),
        ("--item", flags.item.is_some()),
        ("--users", flags.users.is_some()),
        ("--items", flags.items.is_some()),
    ];
    let first = given.iter().find(|flag| flag.1);
    if let Some((flag, _)) = first.filter(|_| !learns_from_ratings(settings.entry)) {
        let name = settings.entry.info.name;
        return Err(Error::data(
            format!("`{flag}` is about ratings of items by users, and `{name}` learns from any rows"),
            "leave it out, or train `-m mf` or `-m gcmc`",
        )
        .into());
    }
    let said = [("user", &flags.user), ("item", &flags.item)];
    let said = said
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", (*value).as_ref()?)));
    Ok(settings.with_all(said)?)
}
