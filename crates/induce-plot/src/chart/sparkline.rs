//! A column at a glance, small enough for a table cell.

use serde::{Deserialize, Serialize};

use crate::scene::{Area, Svg};
use crate::stats::{histogram, quantile, sorted};
use crate::text;

/// The distribution of one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sparkline {
    /// Counts in equal bins from the lowest to the highest value.
    Numbers {
        /// The counts.
        counts: Vec<u64>,
    },
    /// Counts per category, largest first.
    Categories {
        /// The categories and their counts; what is left out can stand as a last one.
        counts: Vec<(String, u64)>,
    },
}

impl Sparkline {
    /// A histogram in 16 bins, from the 1 % to the 99 % quantile so that one far value does not flatten it.
    pub fn from_numbers(values: impl IntoIterator<Item = f64>) -> Self {
        let values = sorted(values);
        let (Some(low), Some(high)) = (quantile(&values, 0.01), quantile(&values, 0.99)) else {
            return Self::Numbers { counts: Vec::new() };
        };
        let distinct = values.chunk_by(|a, b| a == b).count();
        let bins = distinct.clamp(1, 16);
        Self::Numbers {
            counts: histogram(&values, low, if high > low { high } else { low + 1.0 }, bins),
        }
    }
}

const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 22.0;

/// A tiny histogram, or one bar cut into the fractions of the categories.
///
/// ```
/// use induce_plot::{Sparkline, chart};
///
/// let data = Sparkline::from_numbers([1.0, 2.0, 2.5, 9.0]);
/// assert!(chart::sparkline(&data).inline().contains("<rect"));
/// ```
pub fn sparkline(data: &Sparkline) -> Svg {
    let mut svg = Svg::new(WIDTH, HEIGHT, "Distribution", &describe(data));
    match data {
        Sparkline::Numbers { counts } => draw_numbers(&mut svg, counts),
        Sparkline::Categories { counts } => draw_categories(&mut svg, counts),
    }
    svg
}

fn describe(data: &Sparkline) -> String {
    match data {
        Sparkline::Numbers { counts } => {
            let counts: Vec<String> = counts.iter().take(64).map(u64::to_string).collect();
            format!("Counts from low to high: {}.", counts.join(" "))
        }
        Sparkline::Categories { counts } => {
            let counts: Vec<String> = counts
                .iter()
                .take(12)
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            format!("{}.", counts.join(", "))
        }
    }
}

fn draw_numbers(svg: &mut Svg, counts: &[u64]) {
    let counts = &counts[..counts.len().min(WIDTH as usize / 2)];
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let step = WIDTH / counts.len().max(1) as f64;
    for (index, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (count as f64 / most * (HEIGHT - 2.0)).max(1.0);
        let x = index as f64 * step;
        let width = (step - 1.0).min(24.0);
        svg.rect(
            "bar",
            Area {
                x,
                y: HEIGHT - 1.0 - height,
                width,
                height,
            },
        );
    }
    svg.line("axis", (0.0, HEIGHT - 0.5), (WIDTH, HEIGHT - 0.5));
}

fn draw_categories(svg: &mut Svg, counts: &[(String, u64)]) {
    let total = counts.iter().map(|entry| entry.1 as f64).sum::<f64>().max(1.0);
    let mut x = 0.0;
    for (index, (name, count)) in counts
        .iter()
        .take(40)
        .enumerate()
        .filter(|(_, entry)| entry.1 > 0)
    {
        let width = *count as f64 / total * WIDTH;
        let area = Area {
            x,
            y: 5.0,
            width: (width - 1.0).max(0.6),
            height: 12.0,
        };
        let opacity = (0.9 - 0.16 * index as f64).max(0.18);
        let tip = format!(
            "{name}: {} ({})",
            text::count(*count),
            text::percent(*count as f64 / total)
        );
        svg.tip(&tip, |svg| svg.shade("area", area, opacity));
        x += width;
    }
}
