//! Products are safe functions: what does not lie within its slice is refused, whatever lengths and strides say.
#![forbid(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};

use induce_core::parallel::Team;
use induce_tensor::inference::{self, Cache, Form, Weight};
use induce_tensor::{Heads, Matrix, MatrixMut, Parameters, Pool, Tape, Workspace, product};

const MOST: usize = usize::MAX;

fn refused<R>(f: impl FnOnce() -> R) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

/// (rows - 1) row + 1 wrapped round to 1, and the second row was written to the four bytes before the slice.
#[test]
fn a_stride_that_wraps_round_is_refused_and_nothing_before_the_slice_is_written() {
    let mut whole = vec![7.0_f32; 64];
    let (before, own) = whole.split_at_mut(32);
    assert!(refused(|| product(
        &Team::alone(),
        &mut Pool::default(),
        MatrixMut::strided(&mut own[..1], 2, 1, MOST),
        Matrix::new(&[1.0, 2.0], 2, 1),
        Matrix::new(&[10.0], 1, 1),
        false,
    )));
    assert_eq!(before, [7.0; 32]);
}

#[test]
fn no_product_of_sizes_and_strides_gets_by_with_too_short_a_slice() {
    let sizes = [1, 2, 3, 1 << 16, 1 << 32, 1 << 63, MOST / 2 + 1, MOST - 1, MOST];
    for rows in sizes {
        for columns in sizes {
            for row in [0, 1, 2, 1 << 32, 1 << 63, MOST] {
                for column in [0, 1, 2, 1 << 32, 1 << 63, MOST] {
                    let at = |i: usize, j: usize| (i as u128 - 1) * j as u128;
                    let needed = at(rows, row)
                        .saturating_add(at(columns, column))
                        .saturating_add(1);
                    let whole = [1.0_f32; 8];
                    let made = !refused(|| Matrix::strided(&whole, rows, columns, row, column));
                    assert_eq!(made, needed <= 8, "{rows} x {columns}, {row} and {column} apart");
                }
            }
        }
    }
}

/// Threads would write the same places.
#[test]
fn rows_that_are_written_do_not_overlap() {
    let mut out = [0.0_f32; 64];
    assert!(refused(|| MatrixMut::strided(&mut out, 3, 8, 7).by_hand()));
    assert!(refused(|| MatrixMut::strided(&mut out, 2, 1, 0).by_hand()));
    // A single row, and rows of no columns, have nothing to overlap with.
    MatrixMut::strided(&mut out, 1, 8, 0).by_hand();
    MatrixMut::strided(&mut out, 3, 0, 0).by_hand();
    MatrixMut::strided(&mut out, 8, 8, 8).by_hand();
}

trait ByHand {
    fn by_hand(self);
}

impl ByHand for MatrixMut<'_, f32> {
    fn by_hand(self) {}
}

/// What is read may lie on itself: a matrix of strides 0 is one number everywhere.
#[test]
fn strides_of_0_are_read_and_too_many_of_them_refused() {
    let mut out = [0.0_f32; 4];
    let one = [3.0_f32];
    let mut of = |k: usize| {
        product(
            &Team::alone(),
            &mut Pool::default(),
            MatrixMut::new(&mut out, 2, 2),
            Matrix::strided(&one, 2, k, 0, 0),
            Matrix::strided(&one, k, 2, 0, 0),
            false,
        );
    };
    of(5);
    assert!(refused(AssertUnwindSafe(|| of(MOST))));
    assert_eq!(out, [45.0; 4]);
}

#[test]
fn shapes_that_do_not_fit_are_refused() {
    let (mut out, values) = ([0.0_f32; 6], [1.0_f32; 6]);
    for (m, n, k, l) in [(2, 3, 1, 2), (3, 2, 2, 1), (2, 2, 3, 1), (6, 1, 1, 2)] {
        assert!(refused(AssertUnwindSafe(|| product(
            &Team::alone(),
            &mut Pool::default(),
            MatrixMut::new(&mut out, m, n),
            Matrix::new(&values, m, k),
            Matrix::new(&values, l, n),
            false,
        ))));
    }
}

/// Their number, twice the keys and the queries, wrapped round to one that fits.
#[test]
fn heads_beyond_all_numbers_poison_the_tape() {
    let (mut workspace, parameters, team) =
        (Workspace::<f32>::default(), Parameters::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let third = (MOST - 1) / 3 + 1;
    let heads = Heads {
        queries: third,
        keys: third,
    };
    let _ = tape.input(&[1, 3, 2], &[1.0; 6]).grouped_attention(heads);
    assert!(tape.check().is_err());
}

#[test]
fn a_cache_has_no_position_beyond_its_capacity() {
    let heads = inference::Heads {
        queries: 1,
        kv_heads: 1,
        width: 2,
        capacity: 3,
    };
    let mut cache = Cache::new(heads);
    assert!(refused(AssertUnwindSafe(
        || cache.keep(MOST, &[1.0; 2], &[1.0; 2])
    )));
    let (mut scores, mut out) = (inference::Scores::default(), [0.0; 2]);
    let team = Team::alone();
    assert!(refused(AssertUnwindSafe(|| {
        cache.attend(&team, MOST, &[1.0; 2], &mut scores, &mut out);
    })));
}

#[test]
fn weights_of_more_values_than_memory_are_none() {
    assert!(Weight::new(&[1.0; 4], MOST / 2 + 3, 2).is_none());
    let block = inference::Block {
        codes: [0; 32],
        factor: 1.0,
        second: 0.0,
    };
    assert!(Weight::coded(Form::Eight, 1 << 60, 32 << 10, |_, _| block).is_none());
}
