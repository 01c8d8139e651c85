//! Known classes of nodes, and what follows for others.

use std::collections::HashMap;

use induce_core::metrics::Task;
use induce_core::model::{Graph, Inputs, Predict, Prediction, Schema};
use induce_core::model_file::ModelFile;
use induce_core::words::counted;
use induce_core::{Error, Result};

use super::spec::Spec;
use super::spread::spread;

/// The family in model files.
pub const KIND: &str = "label-propagation";

/// Nodes whose classes are known.
#[derive(Debug, Clone)]
pub struct Propagation {
    /// The settings.
    pub spec: Spec,
    /// The name of the target and the classes.
    pub schema: Schema,
    /// Names of the nodes whose classes are known.
    pub names: Vec<String>,
    /// Their classes.
    pub classes: Vec<u32>,
    /// What was found out.
    pub notes: Vec<String>,
}

/// Keep the classes of the nodes to learn from.
///
/// # Errors
/// If a setting is out of its range, no class is known, edges lead one way, or a weight is negative.
pub fn fit(spec: &Spec, graph: &Graph, threads: usize) -> Result<Propagation> {
    spec.check_ranges()?;
    graph.of_nodes("label propagation")?;
    let (target, seeds) = (graph.classes()?, graph.learnt()?);
    let names = graph.names();
    let mut own = Propagation {
        spec: spec.clone(),
        schema: Schema {
            target: Some(target.name.clone()),
            classes: target.classes.clone(),
            ..Schema::empty()
        },
        names: seeds.iter().map(|&i| names[i].clone()).collect(),
        classes: seeds.iter().map(|&i| target.values[i] as u32).collect(),
        notes: Vec::new(),
    };
    let (_, passes, rest, apart) = own.spread(graph, threads)?;
    if !rest {
        own.notes.push(format!(
            "classes still moved after {}: raise max_iter",
            counted(passes, "pass")
        ));
    }
    if apart > 0 {
        own.notes.push(format!(
            "no path leads from {} to a known class: the frequencies of classes stand for what is not known of them",
            counted(apart, "node")
        ));
    }
    Ok(own)
}

impl Propagation {
    /// Probabilities of every node, passes, whether they came to rest, and how many nodes no class reached. // (nodes, classes)
    fn spread(&self, graph: &Graph, threads: usize) -> Result<(Vec<f64>, usize, bool, usize)> {
        let known: HashMap<&str, u32> = self
            .names
            .iter()
            .map(String::as_str)
            .zip(self.classes.iter().copied())
            .collect();
        let class = |name: &String| known.get(name.as_str()).map(|class| *class as usize);
        let seeds: Vec<Option<usize>> = graph.names().iter().map(class).collect();
        if seeds.iter().all(Option::is_none) {
            return Err(Error::data(
                "no node of this graph is among those whose classes are known",
                "label propagation says something of the graph that it was trained on, and of new nodes in it",
            ));
        }
        let classes = self.schema.classes.len();
        let (mut field, passes, rest) = spread(&self.spec, &graph.undirected()?, &seeds, classes, threads);
        let frequencies = self.frequencies();
        let mut apart = 0;
        for row in field.chunks_exact_mut(classes) {
            let sum: f64 = row.iter().sum();
            match sum > 0.0 {
                true => row.iter_mut().for_each(|x| *x /= sum),
                false => {
                    apart += 1;
                    row.copy_from_slice(&frequencies);
                }
            }
        }
        Ok((field, passes, rest, apart))
    }

    fn frequencies(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.schema.classes.len()];
        self.classes
            .iter()
            .for_each(|&class| counts[class as usize] += 1.0);
        counts.iter().map(|n| n / self.classes.len() as f64).collect()
    }

    /// Put it into a model file.
    ///
    /// # Errors
    /// If it cannot be serialised.
    pub fn to_file(&self) -> Result<ModelFile> {
        let mut file = ModelFile::new(KIND);
        file.put_json("spec", &self.spec)?;
        file.put_json("schema", &self.schema)?;
        file.put_json("names", &self.names)?;
        file.put("classes", self.classes.clone());
        Ok(file)
    }

    /// That of a file.
    ///
    /// # Errors
    /// If it is of another kind, or damaged.
    pub fn from_file(file: &ModelFile) -> Result<Self> {
        file.expect_kind(KIND)?;
        let own = Self {
            spec: file.json("spec")?,
            schema: file.json("schema")?,
            names: file.json("names")?,
            classes: file.values::<u32>("classes")?.to_vec(),
            notes: Vec::new(),
        };
        own.spec
            .check_ranges()
            .map_err(|error| file.fault(error.to_string()))?;
        let known = own
            .classes
            .iter()
            .all(|class| (*class as usize) < own.schema.classes.len());
        match known && own.names.len() == own.classes.len() && !own.names.is_empty() {
            true => Ok(own),
            false => Err(file.fault("its nodes and their classes do not fit")),
        }
    }
}

impl Predict for Propagation {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn task(&self) -> Task {
        Task::Classification
    }

    fn predict(&self, inputs: Inputs, threads: usize) -> Result<Prediction> {
        let (probabilities, ..) = self.spread(inputs.graph()?, threads)?;
        Ok(Prediction::of_classes(probabilities, self.schema.classes.len()))
    }
}
