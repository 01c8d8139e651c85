//! Names of nodes.

use super::super::intern::Interner;
use crate::table::Column;

/// Names of nodes, which are numbered in their order.
pub(super) enum Names {
    /// Numbers, from `first` on.
    Numbered { first: usize, count: usize },
    /// Texts, each once.
    Texts(Vec<String>),
    /// As they came in a text, and the line of the first time.
    Met { all: Interner, lines: Vec<u32> },
}

impl Names {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbered { count, .. } => *count,
            Self::Texts(all) => all.len(),
            Self::Met { all, .. } => all.len(),
        }
    }

    /// The name of node `i`.
    pub(super) fn name(&self, i: usize) -> String {
        match self {
            Self::Numbered { first, .. } => (first + i).to_string(),
            Self::Texts(all) => all[i].clone(),
            Self::Met { all, .. } => String::from_utf8_lossy(all.name(i)).into_owned(),
        }
    }

    /// Where it came first, as ` in line 7`; nothing where that is not known.
    pub(super) fn place(&self, i: usize) -> String {
        match self {
            Self::Met { lines, .. } => lines
                .get(i)
                .map_or_else(String::new, |line| format!(" in line {line}")),
            _ => String::new(),
        }
    }

    /// The column `node`.
    pub(super) fn column(self) -> Column {
        let texts: Vec<String> = match self {
            Self::Texts(all) => all,
            other => (0..other.len()).map(|i| other.name(i)).collect(),
        };
        let all: Vec<Option<&str>> = texts.iter().map(|name| Some(name.as_str())).collect();
        Column::from_text("node", &all)
    }
}

/// Numbers of names, given as they come.
#[derive(Default)]
pub(super) struct Numbers {
    all: Interner,
    lines: Vec<u32>,
}

impl Numbers {
    /// The number of `name`, which stands in `line`.
    pub(super) fn of(&mut self, name: &str, line: usize) -> u32 {
        let number = self.all.code(name.as_bytes());
        if number as usize == self.lines.len() {
            self.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        }
        number
    }

    pub(super) fn names(self) -> Names {
        Names::Met {
            all: self.all.sealed(),
            lines: self.lines,
        }
    }
}
