//! Recurrent layers: gradients from all inputs, states and directions, and values of PyTorch.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::{check, same_bits};
use induce_tensor::{Direction, Element, Recurrent, Tensor};

const WAYS: [Direction; 2] = [Direction::Forwards, Direction::Backwards];

/// Time, batch, inputs and width.
const SIZES: [[usize; 4]; 5] = [
    [3, 2, 4, 3],
    [1, 1, 1, 1],
    [4, 1, 2, 3],
    [2, 3, 1, 2],
    [2, 0, 2, 2],
];

fn weights<'t, T: Element>(x: &[Tensor<'t, T>]) -> Recurrent<Tensor<'t, T>> {
    Recurrent {
        into: x[1],
        across: x[2],
        bias: x[3],
    }
}

/// x, W, U, b and two states, for so many gates.
fn shapes([time, batch, inputs, width]: [usize; 4], gates: usize, biases: usize) -> [Vec<usize>; 6] {
    [
        vec![time, batch, inputs],
        vec![inputs, gates * width],
        vec![width, gates * width],
        vec![biases * width],
        vec![batch, width],
        vec![batch, width],
    ]
}

/// Everything that a layer gives, in one row.
fn joined<'t, T: Element>(parts: &[Tensor<'t, T>]) -> Tensor<'t, T> {
    let flat: Vec<_> = parts.iter().map(|p| p.reshape(&[p.shape().elements()])).collect();
    parts[0].tape().concat(&flat, 0)
}

#[test]
fn long_short_term_memories() {
    for sizes in SIZES {
        let shapes = shapes(sizes, 4, 4);
        let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
        check("lstm", &shapes[..4], |x| x[0].lstm(weights(x)));
        for way in WAYS {
            check("lstm_from", &shapes, |x| {
                let (outputs, h, c) = x[0].lstm_from(weights(x), Some((x[4], x[5])), way);
                joined(&[outputs, h, c])
            });
            check("lstm_from nothing", &shapes[..4], |x| {
                let (outputs, _, c) = x[0].lstm_from(weights(x), None, way);
                joined(&[outputs, c])
            });
            check("the cell of lstm_from", &shapes, |x| {
                x[0].lstm_from(weights(x), Some((x[4], x[5])), way).2
            });
        }
    }
}

#[test]
fn gated_recurrent_units_and_plain_ones() {
    for sizes in SIZES {
        for way in WAYS {
            for started in [true, false] {
                let of = |gates, biases| shapes(sizes, gates, biases)[..4 + usize::from(started)].to_vec();
                let (gru, rnn) = (of(3, 4), of(1, 1));
                let gru: Vec<&[usize]> = gru.iter().map(Vec::as_slice).collect();
                let rnn: Vec<&[usize]> = rnn.iter().map(Vec::as_slice).collect();
                check("gru", &gru, |x| {
                    let (outputs, h) = x[0].gru(weights(x), x.get(4).copied(), way);
                    joined(&[outputs, h])
                });
                check("rnn", &rnn, |x| {
                    let (outputs, h) = x[0].rnn(weights(x), x.get(4).copied(), way);
                    joined(&[outputs, h])
                });
            }
        }
    }
}

#[test]
fn two_halves_are_the_whole() {
    let shapes = shapes([6, 2, 3, 4], 4, 4);
    let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
    check("lstm in two parts", &shapes, |x| {
        let (whole, ..) = x[0].lstm_from(weights(x), Some((x[4], x[5])), Direction::Forwards);
        let (first, h, c) = x[0]
            .narrow(0, 2)
            .lstm_from(weights(x), Some((x[4], x[5])), Direction::Forwards);
        let (second, ..) = x[0]
            .narrow(2, 4)
            .lstm_from(weights(x), Some((h, c)), Direction::Forwards);
        let parts = x[0].tape().concat(&[first, second], 0);
        for (a, b) in parts.values().unwrap().iter().zip(whole.values().unwrap()) {
            assert!((a - b).abs() < 1e-12);
        }
        parts
    });
}

#[test]
fn sequences_are_the_same_on_any_team() {
    for (gates, biases) in [(4, 4), (3, 4), (1, 1)] {
        let shapes = shapes([5, 40, 60, 120], gates, biases);
        let shapes: Vec<&[usize]> = shapes.iter().map(Vec::as_slice).collect();
        same_bits("a recurrent layer", &shapes, |x| match gates {
            4 => {
                x[0].lstm_from(weights(x), Some((x[4], x[5])), Direction::Backwards)
                    .0
            }
            3 => x[0].gru(weights(x), Some(x[4]), Direction::Forwards).0,
            _ => x[0].rnn(weights(x), Some(x[4]), Direction::Backwards).0,
        });
    }
}
