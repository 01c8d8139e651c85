//! Trees, boosted models and checkpoints in model files.
//!
//! Every field of every branch is one flat tensor, tree after tree; a tree of b
//! branches has b + 1 leaves, so one offset per tree finds both. Reading checks
//! everything that [`Ensemble::check`] does, so a loaded model cannot loop,
//! leave its arrays, or test a category as a number.

mod checkpoint;
mod forest;
mod trees;

use induce_core::Result;
use induce_core::model_file::ModelFile;
use induce_prob::Link;
use serde::{Deserialize, Serialize};

use super::Ensemble;
use super::boost::Model;

/// The kind of a model file with a boosted model.
pub const BOOST: &str = "boost";
/// The kind of a model file with a boosting run between rounds.
pub const BOOST_CHECKPOINT: &str = "boost-checkpoint";

/// What an ensemble is besides schema, start and trees.
#[derive(Serialize, Deserialize)]
struct Head {
    link: Link,
    single: bool,
    average: bool,
}

impl Ensemble {
    /// Add the ensemble to `file`.
    ///
    /// # Errors
    /// If the ensemble cannot be serialised.
    pub fn put(&self, file: &mut ModelFile) -> Result<()> {
        file.put_json("schema", &self.schema)?;
        file.put_json(
            "ensemble",
            &Head {
                link: self.link,
                single: self.single,
                average: self.average,
            },
        )?;
        file.put("start", self.start.clone());
        trees::put(&self.trees, file);
        Ok(())
    }

    /// The ensemble in `file`, checked.
    ///
    /// # Errors
    /// If a tensor is missing, of another shape, or holds what no fit makes.
    pub fn get(file: &ModelFile) -> Result<Self> {
        let Head {
            link,
            single,
            average,
        } = file.json("ensemble")?;
        if !matches!(link, Link::Identity | Link::Log | Link::Logit | Link::Softmax) {
            return Err(file.fault(format!("no trees have the link `{}`", link.name())));
        }
        let ensemble = Self {
            schema: file.json("schema")?,
            start: file.values("start")?.to_vec(),
            trees: trees::get(file)?,
            link,
            single,
            average,
        };
        trees::check(&ensemble, file)?;
        Ok(ensemble)
    }
}

impl Model {
    /// The model as a file of kind `boost`; the caller may add a `card` to its metadata.
    ///
    /// # Errors
    /// If the model cannot be serialised.
    pub fn to_file(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(BOOST);
        self.ensemble.put(&mut file)?;
        file.put_json("spec", &self.spec)?;
        file.metadata.insert("objective".into(), self.objective.clone());
        Ok(file)
    }

    /// The model in `file`, checked.
    ///
    /// # Errors
    /// If a tensor is missing, of another shape, or holds what no fit makes.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        file.expect_kind(BOOST)?;
        Ok(Self {
            ensemble: Ensemble::get(file)?,
            objective: file.text("objective")?.into(),
            spec: file.json("spec")?,
        })
    }
}

#[cfg(test)]
mod tests;
