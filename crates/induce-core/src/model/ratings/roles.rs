//! Which columns of a table name users, items and ratings.

use crate::{Error, Result};

/// Names of columns of users, in the order in which they are taken.
const USERS: [&str; 11] = [
    "user",
    "user_id",
    "userid",
    "uid",
    "customer",
    "customer_id",
    "customerid",
    "reviewer",
    "reviewer_id",
    "reviewerid",
    "member_id",
];
/// Names of columns of items.
const ITEMS: [&str; 15] = [
    "item",
    "item_id",
    "itemid",
    "iid",
    "movie",
    "movie_id",
    "movieid",
    "product",
    "product_id",
    "productid",
    "asin",
    "book_id",
    "isbn",
    "song_id",
    "artist_id",
];
/// Names of columns of ratings.
const TARGETS: [&str; 5] = ["rating", "ratings", "stars", "score", "overall"];

/// The columns that name the user and the item of every row.
///
/// ```
/// use induce_core::model::ratings::Roles;
/// let names: Vec<String> = ["userId", "movieId", "rating"].map(String::from).into();
/// let roles = Roles::of(&names, "", "")?;
/// assert_eq!((&*roles.user, &*roles.item), ("userId", "movieId"));
/// assert_eq!(roles.guessed.len(), 2, "what was guessed is said");
/// assert!(Roles::of(&names, "rating", "rating").is_err());
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roles {
    /// The column of users.
    pub user: String,
    /// The column of items.
    pub item: String,
    /// What was guessed, in sentences.
    pub guessed: Vec<String>,
}

impl Roles {
    /// Among columns of these names; what is empty is guessed from them.
    ///
    /// # Errors
    /// If a column is not there, none has a usual name, or one would be both.
    pub fn of(names: &[String], user: &str, item: &str) -> Result<Self> {
        let mut guessed = Vec::new();
        let user = role(names, ("user", user), &USERS, &mut guessed)?;
        let item = role(names, ("item", item), &ITEMS, &mut guessed)?;
        if user == item {
            return Err(Error::data(
                format!("`{user}` would name both users and items"),
                "name two columns with `--user COL --item COL`",
            ));
        }
        Ok(Self { user, item, guessed })
    }

    /// The column of ratings among these names, if one has a usual name.
    pub fn usual_target(names: &[String]) -> Option<&String> {
        usual(names, &TARGETS)
    }
}

fn role(
    names: &[String],
    (what, said): (&str, &str),
    known: &[&str],
    guessed: &mut Vec<String>,
) -> Result<String> {
    if !said.is_empty() {
        return match names.iter().find(|name| *name == said) {
            Some(name) => Ok(name.clone()),
            None => Err(Error::UnknownName {
                what: "column",
                name: said.into(),
                known: names.to_vec(),
            }),
        };
    }
    let found = usual(names, known).ok_or_else(|| {
        let all: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        Error::data(
            format!(
                "no column is called as columns of {what}s are; there are {}",
                all.join(", ")
            ),
            "say which columns they are with `--user COL --item COL` (`--set user=COL --set item=COL`)",
        )
    })?;
    guessed.push(format!("{what}s: `{found}` (--{what} COL names another column)"));
    Ok(found.clone())
}

/// The column of the first of the known names, however it is written: `userId`, `User ID`, `user_id`.
fn usual<'a>(names: &'a [String], known: &[&str]) -> Option<&'a String> {
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    known
        .iter()
        .find_map(|own| names.iter().find(|name| plain(name) == plain(own)))
}
