//! Trees and forests in model files.

use induce_core::Result;
use induce_core::model_file::ModelFile;

use super::super::ensemble::Ensemble;
use super::super::forest::{Distribution, Model, OutOfBag, Spec};

impl Model {
    /// The model as a file of kind `kind`, the name of its row in the registry.
    ///
    /// # Errors
    /// If the model cannot be serialised.
    pub fn to_file(&self, kind: &str) -> Result<ModelFile> {
        let mut file = ModelFile::new(kind);
        self.ensemble.put(&mut file)?;
        file.put_json("spec", &self.spec)?;
        file.put_json("out_of_bag", &self.out_of_bag)?;
        file.put("leaf.shares", self.leaf_probabilities.clone());
        if !self.prior.is_empty() {
            file.put("prior", self.prior.clone());
        }
        if !self.outputs.is_empty() {
            file.put_json("outputs", &self.outputs)?;
        }
        if let Some(held_out) = &self.held_out {
            file.put("out_of_bag.means", held_out.clone());
        }
        if let Some(distribution) = &self.distribution {
            file.put("quantile.target", distribution.target.clone());
            file.put("quantile.weight", distribution.weight.clone());
            file.put("quantile.leaf", distribution.leaf.clone());
        }
        Ok(file)
    }

    /// The model in `file`, checked.
    ///
    /// # Errors
    /// If a tensor is missing, of another shape, or holds what no fit makes.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        let ensemble = Ensemble::get(file)?;
        let out_of_bag: Option<OutOfBag> = file.json("out_of_bag")?;
        if ensemble.trees.is_empty() || ensemble.outputs() != 1 || !ensemble.average {
            return Err(file.fault("a forest is the mean of at least one tree"));
        }
        let spec: Spec = file.json("spec")?;
        let distribution = spec
            .quantiles
            .then(|| distribution(file, &ensemble))
            .transpose()?;
        let mut model = Self {
            ensemble,
            leaf_probabilities: Vec::new(),
            outputs: outputs(file)?,
            out_of_bag,
            held_out: None,
            distribution,
            prior: Vec::new(),
            spec,
        };
        model.prior = prior(file, &model)?;
        model.leaf_probabilities = leaf_probabilities(file, &model)?;
        if model.spec.keep_out_of_bag {
            model.held_out = Some(held_out(file, model.width())?);
        }
        Ok(model)
    }
}

/// The classes of several targets; files of one target have no such entry.
fn outputs(file: &ModelFile) -> Result<Vec<Vec<String>>> {
    if file.text("outputs").is_err() {
        return Ok(Vec::new());
    }
    let outputs: Vec<Vec<String>> = file.json("outputs")?;
    let classes = outputs.iter().filter(|names| !names.is_empty()).count();
    if outputs.is_empty() || (classes > 0 && classes < outputs.len()) {
        return Err(file.fault("the targets are neither all quantities nor all classes"));
    }
    Ok(outputs)
}

/// The frequencies of the classes, where probabilities are smoothed.
fn prior(file: &ModelFile, model: &Model) -> Result<Vec<f64>> {
    let classes = model.ensemble.schema.classes.len();
    if model.spec.smoothing == 0.0 || classes < 2 || !model.outputs.is_empty() {
        return Ok(Vec::new());
    }
    let prior = file.values_of::<f64>("prior", classes)?.to_vec();
    match prior.iter().all(|pi| (0.0..=1.0).contains(pi)) {
        true => Ok(prior),
        false => Err(file.fault("a frequency of a class is not between 0 and 1")),
    }
}

/// What leaves predict, as many values as they have.
fn leaf_probabilities(file: &ModelFile, model: &Model) -> Result<Vec<f64>> {
    let leaves: usize = model.ensemble.trees.iter().map(|tree| tree.leaves.len()).sum();
    let expected = if model.width() > 1 {
        leaves * model.width()
    } else {
        0
    };
    let leaf_probabilities = file.values_of("leaf.shares", expected)?.to_vec();
    let quantities = model.outputs.first().is_some_and(Vec::is_empty);
    // NaN fails the comparison too.
    let usable = |s: &f64| (0.0..=1.0).contains(s) || (quantities && s.is_finite());
    if !leaf_probabilities.iter().all(usable) {
        return Err(
            file.fault("a leaf's probability of a class is not between 0 and 1, or its mean is not finite")
        );
    }
    Ok(leaf_probabilities)
}

/// The out-of-bag means: whole rows of finite numbers, or NaN.
fn held_out(file: &ModelFile, width: usize) -> Result<Vec<f64>> {
    let means = file.values::<f64>("out_of_bag.means")?.to_vec();
    if !means.len().is_multiple_of(width) || means.iter().any(|mean| mean.is_infinite()) {
        return Err(file.fault("the out-of-bag means are not a number per row and output"));
    }
    Ok(means)
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
