//! Y = X W': a few rows of inputs against all rows of constant matrices.
//!
//! With one row it is bound by the memory that W is read from, so a panel of W is read once for all rows of X. Floats are
//! multiplied with X as it is, codes with X [rounded](Rounded) to 8 bits. Every value is a sum in an order of its own,
//! whatever the instruction set and however many rows there are.

use std::ops::Range;

use induce_core::parallel::Team;

use super::codes::kernel;
use super::floats::{Lines, product};
use super::lines::{Floats, ROWS};
use super::rounded::Rounded;
use super::weight::{Values, Weight};
use crate::threads::{Shared, by_worker, tasks};

/// Multiplications below which nothing is handed out: a fork costs as much.
const ALONE: usize = 65_536;
/// Rows of X from which it is arithmetic that takes the time. For fewer it is reading W: then everybody reads one long part,
/// and the same one for every token, where taking turns at short ones would have cost a third of the speed.
const MANY: usize = 16;
/// Multiplications of a task when there are many rows.
const TASK: usize = 1 << 20;
/// The largest number of rows of X at a time.
const TOGETHER: usize = 8;

/// Several matrices at once: out = X W' for each (W, out), where `x` has rows of as many values as every W has columns.
///
/// `rounded` is room for rounded inputs, kept by the caller so that a warm product allocates nothing.
///
/// # Panics
/// If the lengths do not fit: a mistake of the caller.
pub fn project<const N: usize>(
    team: &Team,
    x: &[f32],
    rounded: &mut Rounded,
    products: [(&Weight, &mut [f32]); N],
) {
    let columns = products.first().map_or(0, |(w, _)| w.columns());
    let count = x.len() / columns.max(1);
    let coded = |w: &Weight| matches!(w.values, Values::Coded(_));
    if products.iter().any(|(w, _)| coded(w)) {
        rounded.set(team, x);
    }
    let rounded = &*rounded;
    let products = products.map(|(w, out)| {
        assert!(
            w.columns() == columns
                && x.len() == count * columns
                && Some(out.len()) == count.checked_mul(w.rows()),
            "{} inputs and {} outputs of a {} x {} matrix",
            x.len(),
            out.len(),
            w.rows(),
            w.columns()
        );
        (w, Shared::new(out))
    });
    let panels = products
        .iter()
        .map(|(w, _)| w.rows().div_ceil(ROWS))
        .sum::<usize>();
    let some = |range: Range<usize>| {
        let mut left = range;
        for (w, out) in &products {
            let own = w.rows().div_ceil(ROWS);
            some_panels(w, left.start..left.end.min(own), (x, count), rounded, out);
            left = left.start.saturating_sub(own)..left.end.saturating_sub(own);
        }
    };
    let work = panels * ROWS * columns * count;
    if work < ALONE {
        some(0..panels);
    } else if count < MANY {
        by_worker(team, panels, |_, range| some(range));
    } else {
        let pairs = panels.div_ceil(2);
        let number = (work / TASK).clamp(1, pairs);
        tasks(team, number, |task| {
            let end = 2 * (pairs * (task + 1) / number);
            some(2 * (pairs * task / number)..end.min(panels));
        });
    }
}

/// Some panels of a matrix against all rows of X: two at a time where it is arithmetic that takes the time.
fn some_panels(
    w: &Weight,
    mut panels: Range<usize>,
    (x, count): (&[f32], usize),
    rounded: &Rounded,
    out: &Shared<f32>,
) {
    let pairs = count >= MANY && !matches!(w.values, Values::Coded(_));
    while let Some(panel) = panels.next() {
        if pairs && panels.next().is_some() {
            together::<2>(w, panel, (x, count), rounded, out);
        } else {
            together::<1>(w, panel, (x, count), rounded, out);
        }
    }
}

/// `R` panels of a matrix against all rows of X.
fn together<const R: usize>(
    w: &Weight,
    panel: usize,
    (x, count): (&[f32], usize),
    rounded: &Rounded,
    out: &Shared<f32>,
) {
    let columns = w.columns();
    // What the kernels take at once, or twice that.
    let most = if R == 1 { TOGETHER } else { 6 };
    for first in (0..count).step_by(most) {
        let rows = (count - first).min(most);
        let mut sums = [[[0.0; ROWS]; R]; TOGETHER];
        let sums = &mut sums[..rows];
        let x = &x[first * columns..(first + rows) * columns];
        match &w.values {
            Values::F32(values) => floats(values, panel, x, columns, sums),
            Values::F16(values) => floats(values, panel, x, columns, sums),
            Values::Bf16(values) => floats(values, panel, x, columns, sums),
            // One at a time.
            Values::Coded(values) => kernel()(values.panel(panel), rounded, first, sums.as_flattened_mut()),
        }
        let start = panel * ROWS;
        let width = (w.rows() - start).min(R * ROWS);
        for (p, sums) in sums.iter().enumerate() {
            let at = (first + p) * w.rows() + start;
            #[expect(unsafe_code, reason = "panels do not overlap")]
            // SAFETY: the columns of these panels, which are done once.
            let own = unsafe { out.own(at..at + width) };
            own.copy_from_slice(&sums.as_flattened()[..width]);
        }
    }
}

