//! Shapes.

use std::fmt;

/// The largest number of axes of a tensor.
pub const AXES: usize = 5;

/// The lengths of a tensor's axes, the last one adjacent in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    lengths: [usize; AXES],
    rank: usize,
}

impl Shape {
    /// Of these lengths; `None` for more than five axes, or more elements than memory can have.
    pub fn new(lengths: &[usize]) -> Option<Self> {
        let rank = lengths.len();
        let mut own = [1; AXES];
        own.get_mut(..rank)?.copy_from_slice(lengths);
        let elements = lengths.iter().try_fold(1_usize, |n, &l| n.checked_mul(l))?;
        (elements <= isize::MAX as usize / 8).then_some(Self { lengths: own, rank })
    }

    /// A scalar.
    pub fn scalar() -> Self {
        Self {
            lengths: [1; AXES],
            rank: 0,
        }
    }

    /// The lengths.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths[..self.rank]
    }

    /// How many axes.
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// How many values.
    pub fn elements(&self) -> usize {
        self.lengths().iter().product()
    }

    /// The length of the last axis; 1 for a scalar.
    pub fn last(&self) -> usize {
        self.lengths().last().copied().unwrap_or(1)
    }

    /// How many rows of the last axis there are.
    pub fn rows(&self) -> usize {
        self.lengths()[..self.rank.saturating_sub(1)].iter().product()
    }

    /// This shape with another last axis.
    #[must_use]
    pub fn with_last(mut self, length: usize) -> Self {
        if self.rank > 0 {
            self.lengths[self.rank - 1] = length;
        }
        self
    }

    /// This shape without its last axis.
    #[must_use]
    pub fn without_last(mut self) -> Self {
        if self.rank > 0 {
            self.rank -= 1;
            self.lengths[self.rank] = 1;
        }
        self
    }

    /// The shape of both stretched over each other: axes are matched from the last, and one of length 1 fits any.
    pub fn broadcast(&self, other: &Self) -> Option<Self> {
        let rank = self.rank.max(other.rank);
        let mut lengths = [1; AXES];
        for axis in 0..rank {
            let of = |s: &Self| (axis + s.rank).checked_sub(rank).map_or(1, |a| s.lengths[a]);
            lengths[axis] = match (of(self), of(other)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return None,
            };
        }
        Some(Self { lengths, rank })
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let lengths: Vec<String> = self.lengths().iter().map(ToString::to_string).collect();
        write!(f, "({})", lengths.join(", "))
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
