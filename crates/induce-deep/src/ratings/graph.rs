//! Ratings as a graph: an adjacency matrix for each level, normalised.

use induce_core::Result;
use induce_core::linalg::{Csr, transpose};
use induce_core::random::Stream;
use induce_tensor::Sparse;

use super::spec::{Accumulation, Normalization};

/// Messages to users, and to items, of one level, or in a sum of all from one on.
pub struct Level {
    to_users: Messages,
    to_items: Messages,
}

/// Rows of a normalised adjacency matrix.
struct Messages {
    columns: usize,
    starts: Vec<usize>,
    places: Vec<u32>,
    values: Vec<f32>,
}

/// The graph that an encoder reads: matrices on which messages are passed. // to users (users, items), to items (items, users), per level
pub type Adjacency = Vec<[Sparse; 2]>;

/// A graph of ratings.
pub struct Graph {
    levels: Vec<Level>,
    users: usize,
    items: usize,
}

impl Graph {
    /// Of ratings by their codes: rating k of `by_user` is level `codes[k]`, of so many.
    pub fn new(by_user: &Csr, codes: &[u32], count: usize, how: (Accumulation, Normalization)) -> Self {
        let (starts, places) = (by_user.starts(), by_user.index());
        let (to_starts, to_places, turned) = transpose(by_user.columns(), starts, places, codes);
        let degrees =
            |starts: &[usize]| -> Vec<usize> { starts.windows(2).map(|own| own[1] - own[0]).collect() };
        let (users, items) = (degrees(starts), degrees(&to_starts));
        let wanted = |level: u32| {
            move |code: u32| match how.0 {
                Accumulation::Stack => code == level,
                Accumulation::Sum => code >= level,
            }
        };
        let level = |r: u32| Level {
            to_users: Messages::new(starts, places, codes, (&users, &items), (how.1, &wanted(r))),
            to_items: Messages::new(
                &to_starts,
                &to_places,
                &turned,
                (&items, &users),
                (how.1, &wanted(r)),
            ),
        };
        Self {
            levels: (0..count as u32).map(level).collect(),
            users: users.len(),
            items: items.len(),
        }
    }

    /// Messages of all nodes.
    ///
    /// # Errors
    /// None, by construction.
    pub fn whole(&self) -> Result<Adjacency> {
        self.levels
            .iter()
            .map(|own| Ok([own.to_users.whole()?, own.to_items.whole()?]))
            .collect()
    }

    /// Messages of those nodes only that are not dropped, with this probability, grown by 1 / (1 - probability): a node is dropped with
    /// all its messages, of all levels.
    ///
    /// # Errors
    /// None, by construction.
    pub fn thinned(&self, probability: f64, stream: Stream) -> Result<Adjacency> {
        if probability == 0.0 {
            return self.whole();
        }
        let drawn = |count: usize, path: u64| -> Vec<bool> {
            let own = stream.child(path);
            (0..count as u64).map(|i| own.uniform(i) >= probability).collect()
        };
        let (users, items) = (drawn(self.users, 0), drawn(self.items, 1));
        let grown = (1.0 / (1.0 - probability)) as f32;
        self.levels
            .iter()
            .map(|own| {
                Ok([
                    own.to_users.thinned(&items, grown)?,
                    own.to_items.thinned(&users, grown)?,
                ])
            })
            .collect()
    }
}

impl Messages {
    fn new(
        starts: &[usize],
        places: &[u32],
        codes: &[u32],
        (own, other): (&[usize], &[usize]),
        (how, wanted): (Normalization, &dyn Fn(u32) -> bool),
    ) -> Self {
        let mut all = Self {
            columns: other.len(),
            starts: vec![0],
            places: Vec::new(),
            values: Vec::new(),
        };
        for (row, degree) in own.iter().enumerate() {
            for k in (starts[row]..starts[row + 1]).filter(|k| wanted(codes[*k])) {
                let over = match how {
                    Normalization::Left => *degree as f64,
                    Normalization::Symmetric => (*degree as f64 * other[places[k] as usize] as f64).sqrt(),
                };
                all.places.push(places[k]);
                all.values.push((1.0 / over) as f32);
            }
            all.starts.push(all.places.len());
        }
        all
    }

    fn whole(&self) -> Result<Sparse> {
        Sparse::new(self.columns, &self.starts, &self.places, &self.values)
    }

    fn thinned(&self, kept: &[bool], grown: f32) -> Result<Sparse> {
        let (mut starts, mut places, mut values) = (vec![0], Vec::new(), Vec::new());
        for row in self.starts.windows(2) {
            for k in (row[0]..row[1]).filter(|k| kept[self.places[*k] as usize]) {
                places.push(self.places[k]);
                values.push(grown * self.values[k]);
            }
            starts.push(places.len());
        }
        Sparse::new(self.columns, &starts, &places, &values)
    }
}
