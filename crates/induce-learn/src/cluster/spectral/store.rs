//! Divisions in model files.

use induce_core::model_file::ModelFile;
use induce_core::{Outcome, Result};
use serde::{Deserialize, Serialize};

use crate::graph::{Partition, Points};
use crate::points::Frame;

use super::divide::Division;
use super::drawing::Drawing;
use super::model::{Learnt, Named, Neighbourhood, Spectral};

/// The kind of a model file with a spectral clustering.
pub const KIND: &str = "spectral";

/// What a model is besides arrays and settings.
#[derive(Serialize, Deserialize)]
struct Head {
    clusters: usize,
    width: usize,
    components: usize,
    notes: Vec<String>,
    outcome: Outcome,
    frame: Option<Frame>,
    size: f64,
    names: Vec<String>,
}

impl Spectral {
    /// The model as a file of kind `spectral`.
    ///
    /// # Errors
    /// If it cannot be serialised.
    pub fn to_file(&self) -> Result<ModelFile> {
        let own = &self.division;
        let mut file = ModelFile::new(KIND);
        let mut head = Head {
            clusters: own.clusters,
            width: own.width,
            components: own.components,
            notes: own.notes.clone(),
            outcome: own.outcome.clone(),
            frame: None,
            size: 1.0,
            names: Vec::new(),
        };
        match &self.learnt {
            Learnt::Rows(near) => {
                head.frame = Some(near.frame.clone());
                let (centre, size) = near.points.place();
                head.size = size;
                file.put("points", near.points.values().to_vec());
                file.put("centre", centre.to_vec());
                file.put("scale", near.scale.clone().unwrap_or_default());
            }
            Learnt::Graph(named) => head.names.clone_from(&named.names),
        }
        file.put_json("spec", &self.spec)?;
        file.put_json("division", &head)?;
        file.put("labels", own.labels.clone());
        file.put("embedding", own.embedding.clone());
        file.put("eigenvalues", own.values.clone());
        file.put("residuals", own.residuals.clone());
        file.put("leaving", own.partition.leaving.clone());
        file.put("volume", own.partition.volume.clone());
        own.drawing.store(&mut file)?;
        Ok(file)
    }

    /// The model in `file`, checked: a cluster below their number and a place for every row or node.
    ///
    /// # Errors
    /// If it is no model of this kind, or its parts do not fit together.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        file.expect_kind(KIND)?;
        let head: Head = file.json("division")?;
        let labels = file.values::<u32>("labels")?.to_vec();
        let (n, k) = (labels.len(), head.clusters);
        if n == 0 || k == 0 || k > n || labels.iter().any(|label| *label as usize >= k) {
            return Err(file.fault(format!(
                "it has {n} labels of {k} clusters, or one that is none of them"
            )));
        }
        let size = n.checked_mul(head.width).filter(|_| head.width > 0);
        let size = size.ok_or_else(|| file.fault("its embedding has no size"))?;
        let values = finite(file, "eigenvalues")?;
        let mut nodes = vec![0; k];
        labels.iter().for_each(|label| nodes[*label as usize] += 1);
        let division = Division {
            embedding: of_size(file, "embedding", size)?,
            residuals: of_size(file, "residuals", values.len())?,
            partition: Partition {
                leaving: of_size(file, "leaving", k)?,
                volume: of_size(file, "volume", k)?,
                nodes,
            },
            drawing: Drawing::read(file, n)?,
            values,
            labels,
            clusters: k,
            width: head.width,
            components: head.components,
            notes: head.notes.clone(),
            outcome: head.outcome.clone(),
        };
        Ok(Self {
            spec: file.json("spec")?,
            learnt: learnt(file, head, n)?,
            division,
        })
    }
}

fn learnt(file: &ModelFile, head: Head, n: usize) -> Result<Learnt> {
    let Some(frame) = head.frame else {
        if head.names.len() != n {
            return Err(file.fault(format!("{} names of {n} nodes", head.names.len())));
        }
        return Ok(Learnt::Graph(Named { names: head.names }));
    };
    frame.check().map_err(|reason| file.fault(reason))?;
    let p = frame.width();
    let size = p.checked_mul(n);
    let size = size.ok_or_else(|| file.fault("it has more coordinates than can be counted"))?;
    if !(head.size > 0.0 && head.size.is_finite()) {
        return Err(file.fault(format!("the size of its points is {}", head.size)));
    }
    let scale = finite(file, "scale")?;
    if !scale.is_empty() && (scale.len() != n || scale.iter().any(|s| *s <= 0.0)) {
        return Err(file.fault(format!("{} scales of {n} rows, or one that is none", scale.len())));
    }
    let points = Points::restored(
        of_size(file, "points", size)?,
        (of_size(file, "centre", p)?, head.size),
        frame.unit,
    );
    Ok(Learnt::Rows(Neighbourhood {
        frame,
        points,
        scale: Some(scale).filter(|scale| !scale.is_empty()),
    }))
}

fn of_size(file: &ModelFile, name: &str, size: usize) -> Result<Vec<f64>> {
    file.values_of::<f64>(name, size)?;
    finite(file, name)
}

fn finite(file: &ModelFile, name: &str) -> Result<Vec<f64>> {
    let values = file.values::<f64>(name)?;
    match values.iter().find(|x| !x.is_finite()) {
        Some(odd) => Err(file.fault(format!("`{name}` holds {odd}"))),
        None => Ok(values.to_vec()),
    }
}
