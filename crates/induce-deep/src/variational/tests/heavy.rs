//! Posteriors that no Gaussian is near: k-hat says so.

use super::*;

/// Of a Cauchy density, -ln(1 + theta^2), weights have no mean.
#[test]
fn a_cauchy_density_is_not_trusted() {
    let density = on_tape(2, |theta| -theta.square().affine(1.0, 1.0).ln().sum_last());
    let posterior = fit(&Spec::default(), &Supports::real(2).unwrap(), density).model;
    assert!(posterior.khat > TRUSTED, "{}", posterior.khat);
    assert!(posterior.doubt().is_some_and(|doubt| doubt.contains("k-hat")));
}

/// Neal's funnel (Neal 2003): a deviation e^(v / 2) of nine others, v ~ N(0, 9). The density has no mode at all.
#[test]
fn a_funnel_is_not_trusted() {
    let density = on_tape(10, |theta| {
        let (v, x) = (theta.slice(1, 0, 1), theta.slice(1, 1, 9));
        let own = v.square().affine(-1.0 / 18.0, 0.0).sum_last();
        let rest = (x.square() * v.affine(-1.0, 0.0).exp() + v).affine(-0.5, 0.0);
        own + rest.sum_last()
    });
    let posterior = fit(&Spec::default(), &Supports::real(10).unwrap(), density).model;
    assert!(posterior.khat > TRUSTED, "{}", posterior.khat);
    // The evidence is 10 ln(2 pi) / 2 + ln 3, and the ELBO is below.
    let ln_z = 5.0 * std::f64::consts::TAU.ln() + 3.0_f64.ln();
    assert!(
        posterior.elbo < ln_z && posterior.elbo > ln_z - 5.0,
        "{} {ln_z}",
        posterior.elbo
    );
}

/// A density that a Gaussian is near, but not of: a logistic one. Importance sampling finds its deviation, pi / sqrt 3.
#[test]
fn importance_corrects_what_is_near() {
    let density = on_tape(1, |theta| (theta - theta.softplus().affine(2.0, 0.0)).sum_last());
    let posterior = fit(&Spec::default(), &Supports::real(1).unwrap(), density).model;
    let wanted = std::f64::consts::PI / 3.0_f64.sqrt();
    near(posterior.corrected_deviations[0], wanted, 0.12);
    near(posterior.ln_evidence, 0.0, 0.02);
    assert!(posterior.deviations[0] < wanted && posterior.elbo < 0.0);
}
