//! Optimizers and learning-rate schedules.

mod schedule;
mod sgd;

use induce_core::parallel::Team;

use crate::element::Element;
use crate::kernels::adam::{Rates, step};
use crate::kernels::rows::squares;
use crate::parameters::{Gradients, Parameters};
use crate::threads::{chunk_count, chunks, rows};
pub use schedule::{Schedule, Warmup};
pub use sgd::Sgd;

/// Adam (Kingma & Ba 2015), with decoupled decay (Loshchilov & Hutter 2019) where `decay` is not 0.
///
/// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p = (1 - rate decay) p - rate m' / (sqrt(v') + epsilon), with m' and v'
/// the means without their bias to 0.
#[derive(Debug, Clone)]
pub struct Adam<T = f32> {
    /// The learning rate.
    pub learning_rate: f64,
    /// The decay rates of the first- and second-moment estimates.
    pub betas: (f64, f64),
    /// What is added to the root.
    pub epsilon: f64,
    /// Decoupled weight decay: a parameter shrinks by this times the learning rate in every step.
    pub weight_decay: f64,
    /// Whether parameters of one axis, gains and shifts, are exempt from weight decay (Radford et al. 2019 as in minGPT).
    pub spare_vectors: bool,
    steps: u64,
    m: Vec<T>,
    v: Vec<T>,
}

impl<T: Element> Adam<T> {
    /// With the usual decay rates (0.9, 0.999) and epsilon 1e-8, without decay.
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            betas: (0.9, 0.999),
            epsilon: 1e-8,
            weight_decay: 0.0,
            spare_vectors: false,
            steps: 0,
            m: Vec::new(),
            v: Vec::new(),
        }
    }

    /// One step; the gradients are cleared then.
    pub fn step(&mut self, parameters: &mut Parameters<T>, gradients: &mut Gradients<T>, team: &Team) {
        self.step_scaled(parameters, gradients, 1.0, team);
    }

    /// One step by `scale` times the gradients; see [`clip`].
    pub fn step_scaled(
        &mut self,
        parameters: &mut Parameters<T>,
        gradients: &mut Gradients<T>,
        scale: f64,
        team: &Team,
    ) {
        self.m.resize(parameters.count(), T::ZERO);
        self.v.resize(parameters.count(), T::ZERO);
        self.steps += 1;
        let power = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let (first, second) = self.betas;
        let rates = Rates {
            step: T::of(self.learning_rate / (1.0 - first.powi(power))),
            first: T::of(first),
            second: T::of(second),
            unbias: T::of((1.0 - second.powi(power)).sqrt()),
            epsilon: T::of(self.epsilon),
            decay: T::of(self.learning_rate * self.weight_decay),
            scale: T::of(scale),
        };
        let all: &[T] = gradients.all(parameters);
        let count = parameters.count();
        let (layout, values) = parameters.parts();
        let buffers = [(&mut self.m[..], 1), (&mut self.v[..], 1), (values, 1)];
        let spared = self.spare_vectors && self.weight_decay != 0.0;
        rows(team, count, buffers, |range, [m, v, p]| {
            if !spared {
                return step(rates, &all[range], m, v, p);
            }
            for (part, vector) in layout.within(range.clone()) {
                let own = part.start - range.start..part.end - range.start;
                let decay = if vector { T::ZERO } else { rates.decay };
                let (m, v, p) = (&mut m[own.clone()], &mut v[own.clone()], &mut p[own]);
                step(Rates { decay, ..rates }, &all[part], m, v, p);
            }
        });
        gradients.clear();
    }

    /// Its state: steps taken, and the first- and second-moment estimates.
    pub fn state(&self) -> (u64, &[T], &[T]) {
        (self.steps, &self.m, &self.v)
    }

    /// Restore the state of another.
    pub fn restore(&mut self, steps: u64, m: Vec<T>, v: Vec<T>) {
        (self.steps, self.m, self.v) = (steps, m, v);
    }
}

/// Gradient-norm clipping (Pascanu, Mikolov & Bengio 2013): the factor that brings the norm of the gradient to at most `most`, and that norm.
pub fn clip<T: Element>(
    parameters: &Parameters<T>,
    gradients: &mut Gradients<T>,
    most: f64,
    team: &Team,
) -> (f64, f64) {
    let all: &[T] = gradients.all(parameters);
    let mut partial = [T::ZERO; 32];
    let number = chunks(
        team,
        all.len(),
        &mut partial[..chunk_count(all.len())],
        1,
        |r, part| {
            part[0] = squares(&all[r]);
        },
    );
    let length = partial[..number].iter().map(|p| p.to_f64()).sum::<f64>().sqrt();
    ((most / length).min(1.0), length)
}
