//! The nearest so far.

/// A neighbour: by distance, then by number, so that ties are decided by the data alone.
pub(super) type Near = (f64, u32);

/// The `k` nearest so far, the furthest last.
pub(super) struct Best {
    k: usize,
    /// Nobody further is of interest, however few there are.
    most: f64,
    near: Vec<Near>,
}

impl Best {
    pub(super) fn new(k: usize) -> Self {
        Self {
            k,
            most: f64::INFINITY,
            near: Vec::with_capacity(k + 1),
        }
    }

    /// The nearest, if it is no further than this.
    pub(super) fn within(square: f64) -> Self {
        Self {
            k: 1,
            most: square,
            near: Vec::new(),
        }
    }

    /// The square of a distance beyond which nobody is of interest.
    pub(super) fn bound(&self) -> f64 {
        match self.near.last() {
            Some(last) if self.near.len() == self.k => last.0,
            _ => self.most,
        }
    }

    #[inline]
    pub(super) fn offer(&mut self, square: f64, j: u32) {
        if square > self.bound() {
            return;
        }
        let before = |near: &Near| near.0.total_cmp(&square).then(near.1.cmp(&j)).is_lt();
        let place = self.near.partition_point(before);
        self.near.insert(place, (square, j));
        self.near.truncate(self.k);
    }

    pub(super) fn take(&mut self) -> Vec<Near> {
        std::mem::take(&mut self.near)
    }

    pub(super) fn near(&self) -> &[Near] {
        &self.near
    }

    pub(super) fn clear(&mut self) {
        self.near.clear();
    }
}
