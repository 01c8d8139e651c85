//! The steps of LSMR, with the names of the paper (its bars and tildes in words).

use induce_core::parallel::Team;

use super::operator::Operator;
use crate::linear::kernels::{axpy, dot};
use crate::linear::smooth::Ending;

/// A plane rotation: (c, s, r) with c a + s b = r, s a = c b.
fn rotation(a: f64, b: f64) -> (f64, f64, f64) {
    let r = a.hypot(b);
    if r == 0.0 {
        (1.0, 0.0, 0.0)
    } else {
        (a / r, b / r, r)
    }
}

/// Scale to length 1; the length.
fn normalise(v: &mut [f64]) -> f64 {
    let norm = dot(v, v).sqrt();
    if norm > 0.0 {
        v.iter_mut().for_each(|v| *v /= norm);
    }
    norm
}

/// The state of the iteration.
pub struct Walk {
    /// Left vector of the bidiagonalisation. // (rows + ridges)
    u: Vec<f64>,
    /// Right vector. // (columns)
    v: Vec<f64>,
    /// Search directions of x. // (columns)
    h: Vec<f64>,
    h_bar: Vec<f64>,
    alpha: f64,
    alpha_bar: f64,
    zeta: f64,
    zeta_bar: f64,
    rho: f64,
    rho_bar: f64,
    c_bar: f64,
    s_bar: f64,
    estimates: Estimates,
    /// |r|, estimated.
    pub residual: f64,
}

/// What the estimates of |r|, |A| and cond(A) are made of.
struct Estimates {
    beta_dot: f64,
    beta_dots: f64,
    rho_dot: f64,
    tau_tilde: f64,
    theta_tilde: f64,
    /// |A|^2, Frobenius.
    square: f64,
    /// Largest and least rho_bar.
    range: (f64, f64),
    /// |b|
    target: f64,
    /// |x|, of this walk's part.
    moved: f64,
    condition: f64,
}

impl Walk {
    /// From the residual `u` of the start.
    pub fn new(team: &mut Team, operator: &Operator, mut u: Vec<f64>) -> Self {
        let beta = normalise(&mut u);
        let mut v = vec![0.0; operator.columns];
        operator.back(team, &u, 0.0, &mut v);
        let alpha = normalise(&mut v);
        Self {
            h: v.clone(),
            h_bar: vec![0.0; v.len()],
            u,
            v,
            alpha,
            alpha_bar: alpha,
            zeta: 0.0,
            zeta_bar: alpha * beta,
            rho: 1.0,
            rho_bar: 1.0,
            c_bar: 1.0,
            s_bar: 0.0,
            estimates: Estimates {
                beta_dot: 0.0,
                beta_dots: beta,
                rho_dot: 1.0,
                tau_tilde: 0.0,
                theta_tilde: 0.0,
                square: alpha * alpha,
                range: (0.0, f64::INFINITY),
                target: beta,
                moved: 0.0,
                condition: 1.0,
            },
            residual: beta,
        }
    }

    /// Why to end, if so. |A'r| is |zeta_bar|.
    pub fn ending(&self, tolerance: f64) -> Option<Ending> {
        let (gradient, e) = (self.zeta_bar.abs(), &self.estimates);
        let norm = e.square.sqrt();
        if gradient <= 0.5 * tolerance {
            return Some(Ending::Converged);
        }
        let spent = self.residual <= f64::EPSILON * (e.target + norm * e.moved)
            || gradient <= f64::EPSILON * norm * self.residual
            || e.condition >= 1.0 / f64::EPSILON;
        spent.then_some(Ending::Stalled)
    }

    /// One step of the bidiagonalisation, and of `x`.
    pub fn step(&mut self, team: &mut Team, operator: &Operator, x: &mut [f64]) {
        operator.forward(team, &self.v, self.alpha, &mut self.u);
        let beta = normalise(&mut self.u);
        if beta > 0.0 {
            operator.back(team, &self.u, beta, &mut self.v);
            self.alpha = normalise(&mut self.v);
        }
        let (old_rho, old_rho_bar, old_zeta) = (self.rho, self.rho_bar, self.zeta);
        let (c, s, rho) = rotation(self.alpha_bar, beta);
        let theta = s * self.alpha;
        self.alpha_bar = c * self.alpha;
        let theta_bar = self.s_bar * rho;
        let rho_part = self.c_bar * rho;
        let (c_bar, s_bar, rho_bar) = rotation(rho_part, theta);
        (self.rho, self.c_bar, self.s_bar, self.rho_bar) = (rho, c_bar, s_bar, rho_bar);
        self.zeta = c_bar * self.zeta_bar;
        self.zeta_bar *= -s_bar;
        if rho == 0.0 || rho_bar == 0.0 {
            self.zeta_bar = 0.0;
            return;
        }
        let back = theta_bar * rho / (old_rho * old_rho_bar);
        let ahead = theta / rho;
        for ((h_bar, h), v) in self.h_bar.iter_mut().zip(&mut self.h).zip(&self.v) {
            *h_bar = *h - back * *h_bar;
            *h = v - ahead * *h;
        }
        axpy(self.zeta / (rho * rho_bar), &self.h_bar, x);
        let e = &mut self.estimates;
        e.moved = dot(x, x).sqrt();
        e.square += beta * beta + self.alpha * self.alpha;
        e.range.0 = e.range.0.max(old_rho_bar);
        if old_zeta != 0.0 {
            e.range.1 = e.range.1.min(old_rho_bar);
        }
        e.condition = e.range.0.max(rho_part) / e.range.1.min(rho_part);
        self.residual = e.residual(c, s, theta_bar, rho_bar, (old_zeta, self.zeta));
    }
}

impl Estimates {
    /// |r| after a step (section 5.1 of the paper).
    fn residual(
        &mut self,
        c: f64,
        s: f64,
        theta_bar: f64,
        rho_bar: f64,
        (old_zeta, zeta): (f64, f64),
    ) -> f64 {
        let beta_hat = c * self.beta_dots;
        self.beta_dots *= -s;
        let old_theta = self.theta_tilde;
        let (c_tilde, s_tilde, rho_tilde) = rotation(self.rho_dot, theta_bar);
        self.theta_tilde = s_tilde * rho_bar;
        self.rho_dot = c_tilde * rho_bar;
        self.beta_dot = c_tilde * beta_hat - s_tilde * self.beta_dot;
        self.tau_tilde = (old_zeta - old_theta * self.tau_tilde) / rho_tilde;
        let tau = (zeta - self.theta_tilde * self.tau_tilde) / self.rho_dot;
        (self.beta_dot - tau).hypot(self.beta_dots)
    }
}
