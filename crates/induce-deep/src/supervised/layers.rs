//! The dense layers of a network in the units of the data: for who reads weights.

use super::model::Trained;
use super::outcome::Outcome;
use super::reader::Reader;

/// A dense layer: h W + b.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// W. // (inputs, outputs)
    pub weight: Vec<f64>,
    /// b. // (outputs)
    pub bias: Vec<f64>,
}

impl Trained {
    /// Its dense layers, of random weights the means: the first reads the values of the table, and the last of a quantity gives its units. So
    /// f(f(x W_1 + b_1) W_2 + b_2) ... is what the network says of a row that is not far from all others.
    pub fn layers(&self) -> Vec<Layer> {
        let dense = self.network.dense().map(|(weight, bias)| {
            let of = |own| {
                self.parameters
                    .values(own)
                    .iter()
                    .map(|x| f64::from(*x))
                    .collect()
            };
            Layer {
                weight: of(weight.mean),
                bias: of(bias.mean),
            }
        });
        let mut all: Vec<Layer> = dense.collect();
        if let (Reader::Columns(columns), Some(first)) = (&self.header.reader, all.first_mut()) {
            let outputs = first.bias.len();
            for (axis, row) in columns
                .frame
                .axes
                .iter()
                .zip(first.weight.chunks_exact_mut(outputs))
            {
                for (w, b) in row.iter_mut().zip(&mut first.bias) {
                    *w /= axis.scale;
                    *b -= *w * axis.centre;
                }
            }
        }
        if let (Outcome::Quantity { centre, scale, .. }, Some(last)) = (&self.header.outcome, all.last_mut())
        {
            last.weight
                .iter_mut()
                .chain(&mut last.bias)
                .for_each(|x| *x *= scale);
            last.bias.iter_mut().for_each(|b| *b += centre);
        }
        all
    }

    /// Names of the inputs of a table: columns, `column=category`, and columns that had holes; none of images.
    pub fn input_names(&self) -> Vec<String> {
        match &self.header.reader {
            Reader::Columns(columns) => columns.names(),
            Reader::Pixels(_) => Vec::new(),
        }
    }
}
