use super::*;
use crate::special::ln_gamma;

/// The trapezoid rule after x = g(t), which converges exponentially for what vanishes at both ends: (entropy, KL).
fn quadrature(
    ln_p: impl Fn(f64) -> f64,
    ln_q: impl Fn(f64) -> f64,
    map: impl Fn(f64) -> (f64, f64),
) -> (f64, f64) {
    let (mut entropy, mut divergence) = (0.0, 0.0);
    let step = 1e-3;
    for i in -40_000..=40_000 {
        let (x, slope) = map(f64::from(i) * step);
        let (p, q) = (ln_p(x), ln_q(x));
        let weight = p.exp() * slope * step;
        if weight > 0.0 {
            entropy -= weight * p;
            divergence += weight * (p - q);
        }
    }
    (entropy, divergence)
}

fn check<C: Closed>(p: &C, q: &C, (entropy, divergence): (f64, f64)) {
    assert!((p.entropy() - entropy).abs() < 1e-10, "{} {entropy}", p.entropy());
    assert!(
        (p.divergence(q) - divergence).abs() < 1e-10,
        "{} {divergence}",
        p.divergence(q)
    );
    assert!((p.cross_entropy(q) - entropy - divergence).abs() < 1e-10);
    assert!(p.divergence(p).abs() < 1e-13);
}

#[test]
fn the_normal_distribution_is_as_quadrature_says() {
    let ln = |m: f64, s: f64| move |x: f64| -0.5 * ((x - m) / s).powi(2) - s.ln() - 0.918_938_533_204_672_7;
    let (p, q) = (
        Gaussian::new(0.3, 1.4).unwrap(),
        Gaussian::new(-1.0, 2.2).unwrap(),
    );
    check(&p, &q, quadrature(ln(0.3, 1.4), ln(-1.0, 2.2), |t| (t, 1.0)));
}

#[test]
fn one_variable_is_a_vector_of_one_and_independent_variables_add_up() {
    let one = |m: f64, s: f64| MultivariateGaussian::new(vec![m], vec![s * s]).unwrap();
    let (p, q) = (
        Gaussian::new(0.3, 1.4).unwrap(),
        Gaussian::new(-1.0, 2.2).unwrap(),
    );
    assert!((one(0.3, 1.4).entropy() - p.entropy()).abs() < 1e-14);
    assert!((one(0.3, 1.4).divergence(&one(-1.0, 2.2)) - p.divergence(&q)).abs() < 1e-14);
    let both = |m: f64, s: f64| MultivariateGaussian::new(vec![m, m], vec![s * s, 0.0, 0.0, s * s]).unwrap();
    let twice = both(0.3, 1.4).divergence(&both(-1.0, 2.2));
    assert!((twice - 2.0 * p.divergence(&q)).abs() < 1e-14);
    assert!(both(0.0, 1.0).mutual_information(1).unwrap() == 0.0);
    assert!(MultivariateGaussian::new(vec![0.0; 2], vec![1.0, 2.0, 2.0, 1.0]).is_err());
    assert!(MultivariateGaussian::new(vec![0.0; 2], vec![1.0, 0.2, 0.1, 1.0]).is_err());
    assert!(both(0.0, 1.0).mutual_information(2).is_err());
}

/// Both by mpmath 1.4; the entropy is that of `multivariate_normal` of scipy 1.17 too.
#[test]
fn correlated_variables_have_the_values_of_others() {
    let p = MultivariateGaussian::new(vec![1.0, -0.5], vec![2.0, 0.6, 0.6, 1.0]).unwrap();
    let q = MultivariateGaussian::new(vec![0.0, 0.0], vec![1.0, -0.3, -0.3, 1.5]).unwrap();
    assert!(
        (p.entropy() - 3.085_225_187_327_399).abs() < 1e-12,
        "{}",
        p.entropy()
    );
    assert!(
        (p.divergence(&q) - 0.984_730_419_220_247_3).abs() < 1e-12,
        "{}",
        p.divergence(&q)
    );
}

#[test]
fn gamma_and_exponential_are_as_quadrature_says() {
    let ln = |a: f64, b: f64| move |x: f64| a * b.ln() - ln_gamma(a) + (a - 1.0) * x.ln() - b * x;
    for (a, b) in [
        ((2.3, 1.7), (0.8, 0.9)),
        ((1.0, 3.0), (1.0, 0.5)),
        ((0.4, 1.0), (3.0, 2.0)),
    ] {
        let (p, q) = (Gamma::new(a.0, a.1).unwrap(), Gamma::new(b.0, b.1).unwrap());
        // x = e^t, cut where e^t is no longer finite.
        let (entropy, kl) = quadrature(ln(a.0, a.1), ln(b.0, b.1), |t| {
            (t.min(30.0).exp(), t.min(30.0).exp())
        });
        // Half a unit of shape leaves e^(-16) of mass below e^-40.
        let slack = if a.0 < 1.0 { 1e-4 } else { 1e-10 };
        assert!(
            (p.entropy() - entropy).abs() < slack && (p.divergence(&q) - kl).abs() < slack,
            "{a:?}"
        );
    }
}

#[test]
fn beta_is_as_quadrature_says() {
    let ln = |a: f64, b: f64| {
        let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        move |x: f64| (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - ln_beta
    };
    let (p, q) = (
        Dirichlet::new(vec![2.0, 3.5]).unwrap(),
        Dirichlet::new(vec![1.2, 4.0]).unwrap(),
    );
    let logistic = |t: f64| {
        let x = 1.0 / (1.0 + (-t).exp());
        (x.min(1.0 - 1e-16), x * (1.0 - x))
    };
    check(&p, &q, quadrature(ln(2.0, 3.5), ln(1.2, 4.0), logistic));
    assert!(p.divergence(&Dirichlet::new(vec![1.0; 3]).unwrap()).is_nan());
    assert!(Dirichlet::new(vec![1.0]).is_err());
}

#[test]
fn counts_are_as_sums_say() {
    let sum = |p: &dyn Fn(u32) -> f64, q: &dyn Fn(u32) -> f64| {
        let terms = (0..400).map(|k| (p(k), q(k)));
        terms.fold((0.0, 0.0), |(h, kl), (p, q)| {
            (h - p.exp() * p, kl + p.exp() * (p - q))
        })
    };
    let ln = |r: f64| move |k: u32| f64::from(k) * r.ln() - r - ln_gamma(f64::from(k) + 1.0);
    let (p, q) = (Poisson::new(3.7).unwrap(), Poisson::new(5.5).unwrap());
    check(&p, &q, sum(&ln(3.7), &ln(5.5)));
    // Both branches meet.
    let (below, above) = (
        Poisson::new(1e4).unwrap().entropy(),
        Poisson::new(1e4 + 1e-8).unwrap().entropy(),
    );
    assert!((below - above).abs() < 1e-10, "{below} {above}");
    let (p, q) = (Bernoulli::new(0.2).unwrap(), Bernoulli::new(0.7).unwrap());
    let (h, kl) = (
        crate::information::entropy(&[0.2, 0.8]),
        crate::information::kl_divergence(&[0.2, 0.8], &[0.7, 0.3]),
    );
    check(&p, &q, (h.unwrap(), kl.unwrap()));
    assert_eq!(Bernoulli::new(0.0).unwrap().entropy(), 0.0);
    assert_eq!(
        Bernoulli::new(0.5)
            .unwrap()
            .divergence(&Bernoulli::new(0.0).unwrap()),
        f64::INFINITY
    );
    assert!(Bernoulli::new(1.1).is_err() && Poisson::new(0.0).is_err() && Gamma::new(1.0, f64::NAN).is_err());
}
