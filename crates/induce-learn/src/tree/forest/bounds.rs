//! Features that may move the prediction one way only.
//!
//! A split on such a feature must order the values of its children, and parts the range of all values below it at the
//! middle between them; splits below it must stay within that range. Every tree, and so their mean, is then monotone.

/// The range in which the value of a node must lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    /// No limit.
    pub const NONE: Self = Self {
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };

    /// The nearest value that is allowed.
    pub fn clip(self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }

    /// The ranges of the children of a split on a feature of direction `way`, which have these values.
    pub fn children(self, way: i8, left: f64, right: f64) -> [Self; 2] {
        let middle = 0.5 * (self.clip(left) + self.clip(right));
        let (below, above) = (Self { high: middle, ..self }, Self { low: middle, ..self });
        match way {
            0 => [self, self],
            1 => [below, above],
            _ => [above, below],
        }
    }
}

/// What a split of a feature in a node must respect.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit {
    pub bounds: Bounds,
    /// 1 if larger values of the feature may only raise the prediction, -1 if they may only lower it, else 0.
    pub way: i8,
}

impl Limit {
    /// No limit.
    pub const NONE: Self = Self {
        bounds: Bounds::NONE,
        way: 0,
    };

    /// Whether children may have these values.
    pub fn allows(self, left: f64, right: f64) -> bool {
        let within = |value| self.bounds.low <= value && value <= self.bounds.high;
        within(left) && within(right) && f64::from(self.way) * (right - left) >= 0.0
    }
}
