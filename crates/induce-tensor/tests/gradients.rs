//! The gradients of every operation against central differences, in double precision.

mod common;

use common::check;
use induce_core::random::Stream;
use induce_tensor::{Activation, Heads, Number, Recurrent, ScaleMixture};

#[test]
fn functions_of_one_number() {
    check("exp", &[&[2, 3]], |x| x[0].exp());
    check("ln", &[&[2, 3]], |x| x[0].affine(0.5, 2.0).ln());
    check("tanh", &[&[2, 3]], |x| x[0].tanh());
    check("sigmoid", &[&[5]], |x| x[0].sigmoid());
    check("relu", &[&[5, 2]], |x| x[0].relu());
    check("gelu", &[&[5, 2]], |x| x[0].gelu());
    check("silu", &[&[7]], |x| x[0].silu());
    check("softplus", &[&[7]], |x| x[0].softplus());
    check("square", &[&[2, 3]], |x| x[0].square());
    check("sqrt", &[&[2, 3]], |x| x[0].affine(0.5, 2.0).sqrt());
    check("abs", &[&[2, 3]], |x| x[0].abs());
    check("affine", &[&[1]], |x| -x[0].affine(3.0, -2.0));
}

#[test]
fn arithmetic_of_stretched_tensors() {
    let shapes: [[&[usize]; 2]; 10] = [
        [&[2, 3], &[2, 3]],
        [&[2, 3], &[3]],
        [&[3], &[2, 3]],
        [&[2, 3], &[1]],
        [&[2, 3], &[2, 1]],
        [&[2, 1, 3], &[4, 1]],
        [&[4, 2, 3], &[2, 1]],
        [&[1, 2, 1], &[3, 1, 4]],
        [&[], &[2, 2]],
        [&[300, 2], &[2]],
    ];
    for shapes in &shapes {
        check("add", shapes, |x| x[0] + x[1]);
        check("sub", shapes, |x| x[0] - x[1]);
        check("mul", shapes, |x| x[0] * x[1]);
        check("div", shapes, |x| x[0] / x[1].affine(0.3, 2.0));
    }
    check("a tensor with itself", &[&[2, 3]], |x| {
        x[0] * x[0] + x[0] / x[0].affine(1.0, 3.0)
    });
}

#[test]
fn sums_and_softmax() {
    check("sum", &[&[2, 3]], |x| x[0].sum());
    check("mean", &[&[2000]], |x| x[0].mean());
    check("sum_last", &[&[2, 3]], |x| x[0].sum_last());
    check("mean_last", &[&[2, 40]], |x| x[0].mean_last());
    check("log_sum_exp", &[&[2, 3, 4]], |x| x[0].log_sum_exp());
    check("softmax", &[&[3, 35]], |x| x[0].softmax());
}

#[test]
fn views_lead_gradients_back() {
    check("reshape", &[&[2, 6]], |x| {
        x[0].reshape(&[3, 4]) * x[0].reshape(&[3, 4]).exp()
    });
    check("narrow", &[&[5, 2]], |x| x[0].narrow(1, 2) * x[0].narrow(3, 2));
    check("narrow of a result", &[&[5, 2]], |x| {
        x[0].exp().narrow(1, 2).square()
    });
    check("transpose", &[&[2, 3, 4]], |x| {
        x[0].transpose() * x[0].transpose()
    });
    check("detach", &[&[4]], |x| x[0] * x[0].affine(0.0, 1.0).detach());
}

