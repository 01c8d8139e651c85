//! Ratings as a sparse matrix.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Roles, Sides};
use crate::linalg::Csr;
use crate::model::{Feature, FeatureType, Range, Rows, Schema, SettingValue, Target, check_rows};
use crate::words::{count, counted};
use crate::{ColumnType, Error, Result, Table};

/// A user and an item by number; nothing where training had not that name, or there is none.
pub type Pair = (Option<u32>, Option<u32>);

/// Ratings of items by users, each pair once.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    /// The columns of users, items and ratings, and the names of users and items.
    pub schema: Schema,
    /// The ratings of every user. // (users, items)
    pub by_user: Csr,
    /// The same of every item. // (items, users)
    pub by_item: Csr,
}

/// Ratings, what is known of users and items besides, and what was guessed and left out.
#[derive(Debug)]
pub struct Learnt {
    /// The ratings.
    pub ratings: Ratings,
    /// Features of users and items.
    pub sides: Sides,
    /// In sentences.
    pub notes: Vec<String>,
}

impl Ratings {
    /// Those of rows with a quantity as target; columns that are not said are guessed from their names.
    ///
    /// A pair that is there several times counts once, with the mean; rows without a user or an item are left out. Both are
    /// noted. The order of the rows does not matter.
    ///
    /// ```
    /// use induce_core::model::ratings::Ratings;
    /// use induce_core::model::{Rows, RowsOptions};
    /// use induce_core::{Column, Table};
    ///
    /// let table = Table::new(vec![
    ///     Column::from_text("user", &[Some("ann"), Some("bob"), Some("ann")]),
    ///     Column::from_f64("item", vec![7.0, 7.0, 9.0]),
    ///     Column::from_f64("rating", vec![5.0, 1.0, 4.5]),
    /// ])?;
    /// let ratings = Ratings::learn(&Rows::new(&table, &RowsOptions::default())?, "", "")?.ratings;
    /// assert_eq!((ratings.users(), ratings.items()), (["ann", "bob"].map(String::from).as_slice(), ["7", "9"].map(String::from).as_slice()));
    /// assert_eq!(ratings.by_user.row(0).collect::<Vec<_>>(), [(0, 5.0), (1, 4.5)]);
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If a column cannot be found, the target is no quantity, or no row has a user, an item and a rating.
    pub fn learn(rows: &Rows, user: &str, item: &str) -> Result<Learnt> {
        let (rows, mut notes) = (rows.counted(), Vec::new());
        let (table, target) = (rows.table()?, rows.target()?);
        check_rows(rows.rows(), &target.values, rows.weight.as_deref())?;
        quantity(target)?;
        let roles = Roles::of(&table.names(), user, item)?;
        let schema = schema(table, &roles, &target.name)?;
        let pairs = pairs(&schema, table)?;
        let whole = |row: &usize| matches!(pairs[*row], (Some(_), Some(_)));
        let there: Vec<usize> = (0..pairs.len()).filter(whole).collect();
        if there.is_empty() {
            return Err(Error::data(
                format!("no row has both a `{}` and a `{}`", roles.user, roles.item),
                "name other columns with `--user COL --item COL`",
            ));
        }
        if there.len() < pairs.len() {
            let n = pairs.len() - there.len();
            notes.push(format!(
                "{} without a user or an item left out",
                counted(n, "row")
            ));
        }
        let weight = |row: usize| rows.weight.as_ref().map_or(1.0, |all| all[row]);
        let mut entries: Vec<Entry> = there
            .iter()
            .filter_map(|&row| Some((pairs[row].0?, pairs[row].1?, target.values[row], weight(row))))
            .collect();
        let own = Self::of_entries(schema, &mut entries)?;
        if own.len() < there.len() {
            notes.push(format!(
                "{} rate a pair of user and item again: the mean of each pair is taken",
                counted(there.len() - own.len(), "row")
            ));
        }
        if rows.weight.is_some() {
            notes.push("weights count in the mean of a pair's ratings only: every pair counts alike".into());
        }
        let kept = table.take(&there);
        let pairs: Vec<(u32, u32)> = there
            .iter()
            .filter_map(|&row| Some((pairs[row].0?, pairs[row].1?)))
            .collect();
        let (sides, left_out) = Sides::of(&kept, &roles, &pairs, (own.users().len(), own.items().len()));
        if !left_out.is_empty() {
            notes.push(format!(
                "left out, for they change within users and within items: {}",
                quoted(&left_out)
            ));
        }
        Ok(Learnt {
            ratings: own,
            sides,
            notes,
        })
    }

