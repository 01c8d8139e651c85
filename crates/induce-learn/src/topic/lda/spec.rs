//! The settings of latent Dirichlet allocation: plain data.

use induce_core::model::range;
use induce_core::{Result, choices, settings};

choices! {
    /// How the posterior is found.
    pub enum Method {
        /// Every pass over all documents gives new topics.
        Batch = "batch",
        /// Every mini-batch of documents does.
        Online = "online",
    }
}

settings! {
    /// What latent Dirichlet allocation may be told.
    ///
    /// ```
    /// use induce_learn::topic::lda::Spec;
    /// assert!(Spec::default().check().is_ok());
    /// assert!(Spec { learning_decay: 0.4, ..Spec::default() }.check().is_err());
    /// ```
    pub struct Spec {
        /// Number of topics
        n_components: usize = 10, in range::to(1, 100_000), alias "n_topics";
        /// alpha, of the topics of a document; 0 is 1 / n_components
        doc_topic_prior: f64 = 0.0, in range::at_least(0.0);
        /// eta, of the words of a topic; 0 is 1 / n_components
        topic_word_prior: f64 = 0.0, in range::at_least(0.0);
        /// How the posterior is found
        learning_method: Method = Method::Batch;
        /// kappa of the step rho = (t + learning_offset)^-kappa
        learning_decay: f64 = 0.7, in range::up_to(0.5, 1.0), when learning_method ["online"];
        /// What is added to the number of a step
        learning_offset: f64 = 10.0, in range::at_least(1.0), when learning_method ["online"];
        /// Documents of a mini-batch
        batch_size: usize = 128, in range::to(1, 1_000_000_000), when learning_method ["online"];
        /// Documents that mini-batches stand for; 0 is as many as there are
        total_samples: f64 = 0.0, in range::at_least(0.0), when learning_method ["online"];
        /// Most passes over the documents
        max_iter: usize = 100, in range::to(1, 1_000_000);
        /// It has ended when the ELBO rises by less than this per word
        tol: f64 = 1e-5, in range::at_least(0.0);
        /// Most steps for a document in a pass; the first passes and mini-batches take 5, 10, 15 and so on
        max_doc_update_iter: usize = 100, in range::to(1, 1_000_000);
        /// The steps for a document end when its topics change by less than this on average
        mean_change_tol: f64 = 1e-3, in range::at_least(0.0);
    }
}

impl Spec {
    /// Hold every setting against its range.
    ///
    /// # Errors
    /// For the first that cannot be.
    pub fn check(&self) -> Result<()> {
        self.check_ranges()
    }

    /// alpha.
    pub fn alpha(&self) -> f64 {
        self.or_share(self.doc_topic_prior)
    }

    /// eta.
    pub fn eta(&self) -> f64 {
        self.or_share(self.topic_word_prior)
    }

    fn or_share(&self, said: f64) -> f64 {
        if said > 0.0 {
            said
        } else {
            1.0 / self.n_components as f64
        }
    }
}
