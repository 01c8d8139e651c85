#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use super::*;

const ALL: [Family; 8] = [
    Family::Gaussian,
    Family::Bernoulli,
    Family::Poisson,
    Family::Gamma,
    Family::InverseGaussian,
    Family::NegativeBinomial(0.7),
    Family::Tweedie(1.5),
    Family::Tweedie(2.5),
];

#[test]
fn the_derivative_of_the_deviance_is_the_residual_over_the_variance() {
    for family in ALL {
        for (y, mu) in [(0.3, 0.5), (0.9, 0.2)] {
            let h = 1e-6;
            let derivative = (family.unit_deviance(y, mu + h) - family.unit_deviance(y, mu - h)) / (2.0 * h);
            let expected = -2.0 * (y - mu) / family.variance(mu);
            assert!(
                (derivative - expected).abs() < 1e-5 * expected.abs(),
                "{family:?} {derivative} {expected}"
            );
        }
        assert!(family.unit_deviance(0.4, 0.4).abs() < 1e-14, "{family:?}");
    }
}

#[test]
fn the_likelihood_falls_by_half_the_deviance_over_the_dispersion() {
    for family in ALL {
        let phi = if family.has_dispersion() { 0.6 } else { 1.0 };
        let at = |mu: f64| family.log_likelihood(1.0, mu, phi) + 0.5 * family.unit_deviance(1.0, mu) / phi;
        assert!((at(0.3) - at(0.8)).abs() < 1e-10, "{family:?}");
    }
}

/// The canonical link's score is the natural parameter: its derivative in mu is a constant over V.
#[test]
fn canonical_links_have_derivative_one_over_the_variance() {
    for family in [
        Family::Gaussian,
        Family::Bernoulli,
        Family::Poisson,
        Family::Gamma,
        Family::Tweedie(1.5),
    ] {
        let link = family.canonical_link();
        let factor = |mu: f64| {
            let derivative = (link.score_of(mu + 1e-6) - link.score_of(mu - 1e-6)) / 2e-6;
            derivative * family.variance(mu)
        };
        assert!((factor(0.3) / factor(0.6) - 1.0).abs() < 1e-6, "{family:?}");
    }
}

/// scipy 1.17.1: `stats.poisson.logpmf(3, 2.5)`, `gamma.logpdf(1.7, 2, scale=0.65)`, `nbinom.logpmf(3, 2, 2/4.5)`.
#[test]
fn likelihoods_are_those_of_scipy() {
    let close = |ours: f64, expected: f64| assert!((ours - expected).abs() < 1e-12, "{ours} {expected}");
    close(
        Family::Poisson.log_likelihood(3.0, 2.5, 1.0),
        3.0 * 2.5_f64.ln() - 2.5 - 6.0_f64.ln(),
    );
    let gamma = (1.7_f64).ln() - 1.7 / 0.65 - 2.0 * 0.65_f64.ln();
    close(Family::Gamma.log_likelihood(1.7, 1.3, 0.5), gamma);
    let p: f64 = 2.0 / 4.5;
    close(
        Family::NegativeBinomial(0.5).log_likelihood(3.0, 2.5, 1.0),
        4.0_f64.ln() + 2.0 * p.ln() + 3.0 * (1.0 - p).ln(),
    );
}

/// A compound Poisson-gamma density integrates to 1 with its atom at 0.
#[test]
fn the_tweedie_series_is_a_density() {
    let density = |y: f64| Family::Tweedie(1.5).log_likelihood(y, 1.0, 0.8).exp();
    let h = 1e-3;
    let integral: f64 = (0..40_000).map(|i| density((f64::from(i) + 0.5) * h) * h).sum();
    assert!(
        (integral + density(0.0) - 1.0).abs() < 1e-4,
        "{integral} {}",
        density(0.0)
    );
}

/// A perfect fit has a dispersion of rounding; the series then had so many terms that adding one to their number changed
/// nothing, and never ended.
#[test]
fn a_dispersion_near_zero_ends_and_joins_the_series() {
    for p in [1.2, 1.5, 1.9] {
        let at = |phi: f64| Family::Tweedie(p).log_likelihood(2.0, 2.0, phi);
        assert!(at(1e-30).is_finite() && at(1e-12) < at(1e-30));
        // On both sides of the join, less what the dispersion's square root is by itself.
        let join = 2.0_f64.powf(2.0 - p) / (2.0 - p) / 1e7;
        let own = |phi: f64| at(phi) + 0.5 * phi.ln();
        assert!((own(join * 0.999) - own(join * 1.001)).abs() < 1e-6, "{p}");
    }
}

