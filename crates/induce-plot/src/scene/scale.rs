//! From data to canvas: a domain, a linear scale and good ticks.

/// Values beyond this size are drawn at it, so that a difference of two of them is still a number.
const LARGEST: f64 = 1e150;

/// The stretch of data that an axis shows; always finite and never empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Domain {
    pub low: f64,
    pub high: f64,
}

impl Domain {
    /// Probabilities.
    pub const UNIT: Self = Self { low: 0.0, high: 1.0 };

    /// The smallest domain around the finite ones of `values`; zero to one where there is none.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            Self::UNIT
        } else {
            Self::between(low, high)
        }
    }

    /// From `low` to `high`, widened where they are equal.
    pub fn between(low: f64, high: f64) -> Self {
        let (low, high) = (low.clamp(-LARGEST, LARGEST), high.clamp(-LARGEST, LARGEST));
        let width = high - low;
        if width > 1e-12 * low.abs().max(high.abs()) {
            return Self { low, high };
        }
        let margin = if low == 0.0 { 0.5 } else { low.abs() * 0.1 };
        Self {
            low: low - margin,
            high: high + margin,
        }
    }

    /// Widened to hold `value`.
    pub fn with(self, value: f64) -> Self {
        Self::around([self.low, self.high, value])
    }

    /// Wider by `fraction` of itself at both ends.
    pub fn padded(self, fraction: f64) -> Self {
        let margin = (self.high - self.low) * fraction;
        Self {
            low: self.low - margin,
            high: self.high + margin,
        }
    }

    /// Wider by `fraction` of itself at the upper end.
    pub fn headroom(self, fraction: f64) -> Self {
        Self {
            high: self.high + (self.high - self.low) * fraction,
            ..self
        }
    }

    /// Whether it holds `value`.
    pub fn contains(&self, value: f64) -> bool {
        value >= self.low && value <= self.high
    }
}

/// A linear map from a domain to a stretch of the canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    domain: Domain,
    from: f64,
    to: f64,
}

impl Scale {
    pub fn new(domain: Domain, from: f64, to: f64) -> Self {
        Self { domain, from, to }
    }

    /// The canvas position of `value`, held inside the stretch.
    pub fn at(&self, value: f64) -> f64 {
        let fraction = (value - self.domain.low) / (self.domain.high - self.domain.low);
        let fraction = if fraction.is_nan() {
            0.0
        } else {
            fraction.clamp(0.0, 1.0)
        };
        self.from + fraction * (self.to - self.from)
    }

    pub fn domain(&self) -> Domain {
        self.domain
    }
}

/// The ticks of a domain and the step between them.
#[derive(Clone, Debug)]
pub(crate) struct Ticks {
    pub values: Vec<f64>,
    pub step: f64,
}

/// At most about `wanted` multiples of 1, 2, 2.5 or 5 times a power of ten, with steps of at least `smallest`.
pub(crate) fn ticks(domain: Domain, wanted: usize, smallest: f64) -> Ticks {
    let rough = (domain.high - domain.low) / wanted.max(1) as f64;
    let power = 10f64.powi(rough.log10().floor().clamp(-300.0, 300.0) as i32);
    let factor = [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .find(|factor| factor * power >= rough * 0.999)
        .unwrap_or(10.0);
    let step = (factor * power).max(smallest);
    let first = (domain.low / step - 1e-9).ceil();
    let values = (0..=wanted * 3)
        .map(|index| (first + index as f64) * step)
        .take_while(|&value| value <= domain.high + step * 1e-9)
        .collect();
    Ticks { values, step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(Domain::UNIT, 5, 0.0).values.len(), 6);
        assert_eq!(
            ticks(Domain { low: 3.0, high: 97.0 }, 5, 0.0).values,
            [20.0, 40.0, 60.0, 80.0]
        );
        assert_eq!(
            ticks(Domain { low: 0.0, high: 3.0 }, 8, 1.0).values,
            [0.0, 1.0, 2.0, 3.0]
        );
    }

    #[test]
    fn a_domain_is_never_empty() {
        for values in [
            vec![],
            vec![f64::NAN],
            vec![7.0],
            vec![0.0, 0.0],
            vec![-1e308, 1e308],
            vec![f64::INFINITY],
        ] {
            let domain = Domain::around(values);
            assert!(
                domain.high > domain.low && (domain.high - domain.low).is_finite(),
                "{domain:?}"
            );
            assert!(ticks(domain, 5, 0.0).values.len() <= 16);
        }
    }
}
