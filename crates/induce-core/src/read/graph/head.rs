//! Which columns of a list of edges are what.

use crate::words::counted;

/// What the first end of an edge is called.
const FROM: [&str; 14] = [
    "source",
    "src",
    "from",
    "from_node",
    "source_id",
    "node1",
    "node_1",
    "id1",
    "id_1",
    "head",
    "u",
    "i",
    "a",
    "start",
];
/// What the second is called, in the same order.
const TO: [&str; 14] = [
    "target",
    "dst",
    "to",
    "to_node",
    "target_id",
    "node2",
    "node_2",
    "id2",
    "id_2",
    "tail",
    "v",
    "j",
    "b",
    "end",
];
/// What the weight is called.
pub(super) const WEIGHT: [&str; 4] = ["weight", "w", "value", "weights"];

/// The columns of the ends and of the weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) weight: Option<usize>,
    /// Names of the others.
    pub(super) others: Vec<String>,
}

impl Head {
    /// The columns called so: ends under usual names, else the first two; the weight under a usual name.
    pub(super) fn of(names: &[&str]) -> Self {
        let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let at = |wanted: &str| lower.iter().position(|name| name == wanted);
        let ends = FROM
            .iter()
            .zip(TO)
            .find_map(|(from, to)| Some((at(from)?, at(to)?)));
        let (from, to) = ends.unwrap_or((0, 1));
        let free = |k: &usize| ![from, to].contains(k);
        let weight = WEIGHT.iter().find_map(|name| at(name).filter(free));
        let other = |k: &usize| free(k) && Some(*k) != weight;
        let others = (0..names.len())
            .filter(other)
            .map(|k| names[k].to_owned())
            .collect();
        Self {
            from,
            to,
            weight,
            others,
        }
    }

    /// The columns that the first line of a text names, if it is one of names and not an edge.
    pub(super) fn of_line(words: &[&str]) -> Option<Self> {
        if words.len() < 2 {
            return None;
        }
        let head = Self::of(words);
        let lower = |k: usize| words[k].to_lowercase();
        let (from, to) = (lower(head.from), lower(head.to));
        // Two nodes may be called `a` and `b`; with more columns they are none.
        let paired = FROM.iter().zip(TO).any(|(a, b)| *a == from && b == to);
        let third = words.get(2).is_none_or(|word| word.parse::<f64>().is_err());
        let named = paired && third && (from.len() > 1 || head.weight.is_some());
        (named || head.weight == Some(2)).then_some(head)
    }

    /// What is not read, in words.
    pub(super) fn left_out(&self) -> Option<String> {
        let all: Vec<String> = self
            .others
            .iter()
            .take(SHOWN)
            .map(|name| format!("`{name}`"))
            .collect();
        let more = match self.others.len() > SHOWN {
            true => format!(", ... ({})", counted(self.others.len(), "column")),
            false => String::new(),
        };
        (!all.is_empty()).then(|| format!("left out of the edges: {}{more}", all.join(", ")))
    }
}

/// Names that are written out.
const SHOWN: usize = 5;
