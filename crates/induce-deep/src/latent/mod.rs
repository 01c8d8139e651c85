//! Latent-variable models of images and of rows of tables, learnt by amortised variational inference.
//!
//! ln p(x) = ln E_{q(z | x)} w,  w = p(x | z) p(z) / q(z | x)
//!
//! Likelihood: of every value given a decoder's word of z ([`Likelihood`]). Prior: standard normal z, or several layers of conditional Gaussians.
//! Inference: an encoder says q(z | x), and both are trained together on a bound of ln p(x) by reparameterised samples: the ELBO E ln w
//! (Kingma & Welling 2014), the importance-weighted bound E ln mean_k w (Burda, Grosse & Salakhutdinov 2016), or that without the first terms of
//! its bias (Nowozin 2018). What is maximized is a setting, [`Bound`]: the entries `vae`, `iwae`, `jvi` and `autoencoder` differ by their defaults.
//!
//! [`jackknife`] has the bounds as functions of log weights, and any model is judged by all of them.
//!
//! ```
//! use induce_core::Run;
//! use induce_core::model::{Data, Images};
//! use induce_deep::latent::{VAE, fit};
//!
//! let images = Images::new(2, 2, 1, [[255, 0, 255, 0], [0, 255, 0, 255]].concat().repeat(8))?;
//! let settings = serde_json::json!({ "latent": 1, "hidden": 8, "epochs": 200, "learning_rate": 0.01 });
//! let images = Data::Images(images);
//! let model = fit(&VAE, &settings, &images, None, None, &mut Run::new(0))?.model;
//! let judged = model.judge(&images, 10, &mut Run::new(0))?;
//! // Two images that are equally likely: ln p(x) is ln 1/2 at most.
//! let mean = judged.ln_densities().iter().sum::<f64>() / 16.0;
//! assert!((-1.2..-0.5).contains(&mean), "{mean}");
//! # Ok::<(), induce_core::Error>(())
//! ```

mod bound;
mod cells;
pub mod codes;
mod entry;
mod evaluate;
mod examples;
mod fields;
mod file;
mod fit;
mod form;
mod gaussian;
mod images;
pub mod jackknife;
mod likelihood;
mod model;
mod network;
mod objective;
mod pixels;
mod rows;
mod shape;
mod spec;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use entry::{AUTOENCODER, ENTRIES, IWAE, JVI, VAE};
pub use evaluate::Judged;
pub use file::KIND;
pub use fit::fit;
pub(crate) use gaussian::Gaussian;
pub use likelihood::Likelihood;
pub use model::Trained;
pub use pixels::Binarize;
pub use spec::{Architecture, Bound, Estimator, GradientKind, Spec};
