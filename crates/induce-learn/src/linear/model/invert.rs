//! Quantiles from distribution functions.

use induce_prob::Family;

/// The least y at which the rising `fraction` reaches `p`, searched from the mean in steps of the deviation.
pub fn invert(fraction: impl Fn(f64) -> f64, p: f64, (mean, deviation): (f64, f64), family: Family) -> f64 {
    let bottom = if family.takes_any_sign() {
        f64::NEG_INFINITY
    } else {
        0.0
    };
    if p >= 1.0 || p <= 0.0 {
        return if p >= 1.0 { f64::INFINITY } else { bottom };
    }
    let excess = |y: f64| fraction(y) - p;
    if bottom == 0.0 && excess(0.0) >= 0.0 {
        return 0.0;
    }
    if family.is_count() {
        let ends = bracket(&excess, mean.ceil(), deviation.ceil(), bottom);
        return whole(&excess, ends);
    }
    root(&excess, bracket(&excess, mean, deviation, bottom))
}

/// low and high with excess(low) < 0 <= excess(high), from steps that double; whole if `start` and `step` are.
fn bracket(excess: &dyn Fn(f64) -> f64, start: f64, mut step: f64, bottom: f64) -> (f64, f64) {
    let (mut low, mut high) = (start, start);
    if excess(start) < 0.0 {
        while high.is_finite() && excess(high) < 0.0 {
            (low, high) = (high, high + step);
            step *= 2.0;
        }
    } else {
        while low > bottom && excess(low) >= 0.0 {
            (low, high) = ((low - step).max(bottom), low);
            step *= 2.0;
        }
    }
    (low, high)
}

/// The least whole number, by halving.
fn whole(excess: &dyn Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    loop {
        let middle = (0.5 * (low + high)).floor();
        // Beyond 2^53 there may be none in between.
        if !(middle > low && middle < high) {
            return high;
        }
        if excess(middle) >= 0.0 {
            high = middle;
        } else {
            low = middle;
        }
    }
}

/// The root, by secants that keep it between them (Illinois; Dowell & Jarratt 1971): a quarter of the steps of halving,
/// and a step may be a series within a series.
fn root(excess: &dyn Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    let (mut below, mut above) = (excess(low), excess(high));
    let (mut last, mut side) = (high, 0);
    for _ in 0..200 {
        let secant = high - above * (high - low) / (above - below);
        let inside = secant > low && secant < high;
        let middle = if inside { secant } else { 0.5 * (low + high) };
        if high - low <= 4.0 * f64::EPSILON * high.abs()
            || (middle - last).abs() <= 2.0 * f64::EPSILON * middle.abs()
        {
            return middle;
        }
        last = middle;
        let own = excess(middle);
        if own == 0.0 {
            return middle;
        }
        // An end that stays twice counts half, so that the other one is moved too.
        if own > 0.0 {
            (high, above) = (middle, own);
            below *= if side == 1 { 0.5 } else { 1.0 };
            side = 1;
        } else {
            (low, below) = (middle, own);
            above *= if side == -1 { 0.5 } else { 1.0 };
            side = -1;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The distribution function at the quantile is the probability, far out and near 0 too; counts are the least.
    #[test]
    fn quantiles_invert_distribution_functions() {
        let families = [
            Family::Gaussian,
            Family::Gamma,
            Family::InverseGaussian,
            Family::Tweedie(1.5),
            Family::Poisson,
            Family::NegativeBinomial(0.7),
        ];
        for (mu, phi) in [(0.02, 1.0), (1.3, 0.4), (900.0, 25.0), (3e7, 2.0)] {
            for family in families {
                let fraction = |y: f64| family.cdf(y, mu, phi).unwrap_or(f64::NAN);
                let deviation = (phi * family.variance(mu)).sqrt();
                for p in [1e-6, 0.05, 0.5, 0.9, 0.999_99] {
                    let y = invert(fraction, p, (mu, deviation), family);
                    let what = format!("{family:?} {mu} {phi} {p}: {y}");
                    if family.is_count() {
                        assert!(y.fract() == 0.0 && fraction(y) >= p, "{what}");
                        assert!(y == 0.0 || fraction(y - 1.0) < p, "{what}");
                    } else if y == 0.0 {
                        assert!(fraction(0.0) >= p, "{what}");
                    } else {
                        assert!((fraction(y) - p).abs() < 1e-7 * p, "{what} {}", fraction(y));
                    }
                }
            }
        }
    }
}
