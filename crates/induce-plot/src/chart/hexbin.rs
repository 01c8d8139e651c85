//! Density by hexagons, for more points than the eye can part.

use std::collections::BTreeMap;

use crate::scene::{Area, Point, Svg};

/// How many shades there are.
const LEVELS: usize = 8;

/// Draws the points, which lie inside `area` on the canvas, as hexagons shaded by the logarithm of their counts.
pub(super) fn hexbin(svg: &mut Svg, area: Area, points: &[Point]) {
    let radius = (area.width / 66.0).clamp(3.0, 7.0);
    let counts = count(points, radius);
    let most = counts.values().copied().max().unwrap_or(1);
    let mut levels = vec![Vec::new(); LEVELS];
    for (&cell, &count) in &counts {
        levels[level(count, most)].push(centre(cell, radius));
    }
    let outline = outline(radius * 0.97);
    for (level, centres) in levels.iter().enumerate() {
        let opacity = 0.16 + 0.84 * level as f64 / (LEVELS - 1) as f64;
        let starts: Vec<_> = centres.iter().map(|&(x, y)| (x, y - radius * 0.97)).collect();
        svg.stamps("area", &outline, &starts, opacity);
    }
}

fn level(count: u64, most: u64) -> usize {
    if most <= 1 {
        return LEVELS / 2;
    }
    let fraction = (count as f64).ln() / (most as f64).ln();
    ((fraction * (LEVELS - 1) as f64).round() as usize).min(LEVELS - 1)
}

/// Points per hexagon: the nearer of the two nearest centres of a hexagonal grid.
fn count(points: &[Point], radius: f64) -> BTreeMap<(i64, i64), u64> {
    let mut counts = BTreeMap::new();
    for &point in points {
        *counts.entry(cell(point, radius)).or_insert(0) += 1;
    }
    counts
}

fn cell(point: Point, radius: f64) -> (i64, i64) {
    let row = point.1 / (1.5 * radius);
    let candidates = [row.floor() as i64, row.ceil() as i64].map(|row| {
        let shift = if row.rem_euclid(2) == 1 { 0.5 } else { 0.0 };
        (((point.0 / (radius * 3f64.sqrt())) - shift).round() as i64, row)
    });
    let distance = |cell| {
        let (x, y) = centre(cell, radius);
        (x - point.0).powi(2) + (y - point.1).powi(2)
    };
    if distance(candidates[0]) <= distance(candidates[1]) {
        candidates[0]
    } else {
        candidates[1]
    }
}

fn centre((column, row): (i64, i64), radius: f64) -> Point {
    let shift = if row.rem_euclid(2) == 1 { 0.5 } else { 0.0 };
    (
        (column as f64 + shift) * radius * 3f64.sqrt(),
        row as f64 * 1.5 * radius,
    )
}

/// A hexagon from its top corner, relative.
fn outline(radius: f64) -> String {
    let (half, width) = (radius / 2.0, radius * 3f64.sqrt() / 2.0);
    format!("l{width:.1} {half:.1}v{radius:.1}l-{width:.1} {half:.1}l-{width:.1} -{half:.1}v-{radius:.1}z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_counted_once() {
        let points: Vec<_> = (0..1000)
            .map(|i| (f64::from(i % 37) * 3.3, f64::from(i % 23) * 2.1))
            .collect();
        assert_eq!(count(&points, 5.0).values().sum::<u64>(), 1000);
    }
}
