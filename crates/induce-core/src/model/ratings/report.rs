//! What every model of ratings shows.

use super::Ratings;
use crate::model::{Bars, Block, Grid, Rows, Section};
use crate::words::{count, number};

/// Items of either end that are shown.
const ENDS: usize = 5;
/// Bars of a histogram.
const BARS: usize = 20;

/// The items that are liked most and least, by what they add to a rating.
pub fn extremes(ratings: &Ratings, biases: &[f64]) -> Section {
    let mut order: Vec<usize> = (0..biases.len()).collect();
    order.sort_by(|a, b| biases[*b].total_cmp(&biases[*a]).then(a.cmp(b)));
    let ends = order
        .iter()
        .take(ENDS)
        .chain(order.iter().skip(ENDS.max(order.len().saturating_sub(ENDS))));
    let row = |&i: &usize| {
        let n = ratings.by_item.row(i).count();
        let mean: f64 = ratings.by_item.row(i).map(|(_, y)| y / n.max(1) as f64).sum();
        vec![
            ratings.items()[i].clone(),
            number(biases[i]),
            number(mean),
            count(n),
        ]
    };
    let head = [ratings.item(), "bias", "mean rating", "ratings"];
    let grid = Grid::new(&head, ends.map(row).collect());
    Section::new(
        "Items that are liked most and least, whoever rates",
        vec![Block::Grid(grid)],
    )
}

/// How far predictions are from ratings; nothing without a rating.
pub fn residuals(rows: &Rows, predicted: &[f64]) -> Option<Section> {
    let target = rows.target.as_ref()?;
    let rest: Vec<f64> = target.values.iter().zip(predicted).map(|(y, f)| y - f).collect();
    let (low, high) = rest.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| {
        (a.min(*x), b.max(*x))
    });
    let width = (high - low) / BARS as f64;
    if !(width > 0.0 && width.is_finite()) {
        return None;
    }
    let mut bars = [0_usize; BARS];
    rest.iter()
        .for_each(|x| bars[(((x - low) / width) as usize).min(BARS - 1)] += 1);
    let rows = bars.iter().enumerate().map(|(k, n)| {
        let middle = low + (k as f64 + 0.5) * width;
        (number(middle), *n as f64)
    });
    let bars = Bars {
        axis: "ratings by how far they are above their prediction".into(),
        rows: rows.collect(),
    };
    Some(Section::new("Residuals", vec![Block::Bars(bars)]))
}
