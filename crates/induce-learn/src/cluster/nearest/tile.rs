//! The inner loop: scores of a few rows and all centres.

use induce_core::multiversion;
use induce_core::simd::lanes::{HasLanes, LANES, Lanes};

/// Rows whose scores are in registers together: six rows' scores, best, second best and index are 24 of 32 registers.
pub const ROWS: usize = 6;

/// The best two scores of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Best {
    /// The centre with the best score.
    pub index: u32,
    /// Its score.
    pub first: f32,
    /// The largest score of any other.
    pub second: f32,
}

multiversion! {
    /// The best two of `bias + x'c` over the centres in `panels`, whose 16 lanes are centres. // panels (panels, width, 16)
    pub fn best_of(rows: [&[f32]; ROWS], panels: &[f32], bias: &[[f32; LANES]]) -> [Best; ROWS] {
        type Single = <Isa as HasLanes>::Single;
        let width = rows[0].len();
        let rows = rows.map(|row| &row[..width]);
        let none = Single::splat(f32::NEG_INFINITY);
        let (mut first, mut second, mut index) = ([none; ROWS], [none; ROWS], [Single::splat(0.0); ROWS]);
        for (p, (panel, bias)) in panels.chunks_exact(width * LANES).zip(bias).enumerate() {
            let mut score = [Single::load(bias); ROWS];
            for (j, centres) in panel.as_chunks::<LANES>().0.iter().enumerate() {
                let centres = Single::load(centres);
                for (score, row) in score.iter_mut().zip(&rows) {
                    *score = Single::splat(row[j]).mul_add(centres, *score);
                }
            }
            let p = Single::splat(p as f32);
            for r in 0..ROWS {
                second[r] = second[r].max(score[r].min(first[r]));
                index[r] = score[r].where_above(first[r], p, index[r]);
                first[r] = first[r].max(score[r]);
            }
        }
        std::array::from_fn(|r| {
            let (lane, first, second) = first[r].best_two(second[r]);
            let index = index[r].store()[lane] as usize * LANES + lane;
            Best {
                index: index as u32,
                first,
                second,
            }
        })
    }
}
