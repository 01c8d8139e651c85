//! What tests of gradients share.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![allow(dead_code, reason = "not every test needs all of it")]

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_tensor::{Element, Gradients, Parameters, Tape, Tensor, Workspace};

/// Values in (-1, 1) without a pattern.
pub fn noise(n: usize, seed: u64) -> Vec<f64> {
    let stream = Stream::new(seed, "test");
    (0..n as u64).map(|i| 2.0 * stream.uniform(i) - 1.0).collect()
}

/// The gradients by every input of `f`, summed with uneven weights to one value, against central differences.
///
/// Every input is given twice over: as a variable, and as a parameter behind another one, so that it neither begins a
/// buffer nor is alone in it. A second pass over the same workspace must give the same.
pub fn check(name: &str, shapes: &[&[usize]], f: impl for<'t> Fn(&[Tensor<'t, f64>]) -> Tensor<'t, f64>) {
    let inputs: Vec<Vec<f64>> = shapes
        .iter()
        .enumerate()
        .map(|(i, s)| noise(s.iter().product(), i as u64))
        .collect();
    let mut workspace = Workspace::default();
    let mut of = |inputs: &[Vec<f64>], threads: usize| evaluate(&mut workspace, shapes, inputs, threads, &f);
    let (_, gradients) = of(&inputs, 1);
    assert_eq!(of(&inputs, 2).1, gradients, "{name} on two threads");
    for (which, gradients) in gradients.iter().enumerate() {
        for (i, gradient) in gradients.iter().enumerate() {
            let mut at = |by: f64| {
                let mut moved = inputs.clone();
                moved[which][i] += by;
                of(&moved, 1).0
            };
            let h = 1e-5;
            let estimate = (at(h) - at(-h)) / (2.0 * h);
            let allowed = 1e-7 * (1.0 + gradient.abs());
            assert!(
                (estimate - gradient).abs() < allowed,
                "{name}: input {which}, place {i}: {gradient} but {estimate}"
            );
        }
    }
}

/// The sum of `f` with uneven weights, and its gradients by every input.
fn evaluate<T: Element>(
    workspace: &mut Workspace<T>,
    shapes: &[&[usize]],
    inputs: &[Vec<T>],
    threads: usize,
    f: &impl for<'t> Fn(&[Tensor<'t, T>]) -> Tensor<'t, T>,
) -> (T, Vec<Vec<T>>) {
    Team::with(threads, |team| {
        let mut parameters = Parameters::default();
        parameters.add("before", &[3], |_| T::ZERO);
        let own: Vec<_> = inputs
            .iter()
            .zip(shapes)
            .map(|(x, s)| parameters.add("x", s, |i| x[i]))
            .collect();
        let mut gradients = Gradients::of(&parameters);
        let tape = Tape::new(workspace, &parameters, team);
        let tensors: Vec<_> = own.iter().map(|p| tape.parameter(*p)).collect();
        let y = f(&tensors);
        let weights: Vec<T> = noise(y.shape().elements(), 99).into_iter().map(T::of).collect();
        let loss = (y * tape.input(y.shape().lengths(), &weights)).sum();
        tape.backward(loss, &mut gradients).unwrap();
        let value = loss.item().unwrap();
        drop(tape);
        let zeros = |p: induce_tensor::Parameter| vec![T::ZERO; parameters.shape(p).elements()];
        let gradients = own.iter().map(|p| {
            gradients
                .get(&parameters, *p)
                .map_or_else(|| zeros(*p), <[T]>::to_vec)
        });
        (value, gradients.collect())
    })
}

/// The same bits on one, two and four threads, in single precision.
pub fn same_bits(name: &str, shapes: &[&[usize]], f: impl for<'t> Fn(&[Tensor<'t, f32>]) -> Tensor<'t, f32>) {
    let of_shape = |(i, s): (usize, &&[usize])| noise(s.iter().product(), i as u64);
    let inputs: Vec<Vec<f32>> = shapes
        .iter()
        .enumerate()
        .map(|e| of_shape(e).into_iter().map(|x| x as f32).collect())
        .collect();
    let mut workspace = Workspace::default();
    let mut of = |threads| {
        let (value, gradients) = evaluate(&mut workspace, shapes, &inputs, threads, &f);
        let bits = |x: &Vec<f32>| x.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        (value.to_bits(), gradients.iter().map(bits).collect::<Vec<_>>())
    };
    let alone = of(1);
    for threads in [2, 4] {
        assert!(of(threads) == alone, "{name} on {threads} threads");
    }
}
