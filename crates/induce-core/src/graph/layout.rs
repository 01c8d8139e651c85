//! Places of nodes to be drawn at.

use std::collections::VecDeque;

use crate::linalg::Csr;
use crate::random::Stream;

/// Rounds in which nodes move.
const ROUNDS: usize = 200;

/// Up to `most` nodes that belong together: those nearest by edges to the one with the most neighbours, and so on in what is left, rising.
///
/// ```
/// use induce_core::{graph, linalg::Csr};
/// let path = Csr::from_entries(4, 4, vec![(0, 1, 1.0), (1, 0, 1.0), (1, 2, 1.0), (2, 1, 1.0)])?;
/// assert_eq!(graph::neighbourhood(&path, 3), [0, 1, 2]);
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn neighbourhood(weights: &Csr, most: usize) -> Vec<usize> {
    let n = weights.rows();
    let degree = |i: usize| weights.starts()[i + 1] - weights.starts()[i];
    let mut centres: Vec<usize> = (0..n).collect();
    centres.sort_by_key(|&i| std::cmp::Reverse(degree(i)));
    let (mut seen, mut found) = (vec![false; n], Vec::new());
    let mut next = VecDeque::new();
    for centre in centres {
        next.push_back(centre);
        while let Some(i) = next.pop_front().filter(|_| found.len() < most) {
            if !std::mem::replace(&mut seen[i], true) {
                found.push(i);
                next.extend(weights.row(i).map(|own| own.0).filter(|&j| !seen[j]));
            }
        }
        if found.len() >= most {
            break;
        }
    }
    found.sort_unstable();
    found
}

/// Places in the plane: edges draw together, all others push apart, in rounds of shorter and shorter steps (Fruchterman & Reingold 1991).
/// It takes the square of the number of nodes. // (nodes)
///
/// ```
/// use induce_core::{graph, linalg::Csr};
/// let pair = Csr::from_entries(3, 3, vec![(0, 1, 1.0), (1, 0, 1.0)])?;
/// let [a, b, c] = graph::layout(&pair)[..] else { panic!() };
/// let apart = |p: (f64, f64), q: (f64, f64)| (p.0 - q.0).hypot(p.1 - q.1);
/// assert!(apart(a, b) < apart(a, c));
/// # Ok::<(), induce_core::Error>(())
/// ```
pub fn layout(weights: &Csr) -> Vec<(f64, f64)> {
    let n = weights.rows();
    let stream = Stream::new(0, "graph/layout");
    let start = |i: u64| stream.uniform(i) - 0.5;
    let mut places: Vec<(f64, f64)> = (0..n as u64).map(|i| (start(2 * i), start(2 * i + 1))).collect();
    let own = 1.0 / (n.max(1) as f64).sqrt();
    let mut moves = vec![(0.0, 0.0); n];
    for round in 0..ROUNDS {
        moves.iter_mut().zip(&places).for_each(|(own, place)| {
            // A weak pull to the middle keeps parts that nothing joins on the page.
            *own = (-0.1 * place.0, -0.1 * place.1);
        });
        for i in 0..n {
            for j in 0..i {
                let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
                let push = own * own / (dx * dx + dy * dy).max(1e-9);
                moves[i] = (moves[i].0 + push * dx, moves[i].1 + push * dy);
                moves[j] = (moves[j].0 - push * dx, moves[j].1 - push * dy);
            }
            for (j, _) in weights.row(i).filter(|(j, _)| *j < i) {
                let (dx, dy) = (places[i].0 - places[j].0, places[i].1 - places[j].1);
                let pull = dx.hypot(dy) / own;
                moves[i] = (moves[i].0 - pull * dx, moves[i].1 - pull * dy);
                moves[j] = (moves[j].0 + pull * dx, moves[j].1 + pull * dy);
            }
        }
        let longest = 0.1 * (1.0 - round as f64 / ROUNDS as f64);
        for (place, step) in places.iter_mut().zip(&moves) {
            let length = step.0.hypot(step.1).max(1e-12);
            let share = longest.min(length) / length;
            *place = (place.0 + share * step.0, place.1 + share * step.1);
        }
    }
    places
}
