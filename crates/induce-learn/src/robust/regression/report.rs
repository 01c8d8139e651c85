//! What a robust model shows: its threshold, its inliers, its coefficients, and the rows beside the line.

use induce_core::model::{Block, Data, FeatureType, Grid, Points, Predict, Rows, Schema, Section};
use induce_core::words::{count, counted, number};
use induce_core::{Result, Run};

use super::Model;
use super::design::width;

/// The most rows that are drawn.
const MOST_ROWS: usize = 2000;

/// How many of the training rows agree, and how far they may miss.
pub(super) fn agreement(threshold: f64, inliers: u64, rows: u64) -> Vec<(String, String)> {
    let percent = 100.0 * inliers as f64 / rows.max(1) as f64;
    let inliers = format!(
        "{} of {} training rows, {percent:.0}\u{a0}%",
        count(inliers as usize),
        count(rows as usize)
    );
    vec![
        (
            "largest residual of an inlier (threshold)".into(),
            number(threshold),
        ),
        ("inliers".into(), inliers),
    ]
}

impl Model {
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut facts = agreement(self.threshold, self.inliers, self.rows);
        facts.push((
            "residual standard deviation of the inliers".into(),
            number(self.sigma),
        ));
        vec![Section::new(
            "Consensus",
            vec![Block::Facts(facts), Block::Grid(self.coefficient_grid())],
        )]
    }

    fn coefficient_grid(&self) -> Grid {
        let errors = self.standard_errors();
        let values = std::iter::once(&self.intercept).chain(&self.coefficients);
        let row = |(i, (term, value)): (usize, (String, &f64))| {
            let error = errors.get(i).map_or_else(|| "-".into(), |error| number(*error));
            vec![term, number(*value), error]
        };
        let rows = terms(&self.schema).into_iter().zip(values).enumerate().map(row);
        Grid::new(&["term", "estimate", "std. error"], rows.collect())
    }
}

/// The names of intercept and coefficients.
fn terms(schema: &Schema) -> Vec<String> {
    let mut terms = vec!["(intercept)".to_owned()];
    for feature in &schema.features {
        match &feature.feature_type {
            FeatureType::Number => terms.push(feature.name.clone()),
            FeatureType::Category(names) => {
                let further = names.iter().skip(1).take(width(feature));
                terms.extend(further.map(|name| format!("{}={name}", feature.name)));
            }
        }
    }
    terms
}

/// The rows as inliers and outliers of the model, in words and as a picture: over its feature if it has one, of numbers, else over its predictions.
///
/// # Errors
/// If the rows lack a column of the model, or have no target.
pub(super) fn picture(model: &dyn Predict, threshold: f64, data: &Data, run: &Run) -> Result<[Block; 2]> {
    let rows = sample(data.rows()?, run);
    let target = rows.target()?;
    let predicted = model.predict((&rows.features).into(), run.threads())?.values;
    let (x, across) = axis(model.schema(), &rows, &predicted, &target.name)?;
    let (mut inliers, mut outliers) = (Vec::new(), Vec::new());
    for ((&x, &y), &fit) in across.iter().zip(&target.values).zip(&predicted) {
        let own = if (y - fit).abs() <= threshold {
            &mut inliers
        } else {
            &mut outliers
        };
        own.push((x, y));
    }
    let mut line: Vec<(f64, f64)> = across.into_iter().zip(predicted).collect();
    line.retain(|point| point.0.is_finite());
    line.sort_by(|a, b| a.0.total_cmp(&b.0));
    line.dedup_by_key(|point| point.0);
    let text = format!(
        "Of {} that this page judges the model on, {} lie within the threshold and {} beyond it.",
        counted(rows.rows(), "row"),
        count(inliers.len()),
        count(outliers.len())
    );
    let points = Block::Points(Points {
        x,
        y: target.name.clone(),
        groups: vec![("inliers".into(), inliers), ("outliers".into(), outliers)],
        line: Some((line, threshold)),
        ..Points::default()
    });
    Ok([Block::Text(text), points])
}

fn sample(all: &Rows, run: &Run) -> Rows {
    if all.rows() <= MOST_ROWS {
        return all.clone();
    }
    let mut rows = run.stream("ransac/report").permutation(all.rows());
    rows.truncate(MOST_ROWS);
    all.take(&rows)
}

/// What the horizontal axis is, and where each row lies on it.
fn axis(schema: &Schema, rows: &Rows, predicted: &[f64], target: &str) -> Result<(String, Vec<f64>)> {
    match schema.features.as_slice() {
        [only] if only.feature_type == FeatureType::Number => {
            let mut values = vec![f64::NAN; rows.rows()];
            rows.table()?.column(&only.name)?.read_f64(0, &mut values);
            Ok((only.name.clone(), values))
        }
        _ => Ok((format!("predicted {target}"), predicted.to_vec())),
    }
}
