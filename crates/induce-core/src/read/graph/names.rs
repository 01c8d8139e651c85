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

    /// The column `node`: free text, for nobody asks for the order of a million names.
    pub(super) fn column(self) -> Column {
        let texts: Vec<String> = match self {
            Self::Texts(all) => all,
            other => (0..other.len()).map(|i| other.name(i)).collect(),
        };
        let all: Vec<Option<&str>> = texts.iter().map(|name| Some(name.as_str())).collect();
        Column::from_free_text("node", &all)
    }
}

/// Numbers of names, given as they come.
#[derive(Default)]
pub(super) struct Numbers {
    all: Interner,
    lines: Vec<u32>,
    /// Numbers of names that are small whole numbers, as most are: one look instead of four.
    whole: Vec<u32>,
    /// The most of those: what they take is no more than the text.
    most: usize,
}

/// No number yet.
const FREE: u32 = u32::MAX;

impl Numbers {
    /// For a text of so many bytes.
    pub(super) fn of_text(bytes: usize) -> Self {
        Self {
            most: bytes / size_of::<u32>(),
            ..Self::default()
        }
    }

    /// The number of `name`, which stands in `line`.
    pub(super) fn of(&mut self, name: &str, line: usize) -> u32 {
        let Some(id) = whole(name.as_bytes()).filter(|id| *id < self.most) else {
            return self.met(name, line);
        };
        if id >= self.whole.len() {
            let length = (2 * id).min(self.most).max(id + 1);
            self.whole.resize(length, FREE);
        }
        if self.whole[id] == FREE {
            self.whole[id] = self.met(name, line);
        }
        self.whole[id]
    }

    fn met(&mut self, name: &str, line: usize) -> u32 {
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

/// The whole number that a name is, if it is written as numbers are: `7`, but no `07`.
fn whole(name: &[u8]) -> Option<usize> {
    let plain = (1..=8).contains(&name.len()) && (name[0] != b'0' || name.len() == 1);
    let step = |sum: usize, byte: &u8| byte.is_ascii_digit().then(|| 10 * sum + usize::from(byte - b'0'));
    name.iter().try_fold(0, step).filter(|_| plain)
}
