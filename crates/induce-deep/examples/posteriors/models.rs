//! Log densities of models of posteriordb, as its Stan programs have them, up to constants.

use induce_core::linalg::Cholesky;
use induce_core::{Error, Result};
use induce_deep::variational::{LogDensity, Support, Tensor, on_tape, with_gradient};
use serde_json::Value;

/// A density, the support of its parameters, and the names of those that have reference draws, `None` for the others.
pub struct Case {
    pub density: Box<dyn LogDensity>,
    pub supports: Vec<Support>,
    pub names: Vec<Option<String>>,
}

/// The model of this posterior.
pub fn case(name: &str, data: &Value) -> Result<Case> {
    Ok(match name {
        "kidiq-kidscore_momiq" => line(numbers(data, "mom_iq")?, numbers(data, "kid_score")?),
        "earnings-logearn_height" => {
            let y = numbers(data, "earn")?.iter().map(|y| y.ln()).collect();
            line(numbers(data, "height")?, y)
        }
        "arK-arK" => autoregression(&numbers(data, "y")?),
        "eight_schools-eight_schools_noncentered" => schools(numbers(data, "y")?, numbers(data, "sigma")?),
        "garch-garch11" => garch(numbers(data, "y")?, data["sigma1"].as_f64().unwrap_or(f64::NAN)),
        "gp_pois_regr-gp_regr" => process(numbers(data, "x")?, numbers(data, "y")?),
        _ => return Err(Error::data(format!("there is no model `{name}`"), "write it")),
    })
}

fn numbers(data: &Value, name: &str) -> Result<Vec<f64>> {
    let all = data[name].as_array();
    let all =
        all.ok_or_else(|| Error::data(format!("the data have no `{name}`"), "take posteriordb's own"))?;
    Ok(all.iter().filter_map(Value::as_f64).collect())
}

fn named(names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|name| Some((*name).to_owned())).collect()
}

/// -sum_i z_i^2 / 2 - n ln sigma, with z = (y - mean) / sigma. // mean: (draws, n), sigma: (draws, 1)
fn normal<'t>(y: &[f64], mean: Tensor<'t, f64>, sigma: Tensor<'t, f64>) -> Tensor<'t, f64> {
    let z = (mean.tape().input(&[y.len()], y) - mean) / sigma;
    z.square().sum_last().affine(-0.5, 0.0) - sigma.ln().sum_last().affine(y.len() as f64, 0.0)
}

