//! Documents as counts of words.

use std::collections::{BTreeSet, HashMap};

use induce_core::linalg::Csr;
use induce_core::model::{Data, Feature, FeatureType, Features, Inputs, Schema};
use induce_core::{Error, Result, Table};

/// How often every word is in every document.
#[derive(Debug, Clone)]
pub struct Counts {
    /// The words, as columns.
    pub schema: Schema,
    /// Counts, none of them 0. // (documents, words)
    pub rows: Csr,
    /// Whether they were counted in a text, whose lines are documents.
    pub text: bool,
}

impl Counts {
    /// Of what is to be learnt from: a table or sparse rows, whose columns are words, or a text, whose lines are documents.
    ///
    /// # Errors
    /// If a count is below 0, missing or infinite, or a column holds no numbers, or there is no word.
    pub fn learn(data: &Data) -> Result<Self> {
        let schema = match data {
            Data::Text(text) => {
                let all: BTreeSet<String> = text.plain()?.lines().flat_map(words).collect();
                of_names(all.into_iter())
            }
            other => match &other.rows()?.features {
                Features::Table(table) => Schema::of(table)?,
                Features::Sparse(rows) => of_names((0..rows.columns()).map(|j| format!("x{j}"))),
            },
        };
        if schema.features.is_empty() {
            return Err(Error::data(
                "there are no words",
                "a word is two letters or digits, or more; a table needs a column for each",
            ));
        }
        Self::known(&schema, data)
    }

    /// Of data whose words are known; other words are left out.
    ///
    /// # Errors
    /// As for [`learn`](Self::learn).
    pub fn known(schema: &Schema, data: &Data) -> Result<Self> {
        Ok(Self {
            schema: schema.clone(),
            rows: Self::read(schema, data)?,
            text: matches!(data, Data::Text(_)),
        })
    }

    /// Of sparse rows, whose columns are words.
    ///
    /// # Errors
    /// If a count is below 0 or not finite.
    pub fn of_sparse(rows: &Csr) -> Result<Self> {
        let schema = of_names((0..rows.columns()).map(|j| format!("x{j}")));
        Ok(Self {
            schema,
            rows: checked(rows)?,
            text: false,
        })
    }

    /// Documents as counts of known words; other words are left out.
    ///
    /// # Errors
    /// As for [`learn`](Self::learn).
    pub fn read(schema: &Schema, data: &Data) -> Result<Csr> {
        match data {
            Data::Text(text) => of_text(schema, text.plain()?),
            other => Self::of_inputs(schema, (&other.rows()?.features).into()),
        }
    }

    /// The same of rows.
    ///
    /// # Errors
    /// As for [`learn`](Self::learn).
    pub fn of_inputs(schema: &Schema, inputs: Inputs) -> Result<Csr> {
        match inputs {
            Inputs::Sparse(rows) if rows.columns() == schema.features.len() => checked(rows),
            Inputs::Sparse(rows) => Err(Error::data(
                format!(
                    "the rows have {} columns, and the model knows {} words",
                    rows.columns(),
                    schema.features.len()
                ),
                "give counts of the same words",
            )),
            other => of_table(schema, other.table()?),
        }
    }
}

fn of_names(names: impl Iterator<Item = String>) -> Schema {
    let feature = |name| Feature {
        name,
        feature_type: FeatureType::Number,
        read_as: None,
        notation: None,
    };
    Schema {
        features: names.map(feature).collect(),
        ..Schema::empty()
    }
}

/// Words as scikit-learn's `CountVectorizer` has them: two letters, digits or underscores or more, in lower case.
fn words(line: &str) -> impl Iterator<Item = String> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| word.chars().nth(1).is_some())
        .map(str::to_lowercase)
}

fn of_text(schema: &Schema, text: &str) -> Result<Csr> {
    let names = schema.features.iter().enumerate();
    let place: HashMap<&str, u32> = names.map(|(j, own)| (own.name.as_str(), j as u32)).collect();
    let (mut entries, mut documents) = (HashMap::new(), 0);
    for (d, line) in text.lines().enumerate() {
        documents = d + 1;
        for word in words(line) {
            if let Some(&j) = place.get(word.as_str()) {
                *entries.entry((d as u32, j)).or_insert(0.0) += 1.0;
            }
        }
    }
    let mut all: Vec<(u32, u32, f64)> = entries.into_iter().map(|((d, j), c)| (d, j, c)).collect();
    all.sort_unstable_by_key(|own| (own.0, own.1));
    Csr::from_entries(documents, schema.features.len(), all)
}

fn of_table(schema: &Schema, table: &Table) -> Result<Csr> {
    let mut entries = Vec::new();
    let mut values = vec![0.0; table.rows()];
    for (j, (source, own)) in schema.align(table)?.iter().zip(&schema.features).enumerate() {
        if own.feature_type != FeatureType::Number {
            return Err(Error::data(
                format!("column `{}` holds categories, not counts", own.name),
                format!("`--drop {}` leaves it out", own.name),
            ));
        }
        source.read_f64(0, &mut values);
        for (d, &c) in values.iter().enumerate().filter(|own| *own.1 != 0.0) {
            if !is_count(c) {
                return Err(no_count(d, &own.name, c));
            }
            entries.push((d as u32, j as u32, c));
        }
    }
    Csr::from_entries(table.rows(), schema.features.len(), entries)
}

/// Without explicit zeros.
fn checked(rows: &Csr) -> Result<Csr> {
    let mut entries = Vec::with_capacity(rows.value().len());
    for d in 0..rows.rows() {
        for (j, c) in rows.row(d).filter(|own| own.1 != 0.0) {
            if !is_count(c) {
                return Err(no_count(d, &format!("x{j}"), c));
            }
            entries.push((d as u32, j as u32, c));
        }
    }
    Csr::from_entries(rows.rows(), rows.columns(), entries)
}

/// Beyond this there are no numbers between whole ones and a half.
const MOST: f64 = 1e15;

/// Whether it is a count that is not 0.
fn is_count(c: f64) -> bool {
    c > 0.0 && c <= MOST
}

fn no_count(row: usize, name: &str, value: f64) -> Error {
    Error::data(
        format!("row {} of `{name}` is {value}, which is no count", row + 1),
        "counts are 0 or more, up to 1e15; `--drop` leaves out columns that are none",
    )
}
