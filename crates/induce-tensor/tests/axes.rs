//! Reductions and arrangements along any axis.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{check, same_bits};
use induce_core::parallel::Team;
use induce_tensor::{Parameters, Tape, Workspace};

const SHAPES: [&[usize]; 6] = [
    &[2, 3, 4],
    &[1, 5, 1],
    &[3, 1, 2],
    &[4, 3],
    &[7],
    &[2, 3, 1, 2, 2],
];

#[test]
fn reductions_along_any_axis() {
    for shape in SHAPES {
        for axis in 0..shape.len() {
            check("sum_axis", &[shape], |x| x[0].sum_axis(axis).square());
            check("mean_axis", &[shape], |x| x[0].mean_axis(axis).exp());
            check("max_axis", &[shape], |x| x[0].max_axis(axis).square());
            check("max_axis twice", &[shape], |x| {
                x[0].max_axis(axis) * x[0].max_axis(axis)
            });
        }
    }
    check("sum of nothing", &[&[2, 0, 3]], |x| x[0].sum_axis(1));
}

#[test]
fn arrangements() {
    check("permute", &[&[2, 3, 4]], |x| x[0].permute(&[2, 0, 1]).square());
    check("permute of leading axes", &[&[2, 3, 4]], |x| {
        x[0].permute(&[1, 0, 2]) * x[0].permute(&[1, 0, 2])
    });
    check("permute of five", &[&[2, 1, 3, 2, 2]], |x| {
        x[0].permute(&[4, 2, 0, 1, 3]).square()
    });
    check("permute of nothing", &[&[2, 0, 4]], |x| x[0].permute(&[2, 0, 1]));
    for axis in 0..3 {
        check("slice", &[&[4, 5, 3]], |x| {
            x[0].slice(axis, 1, 2) * x[0].slice(axis, 0, 2)
        });
        check("slice of a result", &[&[4, 5, 3]], |x| {
            x[0].exp().slice(axis, 2, 1).square()
        });
        check("concat", &[&[2, 3, 4], &[2, 3, 4]], |x| {
            let both = x[0].tape().concat(&[x[0], x[1], x[0].exp()], axis);
            both.square()
        });
        check("split", &[&[3, 3, 3]], |x| {
            let parts = x[0].split(axis, &[1, 0, 2]);
            let tape = x[0].tape();
            tape.concat(&[parts[2].square(), parts[0], parts[1]], axis)
        });
    }
}

#[test]
fn orders_are_what_they_say() {
    let (parameters, mut workspace, team) =
        (Parameters::<f32>::default(), Workspace::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let x = tape.input(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(
        x.permute(&[1, 0]).values().unwrap(),
        [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]
    );
    assert_eq!(x.slice(1, 1, 1).values().unwrap(), [1.0, 4.0]);
    let both = tape.concat(&[x, x.slice(1, 0, 1)], 1);
    assert_eq!(both.values().unwrap(), [0.0, 1.0, 2.0, 0.0, 3.0, 4.0, 5.0, 3.0]);
    assert_eq!(x.max_axis(0).values().unwrap(), [3.0, 4.0, 5.0]);
    let _ = x.split(1, &[1, 1]);
    assert!(tape.check().unwrap_err().to_string().contains("(2, 3)"));
}

#[test]
fn any_axis_is_the_same_on_any_team() {
    let shape: [&[usize]; 1] = [&[40, 50, 60]];
    for axis in 0..3 {
        same_bits("sum_axis", &shape, |x| x[0].sum_axis(axis).square());
        same_bits("max_axis", &shape, |x| x[0].max_axis(axis).square());
        same_bits("slice", &shape, |x| x[0].slice(axis, 3, 30).square());
        same_bits("concat", &shape, |x| {
            x[0].tape().concat(&[x[0], x[0].tanh()], axis)
        });
    }
    same_bits("permute", &shape, |x| x[0].permute(&[2, 0, 1]).square());
    same_bits("sum of many rows", &[&[50_000, 3]], |x| x[0].sum_axis(0));
}