    /// The mean of each pair, in the order of users and items.
    fn of_entries(schema: Schema, entries: &mut [Entry]) -> Result<Self> {
        let (users, items) = (names(&schema, 0).len(), names(&schema, 1).len());
        // By value too: so the order of the rows does not change the last bit of a mean.
        entries.sort_by(|a, b| {
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then(a.2.total_cmp(&b.2))
                .then(a.3.total_cmp(&b.3))
        });
        let mean = |own: &[Entry]| {
            // The mean of equal values is that value, whatever sums round to.
            if own.iter().all(|e| e.2 == own[0].2) {
                return own[0].2;
            }
            let mass: f64 = own.iter().map(|e| e.3).sum();
            own.iter().map(|e| e.3 / mass * e.2).sum()
        };
        let pairs = entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let all = pairs.map(|own| (own[0].0, own[0].1, mean(own))).collect();
        let by_user = Csr::from_entries(users, items, all)?;
        Ok(Self {
            by_item: by_user.transposed(),
            by_user,
            schema,
        })
    }

    /// The names of the users, by number.
    pub fn users(&self) -> &[String] {
        names(&self.schema, 0)
    }

    /// The names of the items, by number.
    pub fn items(&self) -> &[String] {
        names(&self.schema, 1)
    }

    /// The column of users.
    pub fn user(&self) -> &str {
        &self.schema.features[0].name
    }

    /// The column of items.
    pub fn item(&self) -> &str {
        &self.schema.features[1].name
    }

    /// How many ratings there are.
    pub fn len(&self) -> usize {
        self.by_user.value().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The least and the largest rating.
    pub fn scale(&self) -> (f64, f64) {
        let values = self.by_user.value().iter();
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| {
            (a.min(*y), b.max(*y))
        })
    }

    /// The different ratings in rising order, if there are no more than `most`.
    pub fn levels(&self, most: usize) -> Option<Vec<f64>> {
        let mut found = BTreeSet::new();
        for y in self.by_user.value() {
            // -0 is 0.
            let y = y + 0.0;
            let bits = y.to_bits();
            // In the order of the numbers.
            found.insert(if y < 0.0 { !bits } else { bits | 1 << 63 });
            if found.len() > most {
                return None;
            }
        }
        let back = |key: u64| f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key });
        Some(found.into_iter().map(back).collect())
    }

    /// Users and items of the rows of another table, by number.
    ///
    /// # Errors
    /// If one of the two columns is missing.
    pub fn pairs(&self, table: &Table) -> Result<Vec<Pair>> {
        pairs(&self.schema, table)
    }

    /// Users of the rows of another table, which needs no column of items.
    ///
    /// # Errors
    /// If the column is missing.
    pub fn users_of(&self, table: &Table) -> Result<Vec<Option<u32>>> {
        numbers(&self.schema, table, 0)
    }

    /// What rating makes an item relevant.
    pub fn relevant(&self, asked: Relevant) -> f64 {
        let (low, high) = self.scale();
        match asked {
            Relevant::AtLeast(y) => y,
            Relevant::Auto => 0.25 * low + 0.75 * high,
        }
    }

    /// How many there are, in words.
    pub fn said(&self) -> String {
        let cells = self.users().len() as f64 * self.items().len() as f64;
        format!(
            "{} of {} by {}: {} % of all pairs",
            counted(self.len(), "rating"),
            counted(self.items().len(), "item"),
            counted(self.users().len(), "user"),
            crate::words::number(100.0 * self.len() as f64 / cells)
        )
    }
}

