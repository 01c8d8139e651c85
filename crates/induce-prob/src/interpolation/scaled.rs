//! Products of thousands of differences, which no double holds: a fraction and a power of two.

/// mantissa 2^exponent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scaled {
    mantissa: f64,
    exponent: i64,
}

impl Scaled {
    pub const ONE: Self = Self {
        mantissa: 1.0,
        exponent: 0,
    };

    /// A number, its exponent split off.
    pub fn new(x: f64) -> Self {
        Self {
            mantissa: x,
            exponent: 0,
        }
        .normal()
    }

    fn normal(self) -> Self {
        let exponent = exponent_of(self.mantissa);
        if exponent == 0 {
            return self;
        }
        Self {
            mantissa: shifted(self.mantissa, -exponent),
            exponent: self.exponent + exponent,
        }
    }

    pub fn times(self, x: f64) -> Self {
        let (a, b) = (Self::new(x), self);
        Self {
            mantissa: a.mantissa * b.mantissa,
            exponent: a.exponent + b.exponent,
        }
        .normal()
    }

    pub fn over(self, other: Self) -> Self {
        Self {
            mantissa: self.mantissa / other.mantissa,
            exponent: self.exponent - other.exponent,
        }
        .normal()
    }

    /// As a double: 0 or infinite where it is beyond them.
    pub fn value(self) -> f64 {
        shifted(self.mantissa, self.exponent)
    }

    /// The numbers divided by the power of two of the largest, so that this one is about 1.
    pub fn relative(all: &[Self]) -> Vec<f64> {
        let top = all
            .iter()
            .filter(|own| own.mantissa != 0.0)
            .map(|own| own.exponent)
            .max()
            .unwrap_or(0);
        all.iter()
            .map(|own| shifted(own.mantissa, own.exponent - top))
            .collect()
    }
}

/// floor(log2 |x|), 0 for what has none.
fn exponent_of(x: f64) -> i64 {
    if x == 0.0 || !x.is_finite() {
        return 0;
    }
    let raw = |x: f64| (x.to_bits() >> 52 & 0x7ff) as i64 - 1023;
    // What is below the normal doubles is lifted first.
    if x.is_normal() {
        raw(x)
    } else {
        raw(x * 2.0_f64.powi(60)) - 60
    }
}

/// x 2^by, exact where the result is a normal double.
fn shifted(x: f64, by: i64) -> f64 {
    let by = by.clamp(-2200, 2200) as i32;
    let (half, rest) = (by / 3, by - 2 * (by / 3));
    x * 2.0_f64.powi(half) * 2.0_f64.powi(half) * 2.0_f64.powi(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_neither_overflow_nor_vanish() {
        let mut product = Scaled::ONE;
        (0..3000).for_each(|_| product = product.times(1e-300));
        (0..3000).for_each(|_| product = product.over(Scaled::new(1e-300)));
        assert!((product.value() - 1.0).abs() < 1e-12);
        assert_eq!(Scaled::new(5e-324).times(4.0).value(), 2e-323);
        assert_eq!(Scaled::new(-1e308).times(1e308).value(), f64::NEG_INFINITY);
        let huge = [Scaled::new(1e300).times(1e300), Scaled::new(2e300).times(1e300)];
        let relative = Scaled::relative(&huge);
        assert!((relative[1] / relative[0] - 2.0).abs() < 1e-15 && relative[1] <= 2.0);
    }
}
