//! Diagonal Gaussians as the output of a network.

use std::f64::consts::TAU;

use induce_tensor::{Element, Parameters, Tensor};

use crate::layers::Linear;

/// Two linear maps: mu = h W + b and ln sigma = h V + c.
#[derive(Debug, Clone, Copy)]
pub struct GaussianHead {
    mean: Linear,
    ln_scale: Linear,
}

impl GaussianHead {
    /// `name.mean` and `name.ln_scale`.
    pub fn new(parameters: &mut Parameters, name: &str, sizes: (usize, usize), seed: Option<u64>) -> Self {
        Self {
            mean: Linear::glorot(parameters, &format!("{name}.mean"), sizes, seed),
            ln_scale: Linear::glorot(parameters, &format!("{name}.ln_scale"), sizes, seed),
        }
    }

    /// N(mu, diag(sigma^2)) given h.
    pub fn apply<'t, T: Element>(&self, h: Tensor<'t, T>) -> Gaussian<'t, T> {
        Gaussian {
            mean: self.mean.apply(h),
            ln_scale: self.ln_scale.apply(h),
        }
    }
}

/// N(mu, diag(sigma^2)) of every row.
#[derive(Clone, Copy)]
pub struct Gaussian<'t, T: Element = f32> {
    /// mu. // (..., width)
    pub mean: Tensor<'t, T>,
    /// ln sigma. // (..., width)
    pub ln_scale: Tensor<'t, T>,
}

impl<'t, T: Element> Gaussian<'t, T> {
    /// z = mu + sigma eps (Kingma & Welling 2014, equation 4).
    pub fn draw(self, noise: Tensor<'t, T>) -> Tensor<'t, T> {
        self.mean + self.ln_scale.exp() * noise
    }

    /// ln N(z; mu, diag(sigma^2)) of every row.
    pub fn ln_density(self, z: Tensor<'t, T>) -> Tensor<'t, T> {
        let scaled = (z - self.mean) * self.ln_scale.affine(-1.0, 0.0).exp();
        (scaled.square().affine(-0.5, -0.5 * TAU.ln()) - self.ln_scale).sum_last()
    }

    /// The same of z = mu + sigma eps: -sum eps^2 / 2 + ln sigma + ln(2 pi) / 2, in which no difference is taken.
    pub fn ln_density_of_draw(self, noise: Tensor<'t, T>) -> Tensor<'t, T> {
        (noise.square().affine(-0.5, -0.5 * TAU.ln()) - self.ln_scale).sum_last()
    }

    /// KL(N(mu, diag(sigma^2)) || N(0, I)) = sum_j (mu_j^2 + sigma_j^2 - 1) / 2 - ln sigma_j, term by term (Kingma & Welling 2014,
    /// appendix B). // (..., width)
    pub fn kl(self) -> Tensor<'t, T> {
        let variance = self.ln_scale.affine(2.0, 0.0).exp();
        (self.mean.square() + variance).affine(0.5, -0.5) - self.ln_scale
    }

    /// N(0, I) in its place.
    pub fn standard(self) -> Self {
        let zero = |own: Tensor<'t, T>| own.affine(0.0, 0.0);
        Self {
            mean: zero(self.mean),
            ln_scale: zero(self.ln_scale),
        }
    }

    /// The same numbers, through which no gradient passes.
    pub fn detach(self) -> Self {
        Self {
            mean: self.mean.detach(),
            ln_scale: self.ln_scale.detach(),
        }
    }
}

/// ln N(z; 0, I) of every row.
pub fn standard_ln_density<T: Element>(z: Tensor<'_, T>) -> Tensor<'_, T> {
    z.square().affine(-0.5, -0.5 * TAU.ln()).sum_last()
}
