//! Trees and forests in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;

use super::super::ensemble::Ensemble;
use super::super::forest::{Distribution, Model, OutOfBag, Spec};

impl Model {
    /// The model as a file of kind `kind`, the name of its row in the registry.
    pub fn to_file(&self, kind: &str) -> Result<ModelFile> {
        let mut file = ModelFile::new(kind);
        self.ensemble.put(&mut file)?;
        file.put_json("spec", &self.spec)?;
        file.put_json("out_of_bag", &self.out_of_bag)?;
        file.put("leaf.shares", self.shares.clone());
        if let Some(distribution) = &self.distribution {
            file.put("quantile.target", distribution.target.clone());
            file.put("quantile.weight", distribution.weight.clone());
            file.put("quantile.leaf", distribution.leaf.clone());
        }
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
        let spec: Spec = file.json("spec")?;
        let distribution = spec
            .quantiles
            .then(|| distribution(file, &ensemble))
            .transpose()?;
        Ok(Self {
            ensemble,
            shares,
            out_of_bag,
            distribution,
            spec,
        })
    }
}

/// The targets by leaf: as many weights as targets, and leaves that the trees have.
fn distribution(file: &ModelFile, ensemble: &Ensemble) -> Result<Distribution> {
    let target = file.values::<f64>("quantile.target")?.to_vec();
    let weight = file.values_of::<f64>("quantile.weight", target.len())?.to_vec();
    let leaf = file
        .values_of::<u32>("quantile.leaf", target.len() * ensemble.trees.len())?
        .to_vec();
    let usable = target.is_sorted() && target.iter().all(|y| y.is_finite());
    if target.is_empty() || !usable || !weight.iter().all(|w| w.is_finite() && *w >= 0.0) {
        return Err(file.fault("the targets for quantiles do not ascend, or a weight is not a weight"));
    }
    let trees = leaf.chunks_exact(target.len()).zip(&ensemble.trees);
    if trees
        .into_iter()
        .any(|(own, tree)| own.iter().any(|&leaf| leaf as usize >= tree.leaves.len()))
    {
        return Err(file.fault("a row for quantiles lies in a leaf that its tree does not have"));
    }
    Ok(Distribution { target, weight, leaf })
}
