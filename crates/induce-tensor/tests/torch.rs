//! Values and gradients of PyTorch, in double precision; `golden/torch_ops.py` wrote them.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use induce_core::parallel::Team;
use induce_tensor::{
    Activation, ConvOptions, Direction, Gradients, Parameters, Recurrent, Reduction, ScatterIndex, Sgd,
    Stride, Tape, Tensor, Workspace,
};
use serde_json::Value;

fn numbers(x: &Value) -> Vec<f64> {
    x.as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect()
}

fn counts(x: &Value) -> Vec<usize> {
    x.as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_u64().unwrap() as usize)
        .collect()
}

fn pair(x: &Value) -> [usize; 2] {
    counts(x).try_into().unwrap()
}

type X<'t> = Tensor<'t, f64>;

fn steps(settings: &Value) -> Stride {
    Stride {
        stride: pair(&settings["stride"]),
        padding: pair(&settings["padding"]),
    }
}

fn taps(settings: &Value) -> ConvOptions {
    let taps = ConvOptions::from(steps(settings));
    match settings["groups"].as_u64() {
        None => taps,
        Some(groups) => ConvOptions {
            dilation: pair(&settings["dilation"]),
            groups: groups as usize,
            ..taps
        },
    }
}

fn layer<'t>(op: &str, x: &[X<'t>], settings: &Value) -> X<'t> {
    let weights = Recurrent {
        into: x[1],
        across: x[2],
        bias: x[3],
    };
    let way = if settings["backwards"] == true {
        Direction::Backwards
    } else {
        Direction::Forwards
    };
    let parts = match op {
        "lstm" => {
            let (y, h, c) = x[0].lstm_from(weights, Some((x[4], x[5])), way);
            vec![y, h, c]
        }
        "gru" => {
            let (y, h) = x[0].gru(weights, Some(x[4]), way);
            vec![y, h]
        }
        _ => {
            let (y, h) = x[0].rnn(weights, Some(x[4]), way);
            vec![y, h]
        }
    };
    let flat: Vec<_> = parts.iter().map(|p| p.reshape(&[p.shape().elements()])).collect();
    x[0].tape().concat(&flat, 0)
}

fn places<'t>(op: &str, x: &[X<'t>], settings: &Value) -> X<'t> {
    let indices: Vec<u32> = counts(&settings["indices"]).iter().map(|i| *i as u32).collect();
    let places = ScatterIndex {
        axis: settings["axis"].as_u64().unwrap() as usize,
        lengths: &counts(&settings["lengths"]),
        indices: &indices,
    };
    if op == "gather" {
        return x[0].gather(places);
    }
    let reduction = match settings["reduction"].as_str().unwrap() {
        "sum" => Reduction::Sum,
        "prod" => Reduction::Product,
        "mean" => Reduction::Mean,
        "amax" => Reduction::Largest,
        _ => Reduction::Smallest,
    };
    x[0].scatter(places, x[1], reduction, settings["with_self"] == true)
}

fn apply<'t>(op: &str, x: &[X<'t>], settings: &Value) -> X<'t> {
    let none = Activation::Identity;
    match op {
        "conv2d" => x[0].conv2d(x[1], x[2], taps(settings), none),
        "conv2d_transpose" => {
            x[0].conv2d_transpose(x[1], x[2], taps(settings), pair(&settings["extra"]), none)
        }
        "max_pool2d" => x[0].max_pool2d(pair(&settings["size"]), steps(settings)),
        "mean_pool2d" => x[0].mean_pool2d(pair(&settings["size"]), steps(settings)),
        "rms_norm" => x[0].rms_norm(x[1], 1e-5),
        "gather" | "scatter" => places(op, x, settings),
        _ => layer(op, x, settings),
    }
}

fn near(what: &str, own: &[f64], theirs: &Value) {
    let theirs = numbers(theirs);
    assert_eq!(own.len(), theirs.len(), "{what}");
    for (i, (own, theirs)) in own.iter().zip(&theirs).enumerate() {
        assert!(
            (own - theirs).abs() < 1e-9 * (1.0 + theirs.abs()),
            "{what}, place {i}: {own} but {theirs}"
        );
    }
}

fn operation(case: &Value) {
    let (op, mut parameters) = (case["op"].as_str().unwrap(), Parameters::default());
    let inputs = case["inputs"].as_array().unwrap();
    let own: Vec<_> = inputs
        .iter()
        .map(|x| {
            let values = numbers(&x["values"]);
            parameters.add("x", &counts(&x["shape"]), |i| values[i])
        })
        .collect();
    let (mut workspace, mut gradients) = (Workspace::default(), Gradients::of(&parameters));
    let team = Team::alone();
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let x: Vec<_> = own.iter().map(|p| tape.parameter(*p)).collect();
    let y = apply(op, &x, &case["settings"]);
    let what = format!("{op} {}", case["settings"]);
    near(&what, &y.values().unwrap(), &case["output"]["values"]);
    assert_eq!(y.shape().lengths(), counts(&case["output"]["shape"]), "{what}");
    let weights = tape.input(y.shape().lengths(), &numbers(&case["weights"]["values"]));
    tape.backward((y * weights).sum(), &mut gradients).unwrap();
    drop(tape);
    for (i, (p, gradient)) in own.iter().zip(case["slopes"].as_array().unwrap()).enumerate() {
        let own = gradients.get(&parameters, *p).unwrap();
        near(&format!("{what}: gradient {i}"), own, &gradient["values"]);
    }
}

/// p^2 + sin p, downhill five times.
fn descent(case: &Value) {
    let settings = &case["settings"];
    let of = |name: &str| settings[name].as_f64().unwrap_or(0.0);
    let mut sgd = Sgd::new(0.1);
    (sgd.momentum, sgd.weight_decay) = (of("momentum"), of("weight_decay"));
    sgd.nesterov = settings["nesterov"] == true;
    let mut parameters = Parameters::<f64>::default();
    let p = parameters.add("p", &[3], |i| [1.0, -2.0, 0.5][i]);
    let mut gradients = Gradients::of(&parameters);
    for _ in 0..5 {
        let weights = parameters.values(p).to_vec();
        let weights: Vec<f64> = weights.iter().map(|p| 2.0 * p + p.cos()).collect();
        let (mut workspace, team) = (Workspace::default(), Team::alone());
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let loss = (tape.parameter(p) * tape.input(&[3], &weights)).sum();
        tape.backward(loss, &mut gradients).unwrap();
        drop(tape);
        sgd.step(&mut parameters, &mut gradients, &team);
    }
    near(&format!("sgd {settings}"), parameters.values(p), &case["values"]);
}

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    let golden: Value = serde_json::from_str(include_str!("golden/torch_ops.json")).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert!(cases.len() > 100);
    for case in cases {
        match case["op"].as_str() {
            Some("sgd") => descent(case),
            _ => operation(case),
        }
    }
}
