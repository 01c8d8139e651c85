//! Auto-encoders whose latent variables are codes of a codebook, one for every place of a small image.
//!
//! ln p(x) >= E_{q(c | x)} [ln p(x | e_c) + ln p(c) - ln q(c | x)]
//!
//! Likelihood: that of [`latent`](super). Prior: uniform over codes while the network is trained, then the frequencies of codes at every place.
//! Inference: a point, the code nearest to what the encoder says (VQ-VAE: van den Oord, Vinyals & Kavukcuoglu 2017), or a categorical
//! distribution, trained through its Gumbel-softmax relaxation (the discrete VAE of Ramesh et al. 2021). Both are
//! quantizers (`quantize.rs`).

mod book;
mod entry;
mod evaluate;
mod file;
mod fit;
mod model;
mod network;
mod objective;
mod prior;
mod quantize;
mod spec;

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests;

pub use entry::{DVAE, VQVAE};
pub use file::KIND;
pub use fit::fit;
pub use model::Trained;
pub use spec::{Quantization, Spec, Update};
