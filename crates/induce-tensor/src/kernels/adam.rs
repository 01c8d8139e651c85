//! One pass of Adam over all parameters.

use induce_core::multiversion;

use crate::element::Element;

/// What a step is taken with.
#[derive(Debug, Clone, Copy)]
pub struct Rates<T> {
    /// The learning rate, with the corrections of both means.
    pub step: T,
    /// Share of the old mean of gradients.
    pub first: T,
    /// Share of the old mean of squares.
    pub second: T,
    /// sqrt(1 - second^t): what the root of the mean of squares is divided by.
    pub unbias: T,
    /// What keeps a division by nothing away.
    pub epsilon: T,
    /// What coefficients shrink by in this step.
    pub decay: T,
    /// Factor of every gradient: clipping.
    pub scale: T,
}

multiversion! {
    /// m, v and the parameters after one step (Kingma & Ba 2015, algorithm 1; decay as Loshchilov & Hutter 2019)
    pub fn step<T: Element>(rates: Rates<T>, gradient: &[T], m: &mut [T], v: &mut [T], parameters: &mut [T]) {
        let r = rates;
        let (a, b) = (T::ONE - r.first, T::ONE - r.second);
        let keep = T::ONE - r.decay;
        let inverse = T::ONE / r.unbias;
        for (((g, m), v), p) in gradient.iter().zip(m).zip(v).zip(parameters) {
            let g = *g * r.scale;
            *m = r.first * *m + a * g;
            *v = r.second * *v + b * g * g;
            *p = *p * keep - r.step * *m / (v.sqrt() * inverse + r.epsilon);
        }
    }
}
