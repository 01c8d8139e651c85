//! Angles of many vectors at once.

/// The angle of (x, y) in turns, [0, 1), to 2e-6; 0 for (0, 0).
///
/// Odd polynomial of degree 11 for the arc tangent on [0, 1] (Hastings, *Approximations for digital computers*, 1955,
/// sheet 13, eight digits of which single precision keeps six), reflected into the octants without branches, so that
/// a loop over it vectorises.
#[inline(always)]
pub(super) fn turns(x: f32, y: f32) -> f32 {
    let (ax, ay) = (x.abs(), y.abs());
    let (low, high) = if ax < ay { (ax, ay) } else { (ay, ax) };
    let t = low / (high + 1e-30);
    let t2 = t * t;
    let mut sum = -0.011_721_2_f32;
    for c in [
        0.052_653_32,
        -0.116_432_87,
        0.193_543_46,
        -0.332_623_47,
        0.999_977_26,
    ] {
        sum = sum * t2 + c;
    }
    let angle = sum * t * (0.5 / std::f32::consts::PI);
    let angle = if ax < ay { 0.25 - angle } else { angle };
    let angle = if x < 0.0 { 0.5 - angle } else { angle };
    let angle = if y < 0.0 { 1.0 - angle } else { angle };
    if angle >= 1.0 { 0.0 } else { angle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_are_those_of_the_standard_library() {
        for i in 0..10_000 {
            let (y, x) = (i as f32 * 0.002 * std::f32::consts::PI).sin_cos();
            let exact = f64::from(y).atan2(f64::from(x)) / std::f64::consts::TAU;
            let off = (f64::from(turns(3.0 * x, 3.0 * y)) - exact).rem_euclid(1.0);
            assert!(off.min(1.0 - off) < 3e-6, "{i} {off}");
        }
        assert_eq!(turns(0.0, 0.0), 0.0);
    }
}
