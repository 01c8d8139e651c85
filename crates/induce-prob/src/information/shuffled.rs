//! Orders of rows under the null hypothesis: any, or within the neighbourhood of what is given.

use induce_core::random::Stream;

use super::neighbours::KdTree;
use super::sample::Sample;

/// Rows in whose place another may stand, where something is given (Runge 2018 takes 5 to 10).
const NEIGHBOURS: usize = 5;

/// What rows may be exchanged.
pub(super) enum Exchange {
    /// All.
    Any(usize),
    /// Those that are near in what is given, by row.
    Near(Vec<Vec<u32>>),
}

impl Exchange {
    pub fn new(rows: usize, given: Option<&Sample>) -> Self {
        let Some(given) = given else {
            return Self::Any(rows);
        };
        let tree = KdTree::new(given.values(), given.dimension());
        let reaches = tree.reaches(NEIGHBOURS.min(rows - 1), 0..rows);
        let mut near = vec![Vec::new(); rows];
        for (place, reach) in reaches.iter().enumerate() {
            let row = tree.row(place);
            near[row] = tree
                .within(row, reach.distance, true)
                .into_iter()
                .map(|own| own as u32)
                .collect();
        }
        Self::Near(near)
    }

    /// Which row's value each row gets. Where something is given, a row that finds all its neighbours used takes one of them
    /// again (Runge 2018, algorithm 1).
    pub fn draw(&self, stream: Stream) -> Vec<usize> {
        match self {
            Self::Any(rows) => stream.permutation(*rows),
            Self::Near(near) => {
                let mut used = vec![false; near.len()];
                let mut from = vec![0; near.len()];
                for row in stream.permutation(near.len()) {
                    let own = &near[row];
                    let start = stream.child(1).below(row as u64, own.len());
                    let turn = (0..own.len()).map(|i| own[(start + i) % own.len()] as usize);
                    let free = turn.clone().find(|&other| !used[other]);
                    let taken = free.unwrap_or(own[start] as usize);
                    used[taken] = true;
                    from[row] = taken;
                }
                from
            }
        }
    }
}