/// -ln(1 + (x / scale)^2). // (draws, 1) to (draws)
fn cauchy(x: Tensor<'_, f64>, scale: f64) -> Tensor<'_, f64> {
    -x.affine(1.0 / scale, 0.0)
        .square()
        .affine(1.0, 1.0)
        .ln()
        .sum_last()
}

/// y ~ N(beta_1 + beta_2 x, sigma), beta flat, sigma ~ Cauchy+(0, 2.5).
fn line(x: Vec<f64>, y: Vec<f64>) -> Case {
    let density = on_tape(3, move |theta| {
        let [a, b, sigma] = [0, 1, 2].map(|i| theta.slice(1, i, 1));
        let mean = a + b * theta.tape().input(&[x.len()], &x);
        normal(&y, mean, sigma) + cauchy(sigma, 2.5)
    });
    Case {
        density: Box::new(density),
        supports: vec![Support::Real, Support::Real, Support::POSITIVE],
        names: named(&["beta[1]", "beta[2]", "sigma"]),
    }
}

/// y_t ~ N(alpha + sum_k beta_k y_(t-k), sigma); alpha, beta ~ N(0, 10), sigma ~ Cauchy+(0, 2.5).
fn autoregression(y: &[f64]) -> Case {
    const LAGS: usize = 5;
    let times = y.len() - LAGS;
    let lagged = |row: usize, t: usize| if row == 0 { 1.0 } else { y[LAGS + t - row] };
    let design: Vec<f64> = (0..(LAGS + 1) * times)
        .map(|at| lagged(at / times, at % times))
        .collect();
    let later = y[LAGS..].to_vec();
    let density = on_tape(LAGS + 2, move |theta| {
        let (weights, sigma) = (theta.slice(1, 0, LAGS + 1), theta.slice(1, LAGS + 1, 1));
        let mean = weights.matmul(theta.tape().input(&[LAGS + 1, times], &design));
        normal(&later, mean, sigma) + cauchy(sigma, 2.5) + weights.square().sum_last().affine(-0.005, 0.0)
    });
    let mut supports = vec![Support::Real; LAGS + 1];
    supports.push(Support::POSITIVE);
    Case {
        density: Box::new(density),
        supports,
        names: named(&[
            "alpha", "beta[1]", "beta[2]", "beta[3]", "beta[4]", "beta[5]", "sigma",
        ]),
    }
}

/// y_j ~ N(mu + tau t_j, sigma_j); t ~ N(0, 1), mu ~ N(0, 5), tau ~ Cauchy+(0, 5). The reference has mu + tau t_j in place of t_j.
fn schools(y: Vec<f64>, sigma: Vec<f64>) -> Case {
    let n = y.len();
    let density = on_tape(n + 2, move |theta| {
        let (t, mu, tau) = (
            theta.slice(1, 0, n),
            theta.slice(1, n, 1),
            theta.slice(1, n + 1, 1),
        );
        let tape = theta.tape();
        let z = (tape.input(&[n], &y) - mu - tau * t) / tape.input(&[n], &sigma);
        let prior = t.square().sum_last() + mu.square().affine(0.04, 0.0).sum_last();
        (z.square().sum_last() + prior).affine(-0.5, 0.0) + cauchy(tau, 5.0)
    });
    let mut supports = vec![Support::Real; n + 1];
    supports.push(Support::POSITIVE);
    let mut names = vec![None; n];
    names.extend(named(&["mu", "tau"]));
    Case {
        density: Box::new(density),
        supports,
        names,
    }
}

/// y_t ~ N(mu, s_t), s_t^2 = alpha_0 + alpha_1 (y_(t-1) - mu)^2 + beta_1 s_(t-1)^2; flat where alpha_1 + beta_1 < 1, which is a simplex.
fn garch(y: Vec<f64>, first: f64) -> Case {
    let density = on_tape(5, move |theta| {
        let [mu, alpha_0, alpha_1, beta_1] = [0, 1, 2, 3].map(|i| theta.slice(1, i, 1));
        let square = |t: usize| mu.affine(-1.0, y[t]).square();
        let mut variance = mu.affine(0.0, first * first);
        let mut sum = square(0) / variance;
        for t in 1..y.len() {
            variance = alpha_0 + alpha_1 * square(t - 1) + beta_1 * variance;
            sum = sum + (square(t) / variance + variance.ln());
        }
        sum.sum_last().affine(-0.5, 0.0)
    });
    let mut names = named(&["mu", "alpha0", "alpha1", "beta1"]);
    names.push(None);
    Case {
        density: Box::new(density),
        supports: vec![Support::Real, Support::POSITIVE, Support::Simplex(3)],
        names,
    }
}

/// y ~ N(0, K + sigma I), K_ij = alpha^2 exp(-(x_i - x_j)^2 / 2 rho^2); rho ~ gamma(25, 4), alpha ~ N+(0, 2), sigma ~ N+(0, 1). By hand: with
/// a = C^-1 y, the derivative of ln N(y; 0, C) is (a' dC a - tr C^-1 dC) / 2.
fn process(x: Vec<f64>, y: Vec<f64>) -> Case {
    let density = with_gradient(3, move |theta, gradient| {
        let (n, [rho, alpha, sigma]) = (x.len(), [theta[0], theta[1], theta[2]]);
        let far = |at: usize| (x[at / n] - x[at % n]).powi(2);
        let kernel: Vec<f64> = (0..n * n)
            .map(|at| alpha * alpha * (-0.5 * far(at) / rho / rho).exp())
            .collect();
        let noise = |at: usize| if at / n == at % n { sigma } else { 0.0 };
        let whole: Vec<f64> = (0..n * n).map(|at| kernel[at] + noise(at)).collect();
        let Some(factor) = Cholesky::new(&whole, n) else {
            return f64::NAN;
        };
        let mut a = y.clone();
        factor.solve(&mut a);
        let inverse = factor.inverse();
        // dC / d rho, dC / d alpha, dC / d sigma.
        let slopes: [&dyn Fn(usize) -> f64; 3] = [
            &|at| kernel[at] * far(at) / rho.powi(3),
            &|at| 2.0 * kernel[at] / alpha,
            &|at| noise(at) / sigma,
        ];
        for (g, slope) in gradient.iter_mut().zip(slopes) {
            let term = |at: usize| slope(at) * (a[at / n] * a[at % n] - inverse[at]);
            *g = 0.5 * (0..n * n).map(term).sum::<f64>();
        }
        gradient[0] += 24.0 / rho - 4.0;
        gradient[1] -= alpha / 4.0;
        gradient[2] -= sigma;
        let fit: f64 = a.iter().zip(&y).map(|(a, y)| a * y).sum();
        -0.5 * (fit + factor.ln_determinant()) + 24.0 * rho.ln()
            - 4.0 * rho
            - alpha * alpha / 8.0
            - 0.5 * sigma * sigma
    });
    Case {
        density: Box::new(density),
        supports: vec![Support::POSITIVE; 3],
        names: named(&["rho", "alpha", "sigma"]),
    }
}
