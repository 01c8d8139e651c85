//! The nearest neighbours of points, exactly.

use induce_core::parallel::map;
use induce_core::{Error, Result, Run};

use super::Points;
use super::best::{Best, Near};
use super::brute::Panels;
use super::tree::{Itself, Nobody, Tree};

/// The `k` nearest other points of every point, the nearest first, ties by number.
///
/// ```
/// use induce_core::Run;
/// use induce_learn::graph::{Neighbours, Points};
/// let points = Points::new(vec![0.0, 1.0, 3.0, 3.5], 1)?;
/// let near = Neighbours::of(&points, 2, &Run::new(0))?;
/// assert_eq!(near.of_point(2).map(|(j, _)| j).collect::<Vec<_>>(), [3, 1]);
/// # Ok::<(), induce_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Neighbours {
    /// How many each has.
    pub k: usize,
    /// Who they are. // (n, k)
    pub index: Vec<u32>,
    /// Squares of their distances, in squared units of the points. // (n, k)
    pub square: Vec<f64>,
}

/// In up to so many dimensions a k-d tree leaves most points out.
const DIMENSIONS: usize = 12;

/// Points whose neighbours one thread seeks at a time.
const CHUNK: usize = 128;

impl Neighbours {
    /// Of points among themselves; no point is its own neighbour, though one at the same place may be.
    ///
    /// In up to 12 dimensions by a k-d tree, in more by products of all with all in single precision, of which those that
    /// may be near are measured exactly. Both give the same.
    ///
    /// # Errors
    /// If `k` is 0, there are no more than `k` points, or the run is to stop.
    pub fn of(points: &Points, k: usize, run: &Run) -> Result<Self> {
        let n = points.len();
        if k == 0 || k >= n {
            return Err(Error::setting(
                "n_neighbors",
                k,
                format!("{n} points have 1 to {} others each", n - 1),
            ));
        }
        let p = points.dimensions();
        let query = |from: usize, to: usize| &points.values()[from * p..to * p];
        let found = match p <= DIMENSIONS {
            true => {
                let tree = Tree::new(points);
                in_chunks(n, run, |from, to| {
                    let one = |i: usize| {
                        let mut best = Best::new(k);
                        tree.search(points.point(i), &mut best, &Itself(i as u32));
                        best.take()
                    };
                    (from..to).map(one).collect()
                })?
            }
            false => {
                let panels = Panels::new(points);
                in_chunks(n, run, |from, to| {
                    panels.nearest(query(from, to), Some(&(from..to)), k)
                })?
            }
        };
        Ok(Self::from_lists(k, &found))
    }

    /// The `k` nearest of `points` of other points. // others: (m, dimensions), in units of the points
    ///
    /// # Errors
    /// If `k` is 0, there are fewer than `k` points, or the run is to stop.
    pub fn among(points: &Points, others: &[f64], k: usize, run: &Run) -> Result<Self> {
        let (n, p) = (points.len(), points.dimensions());
        if k == 0 || k > n {
            return Err(Error::setting(
                "n_neighbors",
                k,
                format!("there are 1 to {n} points"),
            ));
        }
        let m = others.len() / p;
        let found = match p <= DIMENSIONS {
            true => {
                let tree = Tree::new(points);
                in_chunks(m, run, |from, to| {
                    let one = |i: usize| {
                        let mut best = Best::new(k);
                        tree.search(&others[i * p..(i + 1) * p], &mut best, &Nobody);
                        best.take()
                    };
                    (from..to).map(one).collect()
                })?
            }
            false => {
                let panels = Panels::new(points);
                in_chunks(m, run, |from, to| {
                    panels.nearest(&others[from * p..to * p], None, k)
                })?
            }
        };
        Ok(Self::from_lists(k, &found))
    }

    fn from_lists(k: usize, lists: &[Vec<Near>]) -> Self {
        let all = || lists.iter().flatten();
        Self {
            k,
            index: all().map(|near| near.1).collect(),
            square: all().map(|near| near.0).collect(),
        }
    }

    /// How many points.
    pub fn points(&self) -> usize {
        self.index.len() / self.k
    }

    /// The neighbours of a point, with the squares of their distances.
    pub fn of_point(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = i * self.k..(i + 1) * self.k;
        let index = self.index[range.clone()].iter().map(|&j| j as usize);
        index.zip(self.square[range].iter().copied())
    }
}

/// Lists of all points, by chunks; stops between them.
fn in_chunks(
    n: usize,
    run: &Run,
    lists: impl Fn(usize, usize) -> Vec<Vec<Near>> + Sync,
) -> Result<Vec<Vec<Near>>> {
    let chunks = map(run.threads(), n.div_ceil(CHUNK), |c| {
        let due = run.stop().is_due();
        (!due).then(|| lists(c * CHUNK, ((c + 1) * CHUNK).min(n)))
    });
    let all: Option<Vec<_>> = chunks.into_iter().collect();
    all.map(|all| all.into_iter().flatten().collect())
        .ok_or_else(|| stopped(run))
}

/// What is said where there is nothing yet to keep.
pub(super) fn stopped(run: &Run) -> Error {
    if run.interrupted() {
        return Error::Interrupted;
    }
    Error::data(
        format!(
            "{} before the graph was complete",
            run.stop_reason().unwrap_or_default()
        ),
        "allow more time",
    )
}
