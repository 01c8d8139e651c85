//! Coarser and coarser graphs, and an order of nodes in which pooling is what it is on a line.

use super::matrices::degrees;
use crate::linalg::Csr;

/// Graphs of half as many nodes each, the finest first, whose nodes are in an order in which 2 i and 2 i + 1 are what node i of the next is made
/// of. Nodes that stand alone have a partner of no edges (Defferrard, Bresson & Vandergheynst 2016, section 2.3).
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    /// Weights of every level.
    pub levels: Vec<Csr>,
    /// Which node each of the finest level is; nothing for a partner of no edges.
    pub nodes: Vec<Option<u32>>,
}

/// Halve a graph so many times, by Graclus: nodes, those of few neighbours first, are joined to the neighbour with the largest
/// `w_ij (1 / d_i + 1 / d_j)`, the local normalized cut (Dhillon, Guan & Kulis 2007).
///
/// ```
/// use induce_core::{graph, linalg::Csr};
/// // A path of three: one pair, and one that stands alone.
/// let path = Csr::from_entries(3, 3, vec![(0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0), (2, 1, 1.0)])?;
/// let found = graph::coarsen(&path, 1);
/// assert_eq!((found.levels[0].rows(), found.levels[1].rows()), (4, 2));
/// assert_eq!(found.nodes.iter().filter(|own| own.is_none()).count(), 1);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn coarsen(weights: &Csr, times: usize) -> Hierarchy {
    let (mut graphs, mut parents) = (vec![weights.clone()], Vec::new());
    for _ in 0..times {
        let finest = &graphs[graphs.len() - 1];
        let (parent, count) = matching(finest);
        graphs.push(merged(finest, &parent, count));
        parents.push(parent);
    }
    let coarsest = graphs[times].rows() as u32;
    let mut orders: Vec<Vec<Option<u32>>> = vec![(0..coarsest).map(Some).collect()];
    for parent in parents.iter().rev() {
        let mut children: Vec<Vec<u32>> =
            vec![Vec::new(); parent.iter().map(|p| *p as usize + 1).max().unwrap_or(0)];
        parent
            .iter()
            .zip(0..)
            .for_each(|(p, i)| children[*p as usize].push(i));
        let pair = |slot: &Option<u32>| {
            let own = slot.map_or(&[][..], |p| &children[p as usize]);
            [own.first().copied(), own.get(1).copied()]
        };
        let finer = orders[orders.len() - 1].iter().flat_map(pair).collect();
        orders.push(finer);
    }
    orders.reverse();
    let levels = graphs
        .iter()
        .zip(&orders)
        .map(|(graph, order)| placed(graph, order))
        .collect();
    Hierarchy {
        levels,
        nodes: orders.swap_remove(0),
    }
}

/// Which of so many pairs each node is in; some stand alone.
fn matching(weights: &Csr) -> (Vec<u32>, usize) {
    let (n, degree) = (weights.rows(), degrees(weights));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| degree[i].total_cmp(&degree[j]));
    let (mut parent, mut count) = (vec![u32::MAX; n], 0);
    for i in order {
        if parent[i] != u32::MAX {
            continue;
        }
        let free = weights
            .row(i)
            .filter(|&(j, w)| j != i && w > 0.0 && parent[j] == u32::MAX);
        let cut = free.map(|(j, w)| (w * (1.0 / degree[i] + 1.0 / degree[j]), j));
        let best = cut.reduce(|best, own| if own.0 > best.0 { own } else { best });
        parent[i] = count;
        if let Some((_, j)) = best {
            parent[j] = count;
        }
        count += 1;
    }
    (parent, count as usize)
}

/// Weights between pairs: sums over their members, without loops.
fn merged(weights: &Csr, parent: &[u32], count: usize) -> Csr {
    let entries = super::matrices::entries(weights);
    let between = entries
        .map(|(i, j, w)| (parent[i], parent[j], w))
        .filter(|(p, q, _)| p != q)
        .collect();
    Csr::from_entries(count, count, between).expect("sums of finite weights between pairs that there are")
}

/// The same graph with its nodes in this order, those that there are not without edges.
fn placed(weights: &Csr, order: &[Option<u32>]) -> Csr {
    let mut place = vec![0; weights.rows()];
    order.iter().zip(0..).for_each(|(own, k)| {
        if let Some(i) = own {
            place[*i as usize] = k;
        }
    });
    let entries = super::matrices::entries(weights)
        .map(|(i, j, w)| (place[i], place[j], w))
        .collect();
    Csr::from_entries(order.len(), order.len(), entries).expect("the entries of a matrix in another order")
}

/// Pixels of a grid, joined to their up to eight neighbours by `exp(-d^2 / 2)` of the distance d.
pub fn grid(height: usize, width: usize) -> Csr {
    let mut entries = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        for (dy, dx) in (-1_isize..=1).flat_map(|dy| (-1_isize..=1).map(move |dx| (dy, dx))) {
            let (v, u) = (y.wrapping_add_signed(dy), x.wrapping_add_signed(dx));
            if (dy, dx) != (0, 0) && v < height && u < width {
                let weight = (-0.5 * (dy * dy + dx * dx) as f64).exp();
                entries.push(((y * width + x) as u32, (v * width + u) as u32, weight));
            }
        }
    }
    Csr::from_entries(height * width, height * width, entries).expect("neighbours within the grid")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every node is there once, pairs are neighbours, and each level has the weights of the finer one.
    #[test]
    fn pairs_are_neighbours_and_weights_are_kept() {
        let own = grid(5, 7);
        let found = coarsen(&own, 3);
        let mut nodes: Vec<u32> = found.nodes.iter().flatten().copied().collect();
        nodes.sort_unstable();
        assert_eq!(nodes, (0..35).collect::<Vec<u32>>());
        for pair in found.nodes.chunks_exact(2) {
            if let [Some(i), Some(j)] = *pair {
                assert!(own.row(i as usize).any(|(k, _)| k == j as usize));
            }
            assert!(pair[0].is_some() || pair[1].is_none());
        }
        for level in found.levels.windows(2) {
            assert_eq!(level[0].rows(), 2 * level[1].rows());
            let mut sums = vec![0.0; level[1].rows() * level[1].rows()];
            for (i, j, w) in super::super::matrices::entries(&level[0]).filter(|(i, j, _)| i / 2 != j / 2) {
                sums[i / 2 * level[1].rows() + j / 2] += w;
            }
            for (i, j, w) in super::super::matrices::entries(&level[1]) {
                assert!((sums[i * level[1].rows() + j] - w).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_grid_of_mnist_is_as_small_as_that_of_the_paper() {
        let found = coarsen(&grid(28, 28), 4);
        let sizes: Vec<usize> = found.levels.iter().map(Csr::rows).collect();
        // The paper's, with random ties, has 976 at most.
        assert!(sizes[0] <= 976 && sizes[0].is_multiple_of(16), "{sizes:?}");
    }
}
