//! The first step: every row goes to its nearest centre, unless bounds prove that it stays.

use induce_core::parallel;

use super::Algorithm;
use crate::cluster::nearest::{Codebook, Singles, square};
use crate::points::{CHUNK, Points};

/// What is known of a row.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    /// Its cluster.
    pub label: u32,
    /// That of the iteration before.
    pub before: u32,
    /// The centre is at most so far away.
    pub(super) upper: f64,
    /// Every other centre is at least so far away.
    lower: f64,
}

impl Held {
    /// Of a row that nothing is known of.
    pub const NEW: Self = Self {
        label: u32::MAX,
        before: u32::MAX,
        upper: f64::INFINITY,
        lower: 0.0,
    };
}

/// How far centres have moved since the bounds were computed.
pub struct Moves {
    /// Every centre. // (centres)
    pub each: Vec<f64>,
    /// The farthest and the next one.
    most: [f64; 2],
    /// Half the distance to the nearest other centre; 0 where that is not worth knowing. // (centres)
    pub(super) half: Vec<f64>,
}

/// Bounds have to be apart by more than what rounding may have added to them.
pub(super) const SLACK: f64 = 1.0 + 1e-9;

impl Moves {
    /// Between two sets of centres.
    pub fn new(old: &[f64], new: &[f64], points: &Points) -> Self {
        let width = points.width;
        let pairs = old.chunks_exact(width).zip(new.chunks_exact(width));
        let each: Vec<f64> = pairs.map(|(a, b)| square(a, b).sqrt()).collect();
        let mut most = [0.0; 2];
        for &own in &each {
            match () {
                () if own > most[0] => most = [own, most[0]],
                () if own > most[1] => most[1] = own,
                () => {}
            }
        }
        // Of a row that lacks coordinates the distance to another centre may be less than half of that between them.
        let half = match points.has_missing() {
            true => vec![0.0; each.len()],
            false => halves(new, width, points.rows(), each.len()),
        };
        Self { each, most, half }
    }

    /// How far any centre but this one may have moved.
    fn of_others(&self, label: u32) -> f64 {
        match self.each[label as usize] == self.most[0] {
            true => self.most[1],
            false => self.most[0],
        }
    }
}

/// Half the distance of every centre to the next; that of pairs of many centres costs more than it saves.
fn halves(centres: &[f64], width: usize, rows: usize, k: usize) -> Vec<f64> {
    if k * k > 2 * rows {
        return vec![0.0; k];
    }
    let centre = |i: usize| &centres[i * width..][..width];
    let mut nearest = vec![f64::INFINITY; k];
    for i in 0..k {
        for j in 0..i {
            let squared = square(centre(i), centre(j));
            nearest[i] = nearest[i].min(squared);
            nearest[j] = nearest[j].min(squared);
        }
    }
    nearest.iter().map(|squared| 0.5 * squared.sqrt()).collect()
}

/// Assign every row; the rows that changed their cluster, in order.
pub fn assign(
    points: &Points,
    singles: &Singles,
    centres: &[f64],
    moves: Option<&Moves>,
    held: &mut [Held],
    threads: usize,
) -> Vec<u32> {
    let book = Codebook::new(centres, points.width);
    let size = points.chunk().min(8 * CHUNK);
    let chunks: Vec<std::sync::Mutex<&mut [Held]>> =
        held.chunks_mut(size).map(std::sync::Mutex::new).collect();
    let changed = parallel::map(threads, chunks.len(), |i| {
        let mut chunk = chunks[i].lock().expect("each chunk is locked once");
        let doubtful = match moves {
            Some(moves) => doubtful(points, centres, moves, i * size, &mut chunk),
            None => (0..chunk.len()).map(|at| (i * size + at) as u32).collect(),
        };
        book.nearest(points, singles, &doubtful, |row, found| {
            let own = &mut chunk[row as usize - i * size];
            (own.label, own.upper, own.lower) = (found.index, found.distance, found.second);
        });
        let moved = |row: &u32| {
            let own = &chunk[*row as usize - i * size];
            own.label != own.before
        };
        doubtful.iter().copied().filter(moved).collect::<Vec<u32>>()
    });
    changed.concat()
}

/// Centres up to which all are as quickly seen in single precision as one in double.
const FEW: usize = 32;

/// The rows of a chunk that may have another nearest centre now.
fn doubtful(points: &Points, centres: &[f64], moves: &Moves, start: usize, chunk: &mut [Held]) -> Vec<u32> {
    let width = points.width;
    let mut rows = Vec::new();
    for (at, own) in chunk.iter_mut().enumerate() {
        own.before = own.label;
        let label = own.label as usize;
        own.upper += moves.each[label];
        own.lower = (own.lower - moves.of_others(own.label)).max(0.0);
        let apart = own.lower.max(moves.half[label]);
        if own.upper * SLACK < apart {
            continue;
        }
        // The bound grew with every move; the distance itself may be below. Of few centres all are as quickly seen.
        if centres.len() <= FEW * width {
            rows.push((start + at) as u32);
            continue;
        }
        own.upper = square(points.row(start + at), &centres[label * width..][..width]).sqrt();
        if own.upper * SLACK >= apart {
            rows.push((start + at) as u32);
        }
    }
    rows
}

impl Algorithm {
    /// The one that is taken for so many centres of so many coordinates.
    pub(super) fn chosen(self, k: usize, width: usize) -> Self {
        match self {
            // Keeping a bound costs as much as a few coordinates do.
            Self::Auto if k * width < 32 => Self::Lloyd,
            // Measured on rows of 8 to 784 coordinates: below, all products take less time than bounds of groups do.
            Self::Auto if k * width < 1 << 15 => Self::Hamerly,
            Self::Auto => Self::Yinyang,
            said => said,
        }
    }
}
