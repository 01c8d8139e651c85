//! Trees and forests in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;

use super::super::ensemble::Ensemble;
use super::super::forest::{Model, OutOfBag};

impl Model {
    /// The model as a file of kind `kind`, the name of its row in the registry.
    pub fn to_file(&self, kind: &str) -> Result<ModelFile> {
        let mut file = ModelFile::new(kind);
        self.ensemble.put(&mut file)?;
        file.put_json("spec", &self.spec)?;
        file.put_json("out_of_bag", &self.out_of_bag)?;
        file.put("leaf.shares", self.shares.clone());
        Ok(file)
    }

    /// The model in `file`, checked.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        let ensemble = Ensemble::get(file)?;
        let classes = ensemble.schema.classes.len();
        let leaves: usize = ensemble.trees.iter().map(|tree| tree.leaves.len()).sum();
        let expected = if classes > 2 { leaves * classes } else { 0 };
        let shares = file.values_of("leaf.shares", expected)?.to_vec();
        let out_of_bag: Option<OutOfBag> = file.json("out_of_bag")?;
        if ensemble.trees.is_empty() || ensemble.outputs() != 1 || !ensemble.average {
            return Err(file.fault("a forest is the mean of at least one tree"));
        }
        // A share is a probability; NaN fails the comparison too.
        if !shares.iter().all(|s| (0.0..=1.0).contains(s)) {
            return Err(file.fault("a leaf's share of a class is not between 0 and 1"));
        }
        Ok(Self {
            ensemble,
            shares,
            out_of_bag,
            spec: file.json("spec")?,
        })
    }
}