/// User, item, rating, weight.
type Entry = (u32, u32, f64, f64);

fn names(schema: &Schema, which: usize) -> &[String] {
    match schema.features.get(which).map(|own| &own.feature_type) {
        Some(FeatureType::Category(names)) => names,
        _ => &[],
    }
}

fn quantity(target: &Target) -> Result<()> {
    if target.classes.is_empty() {
        return Ok(());
    }
    Err(Error::data(
        format!(
            "ratings are numbers, and `{}` was read as {}",
            target.name,
            counted(target.classes.len(), "class")
        ),
        "say `--task regression`, or name another target",
    ))
}

/// Users and items that rows have, of which each has a number.
fn schema(table: &Table, roles: &Roles, target: &str) -> Result<Schema> {
    let feature = |name: &str| -> Result<Feature> {
        let column = table.column(name)?.to_category();
        let (all, mut codes) = (column.categories(), vec![0; column.len()]);
        column.read_codes(0, &mut codes);
        let mut seen = vec![false; all.len()];
        codes.iter().for_each(|code| {
            if let Some(own) = seen.get_mut(*code as usize) {
                *own = true;
            }
        });
        let there = all.into_iter().zip(seen).filter(|own| own.1);
        Ok(Feature {
            name: name.into(),
            feature_type: FeatureType::Category(there.map(|own| own.0).collect()),
            // Whatever its values are, they are names.
            read_as: Some(ColumnType::Text),
            notation: None,
        })
    };
    Ok(Schema {
        features: vec![feature(&roles.user)?, feature(&roles.item)?],
        target: Some(target.into()),
        classes: Vec::new(),
    })
}

/// The part of the schema for one of the columns.
fn only(schema: &Schema, which: usize) -> Schema {
    Schema {
        features: schema.features.get(which).cloned().into_iter().collect(),
        ..Schema::default()
    }
}

fn pairs(schema: &Schema, table: &Table) -> Result<Vec<Pair>> {
    let users = numbers(schema, table, 0)?;
    Ok(users.into_iter().zip(numbers(schema, table, 1)?).collect())
}

fn numbers(schema: &Schema, table: &Table, which: usize) -> Result<Vec<Option<u32>>> {
    let own = only(schema, which);
    let sources = own.align(table)?;
    let mut codes = vec![0; table.rows()];
    if let Some(source) = sources.first() {
        source.read_codes(0, &mut codes);
    }
    let known = names(schema, which).len();
    Ok(codes
        .into_iter()
        .map(|code| Some(code).filter(|code| (*code as usize) < known))
        .collect())
}

fn quoted(names: &[String]) -> String {
    /// More are counted.
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len() {
        n if n > SHOWN => format!("{} and {} more", shown.join(", "), count(n - SHOWN)),
        _ => shown.join(", "),
    }
}

/// From which rating on an item was a good recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub enum Relevant {
    /// Three quarters up the scale of the ratings: 4 of 1 to 5.
    Auto,
    /// This rating.
    AtLeast(f64),
}

impl From<Relevant> for Value {
    fn from(own: Relevant) -> Self {
        match own {
            Relevant::Auto => "auto".into(),
            Relevant::AtLeast(y) => y.into(),
        }
    }
}

impl TryFrom<Value> for Relevant {
    type Error = String;

    fn try_from(value: Value) -> std::result::Result<Self, String> {
        let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
        match (number, value.as_str()) {
            (Some(y), _) if y.is_finite() => Ok(Self::AtLeast(y)),
            (None, Some("auto")) => Ok(Self::Auto),
            _ => Err(format!("`relevant` is a rating or `auto`, not {value}")),
        }
    }
}

impl SettingValue for Relevant {
    const RANGE: Range = Range::Said("a rating, auto");

    fn check(&self, _: &str, _: &Range) -> Result<()> {
        Ok(())
    }
}
