//! What models say of rows.

/// Predictions of some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// A quantity, the likeliest class's index, or a score per row. // (rows)
    pub values: Vec<f64>,
    /// Probabilities; empty unless there are classes. // (rows, classes)
    pub probabilities: Vec<f64>,
    /// Number of classes.
    pub classes: usize,
}

impl Prediction {
    /// Predicted quantities.
    pub fn of_quantities(values: Vec<f64>) -> Self {
        Self {
            values,
            probabilities: Vec::new(),
            classes: 0,
        }
    }

    /// Predicted probabilities, row-major (rows, classes), and the likeliest class of every row.
    pub fn of_classes(probabilities: Vec<f64>, classes: usize) -> Self {
        let likeliest =
            |row: &[f64]| (1..row.len()).fold(0, |best, c| if row[c] > row[best] { c } else { best });
        let rows = probabilities.chunks_exact(classes.max(1));
        Self {
            values: rows.map(|row| likeliest(row) as f64).collect(),
            probabilities,
            classes,
        }
    }

    /// Only those of these rows, in this order.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        let classes = self.classes;
        let of = |row: &usize| &self.probabilities[row * classes..(row + 1) * classes];
        Self {
            values: rows.iter().map(|&row| self.values[row]).collect(),
            probabilities: match self.probabilities.is_empty() {
                true => Vec::new(),
                false => rows.iter().flat_map(of).copied().collect(),
            },
            classes,
        }
    }
}

/// Lower and upper ends, row-major (rows, classes), one column for a quantity.
pub type Ends = (Vec<f64>, Vec<f64>);

/// Intervals of predictions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Intervals {
    /// Of the mean, or of every class's probability: how well the model is known.
    pub mean: Option<Ends>,
    /// Of a new observation, its own variance included; a quantity's.
    pub new: Option<Ends>,
}

/// Scores before the link.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// Row-major (rows, outputs).
    pub values: Vec<f64>,
    /// Scores per row: 1, or one per class.
    pub outputs: usize,
}

/// Shapley values: contributions of the features of every row to every score.
#[derive(Debug, Clone, PartialEq)]
pub struct Shap {
    /// Row-major (rows, outputs, features + 1); the last of each is the mean score.
    pub values: Vec<f64>,
    /// Features, without the mean.
    pub features: usize,
    /// Scores per row.
    pub outputs: usize,
}

/// How much a feature matters to a model of trees, by three measures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Importance {
    /// The feature.
    pub feature: String,
    /// Objective gained by its splits.
    pub gain: f64,
    /// Curvature (rows, for squared loss) that its splits decided on.
    pub cover: f64,
    /// Number of its splits.
    pub splits: usize,
}

/// Vectors of rows in another space: embeddings, distances to centres, codes.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Row-major (rows, width).
    pub values: Vec<f64>,
    /// Names of the coordinates. // (width)
    pub names: Vec<String>,
}