#[test]
fn products() {
    check("matmul", &[&[3, 4], &[4, 2]], |x| x[0].matmul(x[1]));
    check("matmul of many rows", &[&[2, 3, 4], &[4, 2]], |x| {
        x[0].matmul(x[1])
    });
    check("batched matmul", &[&[2, 3, 4], &[2, 4, 2]], |x| x[0].matmul(x[1]));
    for activation in [
        Activation::Identity,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Relu,
    ] {
        check("linear", &[&[2, 3, 4], &[4, 5], &[5]], |x| {
            x[0].linear(x[1], x[2], activation)
        });
    }
    let shapes: &[&[usize]] = &[&[2, 3, 4], &[4, 5], &[5], &[2, 3, 5]];
    check("linear onto", shapes, |x| {
        x[0].linear_onto(x[1], Some(x[2]), x[3])
    });
    check("linear onto without a bias", &[&[3, 4], &[4, 5], &[3, 5]], |x| {
        x[0].linear_onto(x[1], None, x[2])
    });
    check("linear onto what it reads", &[&[3, 4], &[4, 4], &[4]], |x| {
        x[0].linear_onto(x[1], Some(x[2]), x[0])
    });
}

#[test]
fn random_weights() {
    let stream = Stream::new(3, "weights");
    check("draw", &[&[3, 40], &[3, 40]], |x| x[0].draw(x[1], stream));
    for precision in [0.0, 0.3, 8.0] {
        check("gaussian_energy", &[&[2, 50], &[2, 50]], |x| {
            x[0].gaussian_energy(x[1], precision)
        });
    }
    let prior = ScaleMixture {
        share: 0.3,
        deviations: [1.0, 0.2],
    };
    check("mixture_loss", &[&[45]], |x| x[0].mixture_loss(prior));
    check("mixture_loss of what was drawn", &[&[9], &[9]], |x| {
        x[0].draw(x[1], stream).mixture_loss(prior)
    });
}

#[test]
fn losses() {
    check("bernoulli", &[&[3, 4]], |x| {
        x[0].bernoulli_loss(x[0].affine(0.0, 0.3).detach())
    });
    check("bernoulli of repeated targets", &[&[2, 3, 4]], |x| {
        x[0].bernoulli_loss(x[0].narrow(0, 1).affine(0.0, 0.8).detach())
    });
    check("cross entropy", &[&[4, 5]], |x| {
        x[0].cross_entropy(&[0, 4, u32::MAX, 2])
    });
}

#[test]
fn norms_and_rows() {
    check("layer norm", &[&[3, 40], &[40], &[40]], |x| {
        x[0].layer_norm(x[1], x[2], 1e-5)
    });
    check("rows", &[&[4, 3]], |x| x[0].rows(&[2, 0, 2, 3]));
}

#[test]
fn attention_and_memory() {
    for (queries, keys, row) in [(4, 2, 16), (3, 1, 10), (2, 2, 6)] {
        let heads = Heads { queries, keys };
        check("grouped attention", &[&[2, 5, row]], |x| {
            x[0].grouped_attention(heads)
        });
    }
    for (time, probability) in [(5, 0.3), (70, 0.6)] {
        let heads = Heads { queries: 2, keys: 1 };
        check("attention with dropout", &[&[1, time, 4]], |x| {
            x[0].grouped_attention_dropout(heads, probability, Stream::new(7, "dropout"))
        });
    }
    let table = [&[6, 4][..], &[1, 2]];
    for (x, table) in [[2, 3, 10], [1, 1, 2]].iter().zip(table) {
        check("rotate", &[x], |x| {
            let rope: Vec<f64> = (0..table.iter().product())
                .map(|i: usize| (i as f64).sin())
                .collect();
            let rope = x[0]
                .tape()
                .input(table, &rope.iter().map(|t| Number::of(*t)).collect::<Vec<_>>());
            x[0].rotate(rope, if table[1] == 4 { 2 } else { 1 })
        });
    }
    check("attention", &[&[2, 5, 12]], |x| x[0].causal_attention(2));
    check("attention of several blocks", &[&[1, 70, 3]], |x| {
        x[0].causal_attention(1)
    });
    check("lstm", &[&[3, 2, 4], &[4, 12], &[3, 12], &[12]], |x| {
        x[0].lstm(Recurrent {
            into: x[1],
            across: x[2],
            bias: x[3],
        })
    });
}
