//! Graph convolutional matrix completion in model files.

use induce_core::Result;
use induce_core::model::ratings::Ratings;
use induce_core::model::read_spec;
use induce_core::model_file::{ModelFile, Tensor};
use induce_tensor::Parameters;
use serde_json::Value;

use super::network::{Network, Shape};
use super::nodes::Known;
use super::spec::Spec;
use crate::inputs::Columns;
use crate::train::{put_parameters, read_network};

/// The family in model files.
pub const KIND: &str = "gcmc";
/// Most levels of ratings.
pub const MOST_LEVELS: usize = 50;

/// What a file says besides weights and features.
#[derive(Debug, Clone)]
pub struct Header {
    /// The settings it was trained with.
    pub settings: Value,
    /// The seed of the training.
    pub seed: u64,
    /// The ratings of the graph.
    pub ratings: Ratings,
    /// The levels of ratings, rising.
    pub levels: Vec<f64>,
}

const FEATURES: [&str; 2] = ["features.users", "features.items"];

impl Header {
    /// The code of the level of every rating, in the order of users.
    pub fn codes(&self) -> Vec<u32> {
        let code = |y: &f64| {
            self.levels
                .partition_point(|level| level < y)
                .min(self.levels.len() - 1)
        };
        self.ratings
            .by_user
            .value()
            .iter()
            .map(|y| code(y) as u32)
            .collect()
    }

    /// The shape of its network.
    pub fn shape(&self, spec: &Spec, known: &Known) -> Shape {
        let nodes = [self.ratings.users().len(), self.ratings.items().len()];
        Shape::new(spec, nodes, known.widths(), self.levels.len())
    }

    /// The model file of these parameters.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self, known: &Known, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("spec", &self.settings)?;
        file.put_json("seed", &self.seed)?;
        file.put_json("columns", &known.columns)?;
        file.put("levels", self.levels.clone());
        self.ratings.put(&mut file)?;
        let nodes = [self.ratings.users().len(), self.ratings.items().len()];
        for side in (0..2).filter(|side| known.columns[*side].is_some()) {
            let values = Tensor::new(
                vec![nodes[side], known.widths()[side]],
                known.values[side].clone(),
            )?;
            file.tensors.insert(FEATURES[side].into(), values);
        }
        put_parameters(&mut file, parameters)?;
        Ok(file)
    }

    /// What a model file holds.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn open(file: &ModelFile) -> Result<(Self, Spec, Known, Network, Parameters)> {
        file.expect_kind(KIND)?;
        let fault = |error: induce_core::Error| file.fault(error.to_string());
        let header = Self {
            settings: file.json("spec")?,
            seed: file.json("seed")?,
            levels: file.values::<f64>("levels")?.to_vec(),
            ratings: Ratings::open(file)?,
        };
        let rising = header.levels.windows(2).all(|own| own[0] < own[1]);
        if !rising
            || header.levels.is_empty()
            || header.levels.len() > MOST_LEVELS
            || !header.levels.iter().all(|y| y.is_finite())
        {
            return Err(file.fault("its levels of ratings do not rise"));
        }
        let values = header.ratings.by_user.value();
        if let Some(y) = values.iter().find(|y| !header.levels.contains(y)) {
            return Err(file.fault(format!(
                "its graph has the rating {y}, which is none of its levels"
            )));
        }
        let spec: Spec = read_spec(KIND, &header.settings).map_err(fault)?;
        spec.check().map_err(fault)?;
        let known = known(file, &header.ratings)?;
        let shape = header.shape(&spec, &known);
        let new = |parameters: &mut Parameters| Network::new(&spec, &shape, parameters, None);
        let (network, parameters) = read_network(file, shape.size(), new)?;
        if let Some(value) = parameters.all().iter().find(|x| !x.is_finite()) {
            return Err(file.fault(format!("a weight is {value}")));
        }
        Ok((header, spec, known, network, parameters))
    }
}

fn known(file: &ModelFile, ratings: &Ratings) -> Result<Known> {
    let columns: [Option<Columns>; 2] = file.json("columns")?;
    let mut known = Known {
        columns,
        ..Known::default()
    };
    let nodes = [ratings.users().len(), ratings.items().len()];
    for side in 0..2 {
        let Some(own) = &known.columns[side] else { continue };
        own.check().map_err(|reason| file.fault(reason))?;
        let count = nodes[side].checked_mul(own.width());
        let count = count.ok_or_else(|| file.fault("it has more features than can be counted"))?;
        let values = file.values_of::<f32>(FEATURES[side], count)?.to_vec();
        if !values.iter().all(|x| x.is_finite()) {
            return Err(file.fault(format!("a value of `{}` is not finite", FEATURES[side])));
        }
        known.values[side] = values;
    }
    Ok(known)
}