fn floats<L: Lines, const R: usize>(
    values: &Floats<L>,
    panel: usize,
    x: &[f32],
    columns: usize,
    sums: &mut [[[f32; ROWS]; R]],
) {
    product(values.panels(panel..panel + R), values.apart(), x, columns, sums);
}

#[cfg(test)]
mod tests {
    use super::super::{Block, Form, Precision};
    use super::*;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n)
            .map(|i| ((i * 7919 + seed * 104_729) % 2003) as f32 / 1000.0 - 1.0)
            .collect()
    }

    fn weights(rows: usize, columns: usize) -> Vec<Weight> {
        let values = numbers(rows * columns, 1);
        let floats = |precision| Weight::floats(&values, rows, columns, precision);
        let coded = |form| {
            Weight::coded(form, rows, columns, |row, b| Block {
                codes: std::array::from_fn(|c| ((row * 37 + b * 11 + c * c * 5) % 256) as u8),
                factor: (row % 7) as f32 * 0.01 - 0.02,
                second: (b % 5) as f32 * 0.01,
            })
        };
        let all = [
            floats(Precision::F32),
            floats(Precision::F16),
            floats(Precision::Bf16),
            coded(Form::Eight),
            coded(Form::Four),
            coded(Form::EightHalves),
            coded(Form::FourAbove),
            coded(Form::FourAboveWide),
        ];
        all.into_iter().flatten().collect()
    }

    /// sum_c w_ic x_c in double precision, and what rounding x may move it by: half a step of every block.
    fn exact(weight: &Weight, w: &[f32], x: &[f32]) -> (f64, f64) {
        let terms = w.iter().zip(x).map(|(w, x)| f64::from(*w) * f64::from(*x));
        let coded = matches!(weight.values, Values::Coded(_));
        let step = |(w, x): (&[f32], &[f32])| {
            let most = x.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
            let all: f32 = w.iter().map(|w| w.abs()).sum();
            f64::from(all * most / 127.0 * 0.51)
        };
        let off = if coded {
            w.chunks(32).zip(x.chunks(32)).map(step).sum()
        } else {
            0.0
        };
        (terms.sum(), off + 1e-4)
    }

    #[test]
    fn products_are_right_and_the_same_alone_in_a_batch_and_on_any_team() {
        const COUNT: usize = 29;
        for (rows, columns) in [(1, 1), (70, 33), (300, 64), (17, 576)] {
            for weight in weights(rows, columns) {
                let (x, w) = (numbers(COUNT * columns, 2), weight.single());
                let room = &mut Rounded::default();
                let mut batch = vec![0.0; COUNT * rows];
                project(&Team::alone(), &x, room, [(&weight, &mut batch)]);
                let (mut threads, mut twice) = (vec![0.0; COUNT * rows], vec![0.0; COUNT * rows]);
                Team::with(3, |team| {
                    project(team, &x, room, [(&weight, &mut threads), (&weight, &mut twice)]);
                });
                assert_eq!(batch, threads);
                assert_eq!(batch, twice);
                for p in 0..COUNT {
                    let mut alone = vec![0.0; rows];
                    let x = &x[p * columns..(p + 1) * columns];
                    project(&Team::alone(), x, room, [(&weight, &mut alone)]);
                    assert_eq!(alone, batch[p * rows..(p + 1) * rows]);
                    for (i, w) in w.chunks_exact(columns).enumerate() {
                        let (exact, off) = exact(&weight, w, x);
                        assert!(
                            (f64::from(alone[i]) - exact).abs() < off,
                            "{} {exact} {off}",
                            alone[i]
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn floats_are_rounded_as_ggml_does() {
        let weight = Weight::new(&numbers(20 * 64, 3), 20, 64).unwrap();
        let (single, rounded) = (weight.single(), weight.clone().rounded());
        assert!(rounded.bytes() < weight.bytes() / 2);
        for (own, exact) in rounded.single().chunks(32).zip(single.chunks(32)) {
            let most = exact.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
            for (own, exact) in own.iter().zip(exact) {
                assert!((own - exact).abs() <= most / 127.0 * 0.6, "{own} {exact}");
            }
        }
        // Rows that are no whole blocks, and factors beyond half precision, stay as they are.
        let odd = Weight::new(&numbers(33, 3), 1, 33).unwrap();
        let large = Weight::new(&[1e8; 32], 1, 32).unwrap();
        assert_eq!(odd.clone().rounded().single(), odd.single());
        assert_eq!(large.clone().rounded().single(), large.single());
    }
}
