//! Every model there is: one list, from which the command line, Python, the reference pages and the common tests follow.

use induce_core::Result;
use induce_core::model::{Entry, Registry, Settings};
use induce_deep::graph::links::VGAE;
use induce_deep::graph::{CHEBNET, GCN, GIN};
use induce_deep::language::{GPT, GRU, LLAMA, LSTM, RNN};
use induce_deep::latent::codes::{DVAE, VQVAE};
use induce_deep::latent::{AUTOENCODER, IWAE, JVI, VAE};
use induce_deep::ratings::GCMC;
use induce_deep::supervised::{BAYES_MLP, CNN, GRAPH_CNN, MLP};
use induce_learn::bayes::{BAYES_LINEAR, BAYES_LOGISTIC};
use induce_learn::boost::BOOST;
use induce_learn::cluster::bisecting::BISECTING;
use induce_learn::cluster::dp_means::DP_MEANS;
use induce_learn::cluster::hdp::HARD_HDP;
use induce_learn::cluster::kmeans::KMEANS;
use induce_learn::cluster::mini_batch::MINI_BATCH;
use induce_learn::cluster::spectral::SPECTRAL;
use induce_learn::decomposition::mf::MF;
use induce_learn::decomposition::pca::PCA;
use induce_learn::ensemble::{ADABOOST, BAGGING};
use induce_learn::forest::{EXTRA_TREES, FOREST, TREE};
use induce_learn::linear::{ELASTIC_NET, GLM, LASSO, LINEAR, LOGISTIC, RIDGE};
use induce_learn::mixture::bayes::BAYES_GMM;
use induce_learn::mixture::gmm::GMM;
use induce_learn::propagation::LABEL_PROPAGATION;
use induce_learn::robust::regression::ENTRY as RANSAC;
use induce_learn::topic::lda::LDA;

/// Every model, in the order people are shown.
///
/// ```
/// for entry in induce::registry::MODELS {
///     println!("{:12} {}", entry.info.name, entry.info.about);
/// }
/// ```
pub static MODELS: &[&Entry] = &[
    &BOOST,
    &LINEAR,
    &RIDGE,
    &LASSO,
    &ELASTIC_NET,
    &LOGISTIC,
    &GLM,
    &BAYES_LINEAR,
    &BAYES_LOGISTIC,
    &TREE,
    &FOREST,
    &EXTRA_TREES,
    &BAGGING,
    &ADABOOST,
    &RANSAC,
    &MLP,
    &BAYES_MLP,
    &CNN,
    &GRAPH_CNN,
    &KMEANS,
    &MINI_BATCH,
    &BISECTING,
    &DP_MEANS,
    &HARD_HDP,
    &GMM,
    &BAYES_GMM,
    &SPECTRAL,
    &LABEL_PROPAGATION,
    &GCN,
    &CHEBNET,
    &GIN,
    &VGAE,
    &PCA,
    &LDA,
    &MF,
    &GCMC,
    &GPT,
    &LLAMA,
    &LSTM,
    &GRU,
    &RNN,
    &VAE,
    &IWAE,
    &JVI,
    &AUTOENCODER,
    &VQVAE,
    &DVAE,
];

/// Every model, to be looked up and opened.
///
/// ```
/// assert_eq!(induce::REGISTRY.find("forest")?.info.title, "Random forest");
/// # Ok::<(), induce::Error>(())
/// ```
pub const REGISTRY: Registry = Registry(MODELS);

/// The entry of the model called `name`.
///
/// # Errors
/// If there is none.
///
/// ```
/// let entry = induce::registry::find("forest")?;
/// assert_eq!(entry.info.title, "Random forest");
/// let hint = induce::registry::find("xgboost").err().and_then(|error| error.hint());
/// assert_eq!(hint.as_deref(), Some("did you mean `boost`?"));
/// # Ok::<(), induce::Error>(())
/// ```
pub fn find(name: &str) -> Result<&'static Entry> {
    REGISTRY.find(name)
}

