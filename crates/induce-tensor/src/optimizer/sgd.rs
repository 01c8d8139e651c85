//! Stochastic gradient descent with momentum.

use induce_core::multiversion;
use induce_core::parallel::Team;

use crate::element::Element;
use crate::parameters::{Gradients, Parameters};
use crate::threads::rows;

/// Gradient descent with momentum (Polyak 1964; Sutskever et al. 2013), as PyTorch has it.
///
/// g' = scale g + decay p, v = momentum v + g', p -= rate v; with `nesterov` p -= rate (g' + momentum v).
#[derive(Debug, Clone)]
pub struct Sgd<T = f32> {
    /// The learning rate.
    pub learning_rate: f64,
    /// The momentum factor.
    pub momentum: f64,
    /// Whether a step looks ahead (Nesterov 1983).
    pub nesterov: bool,
    /// Weight decay: this times a parameter is added to its gradient, an L2 penalty.
    pub weight_decay: f64,
    v: Vec<T>,
}

/// What a step is taken with.
#[derive(Clone, Copy)]
struct Rates<T> {
    rate: T,
    momentum: T,
    decay: T,
    scale: T,
    nesterov: bool,
}

multiversion! {
    /// v and the parameters after one step
    fn step<T: Element>(r: Rates<T>, gradient: &[T], v: &mut [T], parameters: &mut [T]) {
        for ((g, v), p) in gradient.iter().zip(v).zip(parameters) {
            let g = *g * r.scale + r.decay * *p;
            *v = r.momentum * *v + g;
            let along = if r.nesterov { g + r.momentum * *v } else { *v };
            *p = *p - r.rate * along;
        }
    }
}

impl<T: Element> Sgd<T> {
    /// Without momentum or decay.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
            v: Vec::new(),
        }
    }

    /// One step; the gradients are cleared then.
    pub fn step(&mut self, parameters: &mut Parameters<T>, gradients: &mut Gradients<T>, team: &Team) {
        self.step_scaled(parameters, gradients, 1.0, team);
    }

    /// One step by `scale` times the gradients; see [`clip`](crate::clip).
    pub fn step_scaled(
        &mut self,
        parameters: &mut Parameters<T>,
        gradients: &mut Gradients<T>,
        scale: f64,
        team: &Team,
    ) {
        self.v.resize(parameters.count(), T::ZERO);
        let rates = Rates {
            rate: T::of(self.learning_rate),
            momentum: T::of(self.momentum),
            decay: T::of(self.weight_decay),
            scale: T::of(scale),
            nesterov: self.nesterov,
        };
        let all: &[T] = gradients.all(parameters);
        let count = parameters.count();
        let buffers = [(&mut self.v[..], 1), (parameters.all_mut(), 1)];
        rows(team, count, buffers, |r, [v, p]| step(rates, &all[r], v, p));
        gradients.clear();
    }

    /// Its state: the momentum buffer.
    pub fn state(&self) -> &[T] {
        &self.v
    }

    /// Restore the state of another.
    pub fn restore(&mut self, v: Vec<T>) {
        self.v = v;
    }
}
