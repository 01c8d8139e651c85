//! Connected components.

use crate::linalg::Csr;

/// Which component each node belongs to; components are numbered by their first nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Components {
    /// How many there are.
    pub count: usize,
    /// The number of each node's. // (n)
    pub label: Vec<u32>,
}

impl Components {
    /// Those of a symmetric matrix of weights: nodes that a path of entries other than 0 joins.
    ///
    /// ```
    /// use induce_core::linalg::Csr;
    /// use induce_core::graph::Components;
    /// let weights = Csr::from_entries(4, 4, vec![(0, 2, 1.0), (2, 0, 1.0)])?;
    /// let parts = Components::of(&weights);
    /// assert_eq!((parts.count, parts.label), (3, vec![0, 1, 0, 2]));
    /// # Ok::<(), induce_core::Error>(())
    /// ```
    pub fn of(weights: &Csr) -> Self {
        let mut sets = Sets::new(weights.rows());
        for i in 0..weights.rows() {
            weights.row(i).filter(|(_, w)| *w != 0.0).for_each(|(j, _)| {
                sets.join(i, j);
            });
        }
        sets.components()
    }

    /// How many nodes each has. // (count)
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.count];
        self.label.iter().for_each(|&c| sizes[c as usize] += 1);
        sizes
    }
}

/// Disjoint sets, joined one by one: union by size, paths halved (Tarjan 1975).
pub struct Sets {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Sets {
    /// One for each of `n` members.
    pub fn new(n: usize) -> Self {
        Self {
            parent: (0..n as u32).collect(),
            size: vec![1; n],
        }
    }

    /// What stands for the set of `i`.
    pub fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] as usize != i {
            self.parent[i] = self.parent[self.parent[i] as usize];
            i = self.parent[i] as usize;
        }
        i
    }

    /// Make one of the sets of two; whether they were two.
    pub fn join(&mut self, i: usize, j: usize) -> bool {
        let (i, j) = (self.root(i), self.root(j));
        if i == j {
            return false;
        }
        let (small, large) = if self.size[i] < self.size[j] {
            (i, j)
        } else {
            (j, i)
        };
        self.parent[small] = large as u32;
        self.size[large] += self.size[small];
        true
    }

    /// The sets, as components.
    pub fn components(&mut self) -> Components {
        let n = self.parent.len();
        let (mut number, mut count) = (vec![u32::MAX; n], 0);
        let label = (0..n).map(|i| {
            let root = self.root(i);
            if number[root] == u32::MAX {
                number[root] = count;
                count += 1;
            }
            number[root]
        });
        let label = label.collect();
        Components {
            count: count as usize,
            label,
        }
    }
}
