//! What is known of the weights of a network: plain data.

use induce_core::model::range;
use induce_core::{Error, Result, choices, settings};
use induce_tensor::ScaleMixture;

choices! {
    /// What is known of a weight.
    pub enum WeightKind {
        /// One value.
        Point = "point",
        /// A Gaussian of its own (Blundell et al. 2015).
        Bayes = "bayes",
    }
}

choices! {
    /// The prior on weights.
    pub enum PriorKind {
        /// N(0, prior_sigma^2), whose KL divergence has a closed form.
        Gaussian = "gaussian",
        /// N(0, prior_sigma^2 / n) for the weights of a unit with n inputs, by which no layer's width changes what the network is expected to give
        /// (Neal 1996, chapter 2).
        FanIn = "fan-in",
        /// A narrow and a wide Gaussian (Blundell et al. 2015, equation 7).
        Mixture = "mixture",
    }
}

choices! {
    /// Which part of the KL divergence a mini-batch pays.
    pub enum KlWeights {
        /// 1 / M.
        Uniform = "uniform",
        /// 2^(M-i) / (2^M - 1): most of it by the first ones of a passage (Blundell et al. 2015, section 3.4).
        Geometric = "geometric",
    }
}

settings! {
    /// What is known of the weights of a network.
    pub part struct BayesSpec {
        /// What is known of a weight: one value, or a Gaussian; language models and auto-encoders then use its mean
        weights: WeightKind = WeightKind::Point;
        /// Prior on weights
        prior: PriorKind = PriorKind::FanIn, when weights ["bayes"];
        /// Deviation of a Gaussian prior; with `fan-in` that times the root of a unit's inputs. Narrower priors give simpler functions
        prior_sigma: f64 = 3.0, in range::above(0.0), when prior ["gaussian", "fan-in"];
        /// Share of the first Gaussian of a mixture
        mixture_share: f64 = 0.5, in range::open(0.0, 1.0), when prior ["mixture"];
        /// -ln of the deviation of the first Gaussian of a mixture
        minus_ln_sigma_1: f64 = 0.0, in range::closed(-20.0, 20.0), when prior ["mixture"];
        /// -ln of the deviation of the second
        minus_ln_sigma_2: f64 = 6.0, in range::closed(-20.0, 20.0), when prior ["mixture"];
        /// Where ln(e^sigma - 1) of every weight begins
        initial_rho: f64 = -5.0, in range::closed(-20.0, 20.0), when weights ["bayes"];
        /// Which part of the KL divergence a mini-batch pays
        kl_weights: KlWeights = KlWeights::Uniform, when weights ["bayes"];
        /// Factor of the KL divergence; 1 is the bound
        kl_factor: f64 = 1.0, in range::at_least(0.0), when weights ["bayes"];
    }
}

impl BayesSpec {
    /// Hold every setting against its range, and against each other.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()?;
        if self.is_on() && self.kl_factor > 0.0 && self.mixture().is_none() && self.prior_sigma < 1e-15 {
            return Err(Error::setting(
                "prior_sigma",
                self.prior_sigma,
                "so narrow a prior leaves no weight: take 0.01 or more",
            ));
        }
        Ok(())
    }

    /// Whether weights are random.
    pub fn is_on(&self) -> bool {
        self.weights == WeightKind::Bayes
    }

    /// The prior, where it is a mixture.
    pub fn mixture(&self) -> Option<ScaleMixture> {
        (self.prior == PriorKind::Mixture).then(|| ScaleMixture {
            share: self.mixture_share,
            deviations: [(-self.minus_ln_sigma_1).exp(), (-self.minus_ln_sigma_2).exp()],
        })
    }

    /// The deviation of a Gaussian prior of the weights of units with so many inputs.
    pub fn prior_deviation(&self, inputs: usize) -> f64 {
        match self.prior {
            PriorKind::FanIn => self.prior_sigma / (inputs.max(1) as f64).sqrt(),
            PriorKind::Gaussian | PriorKind::Mixture => self.prior_sigma,
        }
    }
}
