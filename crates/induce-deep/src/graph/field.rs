//! The receptive field of some nodes: what a network has to compute to say something of these.

use std::sync::Arc;

use induce_core::linalg::Csr;
use induce_core::random::Stream;
use induce_tensor::Sparse;

use super::filter::{Base, Filter, Matrices};
use super::reader::{Inputs, Matrix};

/// The inputs that are read, and the filters of the layers, from the first on.
pub struct Field {
    /// Features of the nodes that the first layer sees.
    pub inputs: Matrix,
    /// The filter of each layer.
    pub filters: Vec<Arc<dyn Filter>>,
    /// Which rows of the last layer are asked for, where it has others.
    pub rows: Option<Vec<u32>>,
}

/// How many neighbours of a node are sampled in each layer, from the output on, and what draws them.
pub type Sampled<'a> = (&'a [usize], Stream);

impl Field {
    /// Of all nodes.
    pub fn whole(base: &Base, inputs: &Inputs, layers: usize) -> Self {
        Self {
            inputs: inputs.all(),
            filters: vec![base.filter(); layers],
            rows: None,
        }
    }

    /// Of these nodes: exactly what all nodes would give, without the rest; or an estimate of it without bias from sampled neighbours.
    ///
    /// Polynomials see as many steps as their order is, and are computed for all nodes.
    pub fn of(base: &Base, inputs: &Inputs, layers: usize, nodes: &[u32], sampled: Option<Sampled>) -> Self {
        let Base::Matrices(matrices) = base else {
            return Self {
                rows: Some(nodes.to_vec()),
                ..Self::whole(base, inputs, layers)
            };
        };
        let (mut filters, mut targets): (Vec<Arc<dyn Filter>>, _) = (Vec::new(), nodes.to_vec());
        for layer in 0..layers {
            let few = sampled.map(|(fanouts, stream)| (fanouts[layer], stream.child(layer as u64)));
            let (own, sources) = part(matrices, &targets, few);
            filters.push(Arc::new(Matrices::new(own)));
            targets = sources;
        }
        filters.reverse();
        Self {
            inputs: inputs.take(&targets),
            filters,
            rows: None,
        }
    }
}

/// Rows of matrices and those of their columns that these have anything in; the columns, rising.
fn part(matrices: &[Csr], rows: &[u32], few: Option<(usize, Stream)>) -> (Vec<Sparse>, Vec<u32>) {
    let parts: Vec<Part> = matrices.iter().map(|own| Part::of(own, rows, few)).collect();
    let mut columns: Vec<u32> = parts.iter().flat_map(|own| &own.index).copied().collect();
    columns.sort_unstable();
    columns.dedup();
    let place = |j: &u32| columns.binary_search(j).unwrap_or(0) as u32;
    let matrix = |own: &Part| {
        let index = own.index.iter().map(place).collect();
        let csr = Csr::trusted(columns.len(), own.starts.clone(), index, own.value.clone());
        Sparse::from(&csr)
    };
    (parts.iter().map(matrix).collect(), columns)
}

/// Some rows of a matrix, in the columns of the whole.
struct Part {
    starts: Vec<usize>,
    index: Vec<u32>,
    value: Vec<f64>,
}

impl Part {
    /// Rows; or of each the diagonal and `few` of the others, drawn without replacement, which stand for all of them: their sum has the mean
    /// of the sum of all (Horvitz & Thompson 1952).
    fn of(matrix: &Csr, rows: &[u32], few: Option<(usize, Stream)>) -> Self {
        let mut part = Self {
            starts: vec![0],
            index: Vec::new(),
            value: Vec::new(),
        };
        for &i in rows {
            let range = matrix.starts()[i as usize]..matrix.starts()[i as usize + 1];
            let (index, value) = (&matrix.index()[range.clone()], &matrix.value()[range]);
            match few {
                Some((few, stream)) => part.sample(i, (index, value), few, stream.child(u64::from(i))),
                None => {
                    part.index.extend_from_slice(index);
                    part.value.extend_from_slice(value);
                }
            }
            part.starts.push(part.index.len());
        }
        part
    }

    fn sample(&mut self, i: u32, (index, value): (&[u32], &[f64]), few: usize, stream: Stream) {
        let others = index.iter().filter(|j| **j != i).count();
        let factor = if others > few {
            others as f64 / few as f64
        } else {
            1.0
        };
        // Selection sampling (Knuth 1997, algorithm S): the columns stay in their order.
        let (mut left, mut wanted) = (others, few.min(others));
        for (&j, &x) in index.iter().zip(value) {
            if j == i {
                self.index.push(j);
                self.value.push(x);
                continue;
            }
            if stream.below(left as u64, left) < wanted {
                self.index.push(j);
                self.value.push(factor * x);
                wanted -= 1;
            }
            left -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn star(leaves: u32) -> Csr {
        let entries = (0..=leaves).map(|j| (0, j, f64::from(j + 1))).collect();
        Csr::from_entries(leaves as usize + 1, leaves as usize + 1, entries).expect("a star")
    }

    /// The mean over draws of a sampled row is the row.
    #[test]
    fn samples_have_the_mean_of_the_whole() {
        let (matrix, draws) = (star(9), 20_000);
        let mut mean = [0.0; 10];
        for seed in 0..draws {
            let own = Part::of(&matrix, &[0], Some((3, Stream::new(seed, "test"))));
            assert_eq!((own.index.len(), own.index[0]), (4, 0));
            assert!(own.index.is_sorted());
            own.index
                .iter()
                .zip(&own.value)
                .for_each(|(j, x)| mean[*j as usize] += x / draws as f64);
        }
        for (j, mean) in mean.iter().enumerate() {
            let exact = (j + 1) as f64;
            assert!((mean - exact).abs() < 0.05 * exact, "{j}: {mean}");
        }
    }

    #[test]
    fn few_neighbours_are_all_taken() {
        let own = Part::of(&star(3), &[0, 2], Some((5, Stream::new(1, "test"))));
        assert_eq!(
            (own.index, own.value),
            (vec![0, 1, 2, 3], vec![1.0, 2.0, 3.0, 4.0])
        );
        assert_eq!(own.starts, [0, 4, 4]);
    }
}
