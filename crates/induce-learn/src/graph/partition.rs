//! How good a division of a graph is.

use induce_core::linalg::Csr;

use super::degrees;

/// What leaves each part of a divided graph, and what the parts weigh.
///
/// ```text
/// cut(A) = sum_{i in A, j not in A} w_ij        vol(A) = sum_{i in A} d_i
/// ```
///
/// ```
/// use induce_core::linalg::Csr;
/// use induce_learn::graph::Partition;
/// // A path of four nodes, cut in the middle.
/// let path = [(0, 1), (1, 2), (2, 3)];
/// let both = path.iter().flat_map(|&(i, j)| [(i, j, 1.0), (j, i, 1.0)]).collect();
/// let halves = Partition::of(&Csr::from_entries(4, 4, both)?, &[0, 0, 1, 1], 2);
/// assert_eq!((halves.cut(), halves.normalized_cut()), (1.0, 2.0 / 3.0));
/// assert!((halves.modularity() - (2.0 / 3.0 - 0.5)).abs() < 1e-15);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Partition {
    /// Weights of edges that leave each part. // (parts)
    pub leaving: Vec<f64>,
    /// Degrees of each part, summed. // (parts)
    pub volume: Vec<f64>,
    /// Nodes of each part. // (parts)
    pub nodes: Vec<usize>,
}

impl Partition {
    /// Of nodes with labels below `parts`.
    pub fn of(weights: &Csr, label: &[u32], parts: usize) -> Self {
        let mut own = Self {
            leaving: vec![0.0; parts],
            volume: vec![0.0; parts],
            nodes: vec![0; parts],
        };
        for (i, degree) in degrees(weights).into_iter().enumerate() {
            let part = label[i] as usize;
            own.volume[part] += degree;
            own.nodes[part] += 1;
            let others = weights.row(i).filter(|(j, _)| label[*j] != label[i]);
            own.leaving[part] += others.map(|(_, w)| w).sum::<f64>();
        }
        own
    }

    /// The weight of all edges between parts, each counted once.
    pub fn cut(&self) -> f64 {
        0.5 * self.leaving.iter().sum::<f64>()
    }

    /// `sum_A cut(A) / vol(A)`, parts without edges counted as 0 (Shi & Malik 2000, for any number of parts).
    pub fn normalized_cut(&self) -> f64 {
        let of = |(cut, volume): (&f64, &f64)| if *volume > 0.0 { cut / volume } else { 0.0 };
        self.leaving.iter().zip(&self.volume).map(of).sum()
    }

    /// `sum_A (inside(A) / vol - (vol(A) / vol)^2)`, where each inner edge counts from both of its ends (Newman & Girvan 2004).
    pub fn modularity(&self) -> f64 {
        let all: f64 = self.volume.iter().sum();
        if all == 0.0 {
            return 0.0;
        }
        let of = |(cut, volume): (&f64, &f64)| (volume - cut) / all - (volume / all).powi(2);
        self.leaving.iter().zip(&self.volume).map(of).sum()
    }
}
