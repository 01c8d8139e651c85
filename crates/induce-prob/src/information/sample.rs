//! A variable as neighbour estimators see it: points of some dimension, in which categories are far apart.

use induce_core::{Error, Result};

/// The values of a variable. // (rows, dimension)
#[derive(Debug, Clone)]
pub struct Sample {
    values: Vec<f64>,
    dimension: usize,
    categories: bool,
}

impl Sample {
    /// Numbers, as they are.
    ///
    /// # Errors
    /// If one is not finite.
    pub fn numbers(values: &[f64]) -> Result<Self> {
        Self::vectors(values.to_vec(), 1)
    }

    /// Vectors, row-major. // (rows, dimension)
    ///
    /// # Errors
    /// If one is not finite, or the last row is not full.
    pub fn vectors(values: Vec<f64>, dimension: usize) -> Result<Self> {
        if dimension == 0 || !values.len().is_multiple_of(dimension) {
            let what = format!("{} numbers do not fill rows of {dimension}", values.len());
            return Err(Error::data(
                what,
                "every row has the same numbers of columns, at least one",
            ));
        }
        if let Some(at) = values.iter().position(|own| !own.is_finite()) {
            let what = format!("row {} has {}", at / dimension + 1, values[at]);
            return Err(Error::data(what, "leave out rows that are missing or infinite"));
        }
        Ok(Self {
            values,
            dimension,
            categories: false,
        })
    }

    /// Categories, which are equal or not: their distance is beyond that of any numbers.
    pub fn categories(codes: &[u32]) -> Self {
        let most = codes.iter().max().map_or(1.0, |code| f64::from(*code) + 1.0);
        let apart = f64::MAX / (2.0 * most);
        let values = codes.iter().map(|&code| f64::from(code) * apart).collect();
        Self {
            values,
            dimension: 1,
            categories: true,
        }
    }

    /// Every column divided by its standard deviation, so that none decides alone who is near; constants and categories
    /// stay.
    #[must_use]
    pub fn standardised(mut self) -> Self {
        if !self.categories {
            (0..self.dimension).for_each(|column| self.standardise(column));
        }
        self
    }

    fn standardise(&mut self, column: usize) {
        let d = self.dimension;
        let own = || self.values.iter().skip(column).step_by(d);
        // The square of a large number is none.
        let largest = own().fold(0.0_f64, |most, x| most.max(x.abs()));
        let n = self.rows() as f64;
        let mean = own().map(|x| x / largest).sum::<f64>() / n;
        let deviation = (own().map(|x| (x / largest - mean).powi(2)).sum::<f64>() / n).sqrt();
        if deviation > 0.0 {
            let places = self.values.iter_mut().skip(column).step_by(d);
            places.for_each(|x| *x = *x / largest / deviation);
        }
    }

    /// Rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.dimension
    }

    /// Columns.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Whether it holds categories.
    pub fn is_categories(&self) -> bool {
        self.categories
    }

    /// The values, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Whether all rows are equal.
    pub fn is_constant(&self) -> bool {
        self.values
            .chunks(self.dimension)
            .all(|row| row == &self.values[..self.dimension])
    }

    /// These rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let d = self.dimension;
        let values = rows
            .iter()
            .flat_map(|&row| &self.values[row * d..(row + 1) * d])
            .copied();
        Self {
            values: values.collect(),
            ..*self
        }
    }

    /// Samples side by side as one variable of all their columns.
    ///
    /// # Errors
    /// If there is none, or their rows differ.
    pub fn joined(samples: &[&Self]) -> Result<Self> {
        let rows = samples.first().map(|own| own.rows());
        if rows.is_none() || samples.iter().any(|own| Some(own.rows()) != rows) {
            return Err(Error::data(
                "these variables are not of the same rows",
                "give all of them every row",
            ));
        }
        let (values, dimension) = Self::beside(samples);
        let categories = samples.iter().all(|own| own.categories);
        Ok(Self {
            values,
            dimension,
            categories,
        })
    }

    /// Samples side by side: a vector of all their columns. // rows must agree
    pub(super) fn beside(samples: &[&Self]) -> (Vec<f64>, usize) {
        let dimension = samples.iter().map(|own| own.dimension).sum();
        let rows = samples.first().map_or(0, |own| own.rows());
        let mut all = Vec::with_capacity(rows * dimension);
        for row in 0..rows {
            for own in samples {
                all.extend_from_slice(&own.values[row * own.dimension..(row + 1) * own.dimension]);
            }
        }
        (all, dimension)
    }
}
