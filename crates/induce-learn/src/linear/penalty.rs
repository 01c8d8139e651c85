//! The prior of every coefficient in the units the solvers work in.

use induce_prob::Prior;

/// pen_j(b) = (factor_j / unit_j^2) prior(unit_j b), within bounds.
///
/// Solvers see columns of deviation 1; `unit` converts their coefficients to the units of the prior.
#[derive(Debug, Clone)]
pub struct Penalty {
    /// The prior.
    pub prior: Prior,
    /// Its precision or rate.
    pub lambda: f64,
    /// Per coefficient, the prior's units in the solver's.
    pub unit: Vec<f64>,
    /// Per coefficient, the factor of the quadratic part; 0 is not penalised.
    pub factor: Vec<f64>,
    /// Least values.
    pub lower: Vec<f64>,
    /// Largest values.
    pub upper: Vec<f64>,
}

impl Penalty {
    /// The same prior with another lambda.
    pub fn with_lambda(&self, lambda: f64) -> Self {
        Self {
            lambda,
            ..self.clone()
        }
    }

    /// The one-sided derivative at 0: the gradient that it takes to leave 0.
    pub fn kink(&self, j: usize) -> f64 {
        if self.factor[j] == 0.0 {
            return 0.0;
        }
        self.prior.kink(self.lambda) * (self.factor[j] / self.unit[j])
    }

    /// The curvature of the quadratic part.
    pub fn ridge(&self, j: usize) -> f64 {
        self.prior.ridge(self.lambda) * self.factor[j]
    }

    /// The curvature of the quadratic part of every coefficient.
    pub fn ridges(&self) -> Vec<f64> {
        (0..self.factor.len()).map(|j| self.ridge(j)).collect()
    }

    /// argmin_b (b - z)^2 / 2 + step pen_j(b) within the bounds.
    pub fn proximal(&self, j: usize, z: f64, step: f64) -> f64 {
        let b = if self.factor[j] == 0.0 {
            z
        } else {
            self.prior
                .proximal(self.unit[j] * z, self.lambda, self.factor[j] * step)
                / self.unit[j]
        };
        b.clamp(self.lower[j], self.upper[j])
    }

    /// sum_j pen_j(b_j)
    pub fn value(&self, beta: &[f64]) -> f64 {
        (0..beta.len()).map(|j| self.value_of(j, beta[j])).sum()
    }

    fn value_of(&self, j: usize, b: f64) -> f64 {
        if self.factor[j] == 0.0 || b == 0.0 {
            return 0.0;
        }
        if self.prior.is_convex() {
            return self.kink(j) * b.abs() + 0.5 * self.ridge(j) * b * b;
        }
        let unit = self.unit[j];
        self.prior.value(unit * b, self.lambda) * (self.factor[j] / unit / unit)
    }

    /// The curvature that steps are taken with: where the penalty is concave, enough for one coordinate to have one
    /// minimum (Breheny & Huang 2011), otherwise coordinates would oscillate between two.
    pub fn guarded(&self, j: usize, curvature: f64) -> f64 {
        if curvature <= 0.0 {
            return 0.0;
        }
        match self.prior {
            Prior::Scad(gamma) => curvature.max(1.25 * self.factor[j] / (gamma - 1.0)),
            Prior::Mcp(gamma) => curvature.max(1.25 * self.factor[j] / gamma),
            _ => curvature,
        }
    }

    /// How far the derivatives at b_j, with gradient `g` of the rows, are from those of a minimum.
    pub fn violation(&self, j: usize, b: f64, g: f64, curvature: f64) -> f64 {
        let curvature = self.guarded(j, curvature);
        if curvature <= 0.0 {
            return 0.0;
        }
        (b - self.proximal(j, b - g / curvature, 1.0 / curvature)).abs() * curvature
    }

    /// Whether some coefficient is bounded.
    pub fn is_bounded(&self) -> bool {
        self.lower.iter().any(|l| l.is_finite()) || self.upper.iter().any(|u| u.is_finite())
    }
}