/// The default settings of the model called `name`.
///
/// # Errors
/// If there is none.
///
/// ```
/// let settings = induce::settings("boost")?.with("rounds=7")?.with("monotone.age=1")?;
/// assert_eq!(settings.values["rounds"], 7);
/// assert!(induce::settings("boost")?.with("rounds=many").is_err());
/// assert!(induce::settings("boost")?.with("learning_rate=-1").is_err());
/// # Ok::<(), induce::Error>(())
/// ```
pub fn settings(name: &str) -> Result<Settings> {
    Settings::new(REGISTRY, name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use induce_core::model::{Data, Rows, RowsOptions};
    use induce_core::{Column, Run, Table};
    use serde_json::json;

    use super::*;

    #[test]
    fn every_setting_has_a_default_and_every_default_a_setting() {
        for entry in MODELS {
            let values = (entry.defaults)();
            for name in values.as_object().unwrap().keys().filter(|name| *name != "model") {
                assert!(
                    entry.settings.iter().any(|s| s.name == name),
                    "{} {name}",
                    entry.info.name
                );
            }
            for setting in entry.settings {
                assert!(
                    !values[setting.name].is_null(),
                    "{} {}",
                    entry.info.name,
                    setting.name
                );
            }
            (entry.check)(&values, &REGISTRY).unwrap();
        }
    }

    #[test]
    fn names_and_aliases_are_told_apart() {
        for entry in MODELS {
            let names = |s: &induce_core::model::Setting| [&[s.name], s.aliases].concat();
            let mut all: Vec<&str> = entry.settings.iter().flat_map(names).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count, "{}", entry.info.name);
        }
    }

    #[test]
    fn values_are_typed_and_names_are_known() {
        let hint = |assignment: &str| settings("boost").unwrap().with(assignment).err().unwrap().hint();
        assert_eq!(
            hint("learningrate=1").as_deref(),
            Some("did you mean `learning_rate`?")
        );
        assert_eq!(hint("n_estimators=9").as_deref(), Some("did you mean `rounds`?"));
        assert_eq!(
            hint("objective=logloss").as_deref(),
            Some("did you mean `logistic`?")
        );
        assert!(settings("boost").unwrap().with("lambda=nan").is_err());
        assert!(settings("bost").is_err());
        // A name of an earlier version is read as today's.
        let old = settings("forest").unwrap().with("min_leaf=3").unwrap();
        assert_eq!(old.values["min_samples_leaf"], 3.0);
    }

    #[test]
    fn settings_as_json_are_typed() {
        let with = |json: serde_json::Value| settings("gpt").unwrap().with_json(&json);
        let set = with(json!({ "width": 16, "learning_rate": 1 })).unwrap();
        assert_eq!(set.values["embedding_width"], 16);
        assert_eq!(set.values["learning_rate"], json!(1.0));
        let wrong = |json| with(json).err().unwrap().to_string();
        assert!(wrong(json!({ "steps": 1.5 })).contains("a whole number"));
        assert!(wrong(json!({ "tied": 3 })).contains("true or false"));
        assert!(wrong(json!({ "learning_rate": "nan" })).contains("a number"));
        assert!(wrong(json!({ "tokenizer": "letters" })).contains("letters"));
        assert!(wrong(json!({ "step": 1 })).contains("step"));
    }

    /// Bins and cuts of a tree would otherwise know of them.
    #[test]
    fn rows_of_weight_0_are_left_out() {
        let x: Vec<f64> = (0..40).map(|i| f64::from(i * 17 % 40)).collect();
        let y = x.iter().map(|x| (x / 5.0).sin()).collect();
        let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
        let mut rows = Rows::new(&table, &RowsOptions::default()).unwrap();
        rows.weight = Some((0..40).map(|i| f64::from(i % 3)).collect());
        let kept: Vec<usize> = (0..40).filter(|i| i % 3 > 0).collect();
        let fewer = Data::Rows(rows.take(&kept));
        for name in ["tree", "boost", "linear"] {
            let bytes = |data: &Data| {
                let fitted = settings(name).unwrap().fit(data, &mut Run::new(0)).unwrap();
                fitted.model.store().unwrap().to_bytes().unwrap()
            };
            assert_eq!(bytes(&Data::Rows(rows.clone())), bytes(&fewer), "{name}");
        }
    }
}
