//! Information: how uncertain is a variable, how far apart are two distributions, what does one variable say of another?
//!
//! Everything is in nats. Of known probabilities: [`entropy`], [`cross_entropy`], [`kl_divergence`], all f-divergences from one
//! convex function ([`Generator`]), Renyi's, and closed forms of families ([`Closed`]). Of samples: [`entropy_of_counts`],
//! [`discrete_information`], and by nearest neighbours [`mutual_information`], [`conditional_information`],
//! [`class_information`], [`total_correlation`], [`differential_entropy`]. Every [`Estimate`] has an interval, its bounds and,
//! where there is a null hypothesis, a p-value.

mod classes;
mod closed;
mod counts;
mod discrete;
mod distribution;
mod divergence;
mod estimate;
mod joint;
mod neighbour_estimates;
mod neighbours;
mod pointwise;
mod sample;
mod second;
mod shuffled;

pub use closed::{Bernoulli, Closed, Dirichlet, Gamma, Gaussian, MultivariateGaussian, Poisson};
pub use counts::{Estimator, entropy_of_counts};
pub use discrete::discrete_information;
pub use distribution::{check, cross_entropy, entropy, kl_divergence, renyi_divergence, renyi_entropy};
pub use divergence::{
    Alpha, Generator, JensenShannon, KullbackLeibler, NAMES as DIVERGENCES, NeymanChiSquared,
    PearsonChiSquared, ReverseKullbackLeibler, SquaredHellinger, TotalVariation,
    by_name as divergence_by_name, f_divergence, jensen_shannon, variational_bound,
};
pub use estimate::{Estimate, Inference};
pub use joint::Joint;
pub use neighbour_estimates::{
    Method, class_information, conditional_information, differential_entropy, mutual_information,
    total_correlation,
};
pub use sample::Sample;
