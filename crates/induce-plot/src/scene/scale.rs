//! From data to canvas: a domain, a linear or logarithmic scale and good ticks.

use crate::text;

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

    /// Wider by `fraction` of itself at both ends, where equal factors are equal lengths; the values are positive.
    pub fn padded_log(self, fraction: f64) -> Self {
        let factor = (self.high / self.low).powf(fraction);
        Self {
            low: self.low / factor,
            high: self.high * factor,
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

/// A linear or logarithmic map from a domain to a stretch of the canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    domain: Domain,
    from: f64,
    to: f64,
    log: bool,
}

impl Scale {
    pub fn new(domain: Domain, from: f64, to: f64) -> Self {
        Self {
            domain,
            from,
            to,
            log: false,
        }
    }

    /// Equal factors are equal lengths; the domain is positive.
    pub fn logarithmic(domain: Domain, from: f64, to: f64) -> Self {
        Self {
            log: true,
            ..Self::new(domain, from, to)
        }
    }

    /// The canvas position of `value`, held inside the stretch.
    pub fn at(&self, value: f64) -> f64 {
        let Domain { low, high } = self.domain;
        let fraction = if self.log {
            (value / low).ln() / (high / low).ln()
        } else {
            (value - low) / (high - low)
        };
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

    /// What a script needs to go back from the canvas to values: `low high from to`, and `log` if it is that.
    pub fn reading(&self) -> String {
        let log = if self.log { " log" } else { "" };
        let Domain { low, high } = self.domain;
        format!("{low} {high} {:.1} {:.1}{log}", self.from, self.to)
    }
}

/// The ticks of a domain and the step between them; 0 where they are apart by factors.
#[derive(Clone, Debug)]
pub(crate) struct Ticks {
    pub values: Vec<f64>,
    step: f64,
}

impl Ticks {
    /// A tick in words.
    pub fn label(&self, value: f64) -> String {
        text::tick(value, if self.step == 0.0 { value } else { self.step })
    }
}

/// At most about `wanted` ticks of a positive domain: 1, 2 and 5 of every power of ten, or the powers alone.
pub(crate) fn log_ticks(domain: Domain, wanted: usize) -> Ticks {
    let powers = domain.low.log10().floor() as i32..=domain.high.log10().ceil() as i32;
    let of = |factors: &'static [f64]| -> Vec<f64> {
        let all = powers
            .clone()
            .flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
        all.filter(|&value| domain.contains(value)).collect()
    };
    let rows: [&'static [f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    let fitting = rows.into_iter().map(of).find(|values| values.len() <= wanted);
    let powers = of(&[1.0]);
    let every = powers.len().div_ceil(wanted.max(1)).max(1);
    Ticks {
        values: fitting.unwrap_or_else(|| powers.into_iter().step_by(every).collect()),
        step: 0.0,
    }
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
    fn ticks_of_factors_are_round_and_few() {
        let domain = Domain {
            low: 180_000.0,
            high: 1.5e7,
        };
        let ticks = log_ticks(domain, 8);
        assert_eq!(ticks.values, [200_000.0, 500_000.0, 1e6, 2e6, 5e6, 1e7]);
        assert_eq!(ticks.label(1e7), "10M");
        let wide = Domain { low: 1e-9, high: 1e9 };
        assert!(log_ticks(wide, 6).values.len() <= 7);
        let scale = Scale::logarithmic(
            Domain {
                low: 1.0,
                high: 100.0,
            },
            0.0,
            10.0,
        );
        assert!((scale.at(10.0) - 5.0).abs() < 1e-12);
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
