//! Who moved this prediction?

use induce_core::{Result, Table};

use super::Model;
use crate::linear::encode::offset;
use induce_core::model::Shap;

impl Model {
    /// phi_j = b_j (x_j - E x_j), the Shapley values of a linear score for independent features (Lundberg & Lee 2017,
    /// corollary 1), with the means of training; the last of each row and output is the mean score.
    ///
    /// On the scale of the score, before the link. The terms of a category add up to its feature, and an offset counts
    /// whole, its mean being nobody's doing. With the mean score the values sum to [`Model::scores`].
    ///
    /// # Errors
    /// As [`Model::predict`].
    pub fn contributions(&self, table: &Table) -> Result<Shap> {
        let (features, outputs, p) = (
            self.schema.features.len(),
            self.intercepts.len(),
            self.terms.len(),
        );
        let width = features + 1;
        let mut row = vec![0.0; outputs * width];
        for (k, intercept) in self.intercepts.iter().enumerate() {
            let own = self.terms.iter().zip(&self.coefficients[k * p..(k + 1) * p]);
            row[k * width + features] = intercept + own.map(|(t, b)| b * t.mean).sum::<f64>();
        }
        let mut values = row.repeat(table.rows());
        if let Some(offset) = offset(table, &self.spec.offset)? {
            let place = self
                .schema
                .features
                .iter()
                .position(|f| f.name == self.spec.offset);
            for (own, o) in values
                .chunks_exact_mut(width)
                .zip(offset.iter().flat_map(|o| vec![o; outputs]))
            {
                own[place.unwrap_or(features)] += o;
            }
        }
        self.each_block(table, |rows, t, column| {
            let term = &self.terms[t];
            for k in 0..outputs {
                let b = self.coefficients[k * p + t];
                let own = &mut values[rows.start * outputs * width..rows.end * outputs * width];
                let rows = own.chunks_exact_mut(outputs * width).zip(column);
                rows.for_each(|(row, x)| row[k * width + term.feature] += b * (x - term.mean));
            }
        })?;
        Ok(Shap {
            values,
            features,
            outputs,
        })
    }
}
