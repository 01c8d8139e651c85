//! Curves over any axis: an error over the strength of a penalty, a criterion over a number of clusters.

use induce_core::model::Lines;

use super::Curve;
use super::learning::{LearningCurve, curves};
use crate::scene::Svg;

/// The curves with their names at their ends, and a mark where the horizontal axis has a place worth one.
///
/// ```
/// use induce_core::model::Lines;
/// use induce_plot::chart;
///
/// let curves = vec![("error".into(), vec![(0.1, 3.0), (1.0, 2.0)])];
/// let data = Lines { x: "lambda".into(), y: "deviance".into(), curves, mark: Some(1.0) };
/// assert!(chart::lines(&data, 400.0).inline().contains("error 2.00"));
/// ```
pub fn lines(data: &Lines, width: f64) -> Svg {
    let curve = |(name, points): &(String, Vec<(f64, f64)>)| Curve {
        name: name.clone(),
        x: points.iter().map(|point| point.0).collect(),
        y: points.iter().map(|point| point.1).collect(),
        ..Curve::default()
    };
    let drawn = LearningCurve {
        metric: data.y.clone(),
        unit: data.x.clone(),
        series: data.curves.iter().map(curve).collect(),
        best: data.mark,
        title: title(data),
        raw: None,
    };
    curves(&drawn, width, "")
}

/// What the chart is called.
pub(crate) fn title(data: &Lines) -> String {
    format!("{} by {}", induce_core::words::capital(&data.y), data.x)
}
