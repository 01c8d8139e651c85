//! The settings of matrix factorization: plain data.

use induce_core::model::ratings::Relevant;
use induce_core::model::{Space, range};
use induce_core::{Result, settings};

settings! {
    /// What matrix factorization may be told.
    pub struct Spec {
        /// Column that names the user; guessed from the names of columns where it is not said
        user: String = String::new();
        /// Column that names the item
        item: String = String::new();
        /// Factors of users and items, of which those that say nothing go; 0 leaves the biases
        factors: usize = 20, in range::to(0, 500), search Space::Whole(5, 50);
        /// Most iterations
        max_iterations: u64 = 500, in range::from(1);
        /// Gain of the bound per rating, in nats, below which the iteration ends
        tolerance: f64 = 1e-5, in range::at_least(0.0);
        /// Whether predictions are held within the ratings of training
        clip: bool = true;
        /// From which rating on an item is relevant, for recall and NDCG: a rating, or `auto`, three quarters up the scale
        relevant: Relevant = Relevant::Auto;
        /// Rank at which recall and NDCG are judged
        at: usize = 10, in range::from(1);
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()
    }
}
