//! Predictions of compressed sparse rows.

use induce_core::{Error, Result};

use super::Model;
use induce_core::linalg::Csr;
use induce_core::model::FeatureType;

impl Model {
    /// As [`Model::scores`], column j of `rows` being feature j of the model.
    ///
    /// # Errors
    /// If there are not as many columns as features, a feature is a category, or the model has an offset.
    pub fn scores_sparse(&self, rows: &Csr) -> Result<Vec<f64>> {
        self.check_sparse(rows)?;
        let (outputs, p) = (self.intercepts.len(), self.terms.len());
        // Coefficients by feature; those that were left out stay at 0.
        let mut by_feature = vec![0.0; rows.columns() * outputs];
        for (t, term) in self.terms.iter().enumerate() {
            (0..outputs).for_each(|k| by_feature[term.feature * outputs + k] = self.coefficients[k * p + t]);
        }
        let mut scores = self.intercepts.repeat(rows.rows());
        for (i, score) in scores.chunks_exact_mut(outputs).enumerate() {
            for (j, x) in rows.row(i) {
                let own = &by_feature[j * outputs..(j + 1) * outputs];
                score.iter_mut().zip(own).for_each(|(s, b)| *s += b * x);
            }
        }
        Ok(scores)
    }

    /// As [`Model::predict`].
    ///
    /// # Errors
    /// As [`Model::scores_sparse`].
    pub fn predict_sparse(&self, rows: &Csr) -> Result<Vec<f64>> {
        Ok(self.means(self.scores_sparse(rows)?))
    }

    /// As [`Model::probabilities`].
    ///
    /// # Errors
    /// As [`Model::scores_sparse`].
    pub fn probabilities_sparse(&self, rows: &Csr) -> Result<Vec<f64>> {
        Ok(self.of_every_class(self.predict_sparse(rows)?))
    }

    fn check_sparse(&self, rows: &Csr) -> Result<()> {
        let features = &self.schema.features;
        if rows.columns() != features.len() {
            let counts = format!("{} columns for a model of {}", rows.columns(), features.len());
            return Err(Error::data(
                counts,
                "give the columns of training, in their order",
            ));
        }
        let odd = features.iter().find(|f| f.feature_type != FeatureType::Number);
        match (odd, self.spec.offset.as_str()) {
            (None, "") => Ok(()),
            (odd, offset) => {
                let name = odd.map_or(offset, |f| f.name.as_str());
                Err(Error::data(
                    format!("sparse rows have no category and no offset, the model has `{name}`"),
                    "predict a table with it",
                ))
            }
        }
    }
}
