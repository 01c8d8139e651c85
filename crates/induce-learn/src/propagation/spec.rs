//! The settings of label propagation: plain data.

use induce_core::model::range;
use induce_core::{choices, settings};

choices! {
    /// How classes spread.
    pub enum Method {
        /// Known classes are kept as far as their neighbours allow (Zhou et al. 2004).
        Spreading = "spreading",
        /// Known classes are kept, others are the mean of their neighbours (Zhu, Ghahramani & Lafferty 2003).
        Harmonic = "harmonic",
    }
}

settings! {
    /// What label propagation may be told.
    pub struct Spec {
        /// How classes spread
        method: Method = Method::Spreading;
        /// Share of its neighbours in what a node says, the rest is its own class; 0 is nobody else
        alpha: f64 = 0.9, in range::half_open(0.0, 1.0), when method ["spreading"];
        /// Labels of each class to learn from, drawn by the seed where the data have no split; 0 takes what is not held out
        labels_per_class: usize = 0;
        /// Most passes over the edges
        max_iter: usize = 1_000, in range::from(1);
        /// Change of a pass that is small enough to stop
        tolerance: f64 = 1e-6, in range::open(0.0, 1.0);
    }
}
