//! What `induce predict` writes of clusters, whatever they are clusters of.

use anyhow::Result;
use induce::Error;
use induce::core::Column;
use induce::core::model::{Cluster, Inputs};

use crate::args::Predict;
use crate::beside::every;

/// `cluster`, and with `--proba` the probability of every one.
pub fn columns(args: &Predict, model: &dyn Cluster, inputs: Inputs, threads: usize) -> Result<Vec<Column>> {
    let prediction = match args.new {
        true => model.with_new_clusters(inputs, threads)?,
        false => model.predict(inputs, threads)?,
    };
    let numbers = prediction.values.iter().map(|c| *c as i64).collect();
    let mut columns = vec![Column::from_whole("cluster", numbers)];
    if args.proba {
        let (all, k) = (&prediction.probabilities, prediction.classes);
        if all.is_empty() {
            return Err(Error::data(
                format!("the clusters of `{}` have no probabilities", model.name()),
                "leave out `--proba`, or train `-m gmm`",
            )
            .into());
        }
        columns.extend((0..k).map(|c| Column::from_f64(format!("probability_{c}"), every(all, c, k))));
    }
    Ok(columns)
}
