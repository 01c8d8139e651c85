//! The slopes of every operation against central differences, in double precision.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_tensor::{Activation, Gradients, Parameters, Recurrent, Tape, Tensor, Workspace};

/// Numbers in (-1, 1) without a pattern.
fn noise(n: usize, seed: u64) -> Vec<f64> {
    let stream = Stream::new(seed, "test");
    (0..n as u64).map(|i| 2.0 * stream.uniform(i) - 1.0).collect()
}

/// The slopes by every input of `f`, summed with uneven weights to one number, against central differences.
///
/// Every input is given twice over: as a variable, and as a parameter behind another one, so that it neither begins a
/// buffer nor is alone in it. A second pass over the same workspace must give the same.
fn check(
    name: &str,
    shapes: &[&[usize]],
    f: impl for<'t, 'a, 'm> Fn(&[Tensor<'t, 'a, 'm, f64>]) -> Tensor<'t, 'a, 'm, f64>,
) {
    let inputs: Vec<Vec<f64>> = shapes
        .iter()
        .enumerate()
        .map(|(i, s)| noise(s.iter().product(), i as u64))
        .collect();
    let mut workspace = Workspace::default();
    let mut of = |inputs: &[Vec<f64>], threads: usize| {
        Team::with(threads, |team| {
            let mut parameters = Parameters::default();
            parameters.add("before", &[3], |_| 0.0);
            let own: Vec<_> = inputs
                .iter()
                .zip(shapes)
                .map(|(x, s)| parameters.add("x", s, |i| x[i]))
                .collect();
            let mut gradients = Gradients::of(&parameters);
            let tape = Tape::new(&mut workspace, &parameters, team);
            let tensors: Vec<_> = own.iter().map(|p| tape.parameter(*p)).collect();
            let y = f(&tensors);
            let weights = noise(y.shape().elements(), 99);
            let loss = (y * tape.input(y.shape().lengths(), &weights)).sum();
            tape.backward(loss, &mut gradients).unwrap();
            let value = loss.item().unwrap();
            drop(tape);
            let zeros = |p: induce_tensor::Parameter| vec![0.0; parameters.shape(p).elements()];
            let slopes: Vec<Vec<f64>> = own
                .iter()
                .map(|p| {
                    gradients
                        .get(&parameters, *p)
                        .map_or_else(|| zeros(*p), <[f64]>::to_vec)
                })
                .collect();
            (value, slopes)
        })
    };
    let (_, slopes) = of(&inputs, 1);
    assert_eq!(of(&inputs, 2).1, slopes, "{name} on two threads");
    for (which, slopes) in slopes.iter().enumerate() {
        for (i, slope) in slopes.iter().enumerate() {
            let mut at = |by: f64| {
                let mut moved = inputs.clone();
                moved[which][i] += by;
                of(&moved, 1).0
            };
            let h = 1e-5;
            let estimate = (at(h) - at(-h)) / (2.0 * h);
            let allowed = 1e-7 * (1.0 + slope.abs());
            assert!(
                (estimate - slope).abs() < allowed,
                "{name}: input {which}, place {i}: {slope} but {estimate}"
            );
        }
    }
}

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
fn views_lead_slopes_back() {
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