#[test]
fn targets_and_parameters_out_of_range_are_refused() {
    assert!(Family::Poisson.check(&[-1.0]).is_err());
    assert!(Family::Gamma.check(&[0.0]).is_err());
    assert!(Family::Bernoulli.check(&[2.0]).is_err());
    assert!(Family::Tweedie(0.5).check(&[1.0]).is_err());
    assert!(Family::NegativeBinomial(0.0).check(&[1.0]).is_err());
    assert!(Family::Tweedie(1.5).check(&[0.0, 3.0]).is_ok());
}

/// (family, y, mu, phi, P(Y <= y)); `tests/golden/distributions.py` makes them.
const SCIPY: [(Family, f64, f64, f64, f64); 28] = [
    (Family::Gaussian, 0.3, 1.7, 0.6, 0.035_350_572_432_991),
    (Family::Poisson, 0.3, 1.7, 0.6, 0.182_683_524_052_73),
    (Family::NegativeBinomial(0.7), 0.3, 1.7, 0.6, 0.326_325_689_649_78),
    (Family::Gamma, 0.3, 1.7, 0.6, 0.072_138_501_431_438),
    (Family::InverseGaussian, 0.3, 1.7, 0.6, 0.045_857_450_234_359),
    (Family::Tweedie(1.3), 0.3, 1.7, 0.6, 0.071_177_864_607_802),
    (Family::Tweedie(1.8), 0.3, 1.7, 0.6, 0.074_283_565_309_842),
    (Family::Gaussian, 2.0, 1.7, 0.6, 0.650_732_320_848_33),
    (Family::Poisson, 2.0, 1.7, 0.6, 0.757_223_207_198_59),
    (Family::NegativeBinomial(0.7), 2.0, 1.7, 0.6, 0.746_777_640_024_21),
    (Family::Gamma, 2.0, 1.7, 0.6, 0.681_940_964_499_11),
    (Family::InverseGaussian, 2.0, 1.7, 0.6, 0.730_744_351_973_56),
    (Family::Tweedie(1.3), 2.0, 1.7, 0.6, 0.654_871_029_543_57),
    (Family::Tweedie(1.8), 2.0, 1.7, 0.6, 0.672_918_547_883_22),
    (Family::Gaussian, 9.0, 4.0, 1.3, 0.999_994_208_434_69),
    (Family::Poisson, 9.0, 4.0, 1.3, 0.991_867_757_203_07),
    (Family::NegativeBinomial(0.7), 9.0, 4.0, 1.3, 0.908_835_487_693_24),
    (Family::Gamma, 9.0, 4.0, 1.3, 0.881_254_986_692_26),
    (Family::InverseGaussian, 9.0, 4.0, 1.3, 0.893_844_127_755_66),
    (Family::Tweedie(1.3), 9.0, 4.0, 1.3, 0.943_187_439_261_07),
    (Family::Tweedie(1.8), 9.0, 4.0, 1.3, 0.892_253_346_692_17),
    (Family::Gaussian, 40.0, 25.0, 0.2, 1.0),
    (Family::Poisson, 40.0, 25.0, 0.2, 0.997_964_400_719_02),
    (
        Family::NegativeBinomial(0.7),
        40.0,
        25.0,
        0.2,
        0.811_419_127_521_59,
    ),
    (Family::Gamma, 40.0, 25.0, 0.2, 0.900_367_599_512_95),
    (Family::InverseGaussian, 40.0, 25.0, 0.2, 0.851_012_730_954_72),
    (Family::Tweedie(1.3), 40.0, 25.0, 0.2, 0.999_908_040_181_2),
    (Family::Tweedie(1.8), 40.0, 25.0, 0.2, 0.954_276_729_975_22),
];

#[test]
fn distribution_functions_are_those_of_scipy() {
    for (family, y, mu, phi, expected) in SCIPY {
        let ours = family.cdf(y, mu, phi).unwrap();
        assert!(
            (ours - expected).abs() < 1e-11,
            "{family:?} {y} {mu}: {ours} {expected}"
        );
    }
    for (p, family) in [
        (2.0, Family::Gamma),
        (3.0, Family::InverseGaussian),
        (0.0, Family::Gaussian),
    ] {
        assert_eq!(Family::Tweedie(p).cdf(1.1, 0.8, 0.3), family.cdf(1.1, 0.8, 0.3));
    }
    assert!(Family::Bernoulli.cdf(0.0, 0.5, 1.0).is_none());
    assert!(Family::Tweedie(-1.0).cdf(0.0, 0.5, 1.0).is_none());
}
