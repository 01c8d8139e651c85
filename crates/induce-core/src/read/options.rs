//! What a user may say about a file, and what was found in it.

use serde::{Deserialize, Serialize};

use super::missing::MARKERS;
use crate::error::{Error, Result};
use crate::table::{ColumnType, Notation};

/// A file format. Told by the content of a file, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Text with a delimiter: comma, tab, semicolon or bar.
    Csv,
    /// JSON objects, one per line or in one array.
    Jsonl,
    /// Apache Parquet.
    Parquet,
    /// Arrow IPC file (Feather) or stream.
    Arrow,
    /// One NumPy array.
    Npy,
    /// NumPy arrays in a zip file.
    Npz,
    /// Sparse text: `label index:value ...`.
    Libsvm,
    /// The format of MNIST.
    Idx,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 8] = [
        Self::Csv,
        Self::Jsonl,
        Self::Parquet,
        Self::Arrow,
        Self::Npy,
        Self::Npz,
        Self::Libsvm,
        Self::Idx,
    ];

    /// The lower-case name, as a flag takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Npy => "npy",
            Self::Npz => "npz",
            Self::Libsvm => "libsvm",
            Self::Idx => "idx",
        }
    }

    /// The name in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Jsonl => "JSON",
            Self::Parquet => "Parquet",
            Self::Arrow => "Arrow",
            Self::Npy => "NPY",
            Self::Npz => "NPZ",
            Self::Libsvm => "LIBSVM",
            Self::Idx => "IDX",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let same = |format: &Self| format.name().eq_ignore_ascii_case(name);
        Self::ALL
            .into_iter()
            .find(same)
            .ok_or_else(|| Error::UnknownName {
                what: "format",
                name: name.into(),
                known: Self::ALL.iter().map(ToString::to_string).collect(),
            })
    }
}

/// How to read a file; what is `None` or empty is inferred from the content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// The format.
    pub format: Option<Format>,
    /// The byte between two fields of a CSV file.
    pub delimiter: Option<u8>,
    /// Whether the first record of a CSV file holds the names of the columns.
    pub header: Option<bool>,
    /// Texts that mean "no value", besides the empty text. In quotes they still do among
    /// numbers, booleans and dates, but are a name like any other among texts: `"None"`.
    pub missing: Vec<String>,
    /// Columns whose type is given instead of inferred.
    pub column_types: Vec<(String, ColumnType)>,
    /// How numbers and dates of columns are written, where the file has these columns.
    pub notations: Vec<(String, Notation)>,
    /// Keep only these columns, in this order; all if empty.
    pub columns: Vec<String>,
    /// Leave these columns out.
    pub exclude: Vec<String>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            format: None,
            delimiter: None,
            header: None,
            missing: MARKERS.map(str::to_string).into(),
            column_types: Vec::new(),
            notations: Vec::new(),
            columns: Vec::new(),
            exclude: Vec::new(),
        }
    }
}

impl ReadOptions {
    /// The type that the user gave to the column called `name`, or that its notation implies; the last word counts.
    pub(crate) fn pinned(&self, name: &str) -> Option<ColumnType> {
        let kind = self.column_types.iter().rev().find(|(pinned, _)| pinned == name);
        let implied = || self.notation(name).map(Notation::column_type);
        kind.map(|(_, kind)| *kind).or_else(implied)
    }

    /// How the values of the column called `name` are written; the last word counts.
    pub(crate) fn notation(&self, name: &str) -> Option<Notation> {
        let own = self.notations.iter().rev().find(|(column, _)| column == name);
        own.map(|(_, notation)| *notation)
    }

    /// Take `COLUMN=KIND`, as the command line has it; a notation is the kind that it is of: `when=day-first`.
    ///
    /// # Errors
    /// If there is no such kind.
    pub fn pin(&mut self, name: &str, kind: &str) -> Result<()> {
        let kind = match kind.parse::<Notation>() {
            Ok(notation) => {
                self.notations.push((name.into(), notation));
                notation.column_type()
            }
            Err(_) => kind.parse().map_err(|error| match error {
                Error::UnknownName {
                    what,
                    name,
                    mut known,
                } => {
                    known.extend(Notation::NAMES.iter().map(|own| (*own).to_owned()));
                    Error::UnknownName { what, name, known }
                }
                other => other,
            })?,
        };
        self.column_types.push((name.into(), kind));
        Ok(())
    }

    /// Whether the column called `name` is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let listed = |names: &[String]| names.iter().any(|listed| listed == name);
        (self.columns.is_empty() || listed(&self.columns)) && !listed(&self.exclude)
    }

    /// An error if an option names a column that is not among `names`.
    pub(crate) fn check_names(&self, names: &[String]) -> Result<()> {
        let pinned = self.column_types.iter().map(|(name, _)| name);
        let mut asked = pinned.chain(&self.columns).chain(&self.exclude);
        match asked.find(|name| !names.contains(name)) {
            Some(name) => Err(Error::UnknownColumn {
                name: name.clone(),
                known: names.to_vec(),
            }),
            None => Ok(()),
        }
    }
}

/// What was found in a file, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sniffed {
    /// The file, or `stdin`.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// Whether it was compressed as a whole, with gzip.
    pub gzip: bool,
    /// The delimiter of a CSV file.
    pub delimiter: Option<u8>,
    /// Whether a CSV file has a header, and why that was thought.
    pub header: Option<(bool, String)>,
    /// The texts that were taken for missing.
    pub missing: Vec<String>,
    /// Rows of the table.
    pub rows: usize,
    /// Its columns.
    pub columns: Vec<SniffedColumn>,
    /// What was passed over, in words.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// What was found in a column, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SniffedColumn {
    /// The name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnType,
    /// Why that was thought.
    pub why: String,
    /// Rows without a value.
    pub missing: usize,
    /// How its numbers or dates were written, if not as they usually are.
    #[serde(default)]
    pub notation: Option<Notation>,
}

impl SniffedColumn {
    /// What `--type` takes it for.
    pub fn pin(&self) -> String {
        let kind = || self.kind.to_string();
        self.notation.map_or_else(kind, |notation| notation.to_string())
    }
}

impl Sniffed {
    /// The columns whose notation was told from their values, for nobody said it.
    pub fn guessed_notations<'s>(
        &'s self,
        options: &'s ReadOptions,
    ) -> impl Iterator<Item = (&'s str, Notation)> {
        let told = self
            .columns
            .iter()
            .filter(|own| options.notation(&own.name).is_none());
        told.filter_map(|own| Some((own.name.as_str(), own.notation?)))
    }

    /// The flags that pin every guess, so that another file is read in the same way.
    /// The markers for missing are named only if they are not the usual ones.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        if let Some(delimiter) = self.delimiter {
            flags.push(format!("--delimiter {}", quote(&delimiter_name(delimiter))));
        }
        if let Some((header, _)) = &self.header {
            flags.push(if *header { "--header" } else { "--no-header" }.to_string());
        }
        if !self.missing.is_empty() && self.missing != MARKERS {
            let named = self.missing.iter().filter(|marker| !marker.is_empty());
            let named: Vec<String> = named
                .map(|marker| format!("--missing {}", quote(marker)))
                .collect();
            // The empty text alone means no value.
            flags.extend(if named.is_empty() {
                vec!["--missing ''".into()]
            } else {
                named
            });
        }
        for column in &self.columns {
            flags.push(format!(
                "--type {}",
                quote(&format!("{}={}", column.name, column.pin()))
            ));
        }
        flags
    }
}

/// `comma`, `tab`, `semicolon`, `bar`, `space`, or the character itself.
pub fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b',' => "comma".into(),
        b'\t' => "tab".into(),
        b';' => "semicolon".into(),
        b'|' => "bar".into(),
        b' ' => "space".into(),
        other => char::from(other).to_string(),
    }
}

/// The delimiter called `name`: `comma`, `tab`, `semicolon`, `bar`, `\t`, or one ASCII character.
///
/// # Errors
/// If this is no delimiter.
pub fn parse_delimiter(name: &str) -> Result<u8> {
    match (name, name.as_bytes()) {
        ("comma", _) => Ok(b','),
        ("tab" | "\\t", _) => Ok(b'\t'),
        ("semicolon", _) => Ok(b';'),
        ("bar" | "pipe", _) => Ok(b'|'),
        ("space", _) => Ok(b' '),
        (_, &[byte]) if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(byte),
        _ => Err(Error::data(
            format!("`{name}` cannot separate fields"),
            "say comma, tab, semicolon, bar, space, or one ASCII character other than a quote or a line end",
        )),
    }
}

/// `text` as one word of a shell command.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-=.,/:+@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_string();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_pin_the_guesses_and_survive_a_shell() {
        let sniffed = Sniffed {
            file: "a.csv".into(),
            format: Format::Csv,
            gzip: false,
            delimiter: Some(b'\t'),
            header: Some((false, "it has a number".into())),
            missing: vec![String::new(), "?".into()],
            rows: 1,
            columns: vec![SniffedColumn {
                name: "it's".into(),
                kind: ColumnType::Number,
                why: "all whole".into(),
                missing: 0,
                notation: None,
            }],
            notes: Vec::new(),
        };
        assert_eq!(
            sniffed.flags(),
            [
                "--delimiter tab",
                "--no-header",
                "--missing '?'",
                r"--type 'it'\''s=number'"
            ]
        );
    }

    #[test]
    fn delimiters_have_names() {
        for byte in [b',', b'\t', b';', b'|', b' ', b':'] {
            assert_eq!(parse_delimiter(&delimiter_name(byte)).unwrap(), byte);
        }
        assert!(parse_delimiter("\"").is_err());
        assert!(parse_delimiter("ab").is_err());
    }
}
