use induce_core::model::{Data, Images, Inputs, Model, Predict, Rows, RowsOptions};
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Column, Run, Table};
use induce_tensor::{Parameters, Tape, Tensor, Workspace};
use serde_json::{Value, json};

use super::network::{Chance, Draws, Network, divergence};
use super::outcome::Outcome;
use super::shape::{Form, Shape};
use super::*;
use crate::inputs::Size;
use crate::layers::{Hidden, Widths};
use crate::train::{BayesSpec, Training, WeightKind};

fn rows(table: &Table) -> Data {
    Data::Rows(Rows::new(table, &RowsOptions::default()).unwrap())
}

/// A number with holes, a category, and a target of `classes` classes, or a quantity.
fn table(n: usize, classes: usize) -> Table {
    let stream = Stream::new(4, "supervised/tests");
    let column = |k: u64| {
        (0..n)
            .map(|i| stream.child(k).uniform(i as u64))
            .collect::<Vec<f64>>()
    };
    let (a, mut b, c) = (column(0), column(1), column(2));
    let score: Vec<f64> = (0..n).map(|i| (4.0 * a[i]).sin() + b[i] - c[i]).collect();
    b.iter_mut().step_by(7).for_each(|b| *b = f64::NAN);
    let letters: Vec<Option<&str>> = c
        .iter()
        .map(|c| Some(["u", "v", "w"][(3.0 * c) as usize]))
        .collect();
    let class = |s: f64| {
        ["a", "b", "c"][((s + 1.5) * classes as f64 / 3.5).clamp(0.0, classes as f64 - 1.0) as usize]
    };
    let target = match classes {
        0 => Column::from_f64("y", score),
        _ => Column::from_text("y", &score.iter().map(|s| Some(class(*s))).collect::<Vec<_>>()),
    };
    let columns = vec![
        Column::from_f64("a", a),
        Column::from_f64("b", b),
        Column::from_text("c", &letters),
        target,
    ];
    Table::new(columns).unwrap()
}

fn quick(more: &Value) -> Value {
    let mut all = json!({ "hidden": [12, 8], "epochs": 20, "batch": 16, "learning_rate": 0.01 });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    all
}

fn learn(settings: &Value, data: &Data, threads: usize) -> Trained {
    fit(&MLP, settings, data, None, &mut Run::new(3).with_threads(threads))
        .unwrap()
        .model
}

fn bytes(model: &Trained) -> Vec<u8> {
    model.store().unwrap().to_bytes().unwrap()
}

/// Kinds of networks that every promise holds for.
fn kinds() -> [Value; 4] {
    [
        json!({}),
        json!({ "dropout": 0.2, "activation": "tanh", "optimizer": "sgd" }),
        json!({ "weights": "bayes", "samples": 2, "prior": "mixture", "kl_weights": "geometric" }),
        json!({ "weights": "bayes", "local_reparameterization": true }),
    ]
}

#[test]
fn the_same_bits_at_any_number_of_threads_and_after_a_file() {
    for classes in [0, 2, 3] {
        let table = table(150, classes);
        let data = rows(&table);
        for kind in kinds() {
            let one = learn(&quick(&kind), &data, 1);
            let said = one.predict(Inputs::Table(&table), 1).unwrap();
            for threads in [2, 4] {
                assert_eq!(
                    bytes(&one),
                    bytes(&learn(&quick(&kind), &data, threads)),
                    "{kind}"
                );
                assert_eq!(said, one.predict(Inputs::Table(&table), threads).unwrap());
            }
            let file = induce_core::model_file::ModelFile::read_bytes("m", &bytes(&one)).unwrap();
            let again = Trained::open(&file, |_| &MLP).unwrap();
            assert_eq!(said, again.predict(Inputs::Table(&table), 1).unwrap(), "{kind}");
            assert_eq!(bytes(&one), bytes(&again));
        }
    }
}

/// What is learnt beats the mean by far, and intervals hold about as often as they say.
#[test]
fn quantities_are_learnt_with_their_noise() {
    let table = table(400, 0);
    let data = rows(&table);
    let target = &data.rows().unwrap().target().unwrap().values;
    for kind in [
        json!({}),
        json!({ "weights": "bayes", "validation_fraction": 0.0 }),
    ] {
        let mut settings = quick(&kind);
        settings["epochs"] = 60.into();
        let model = learn(&settings, &data, 2);
        let said = model.predict(Inputs::Table(&table), 1).unwrap().values;
        let mean = target.iter().sum::<f64>() / target.len() as f64;
        let squares = |of: &dyn Fn(usize) -> f64| (0..400).map(|i| (target[i] - of(i)).powi(2)).sum::<f64>();
        assert!(squares(&|i| said[i]) < 0.25 * squares(&|_| mean), "{kind}");
        let ends = model.intervals(Inputs::Table(&table), 0.9, 1).unwrap();
        let (low, high) = ends.new.unwrap();
        let inside = (0..400)
            .filter(|&i| low[i] <= target[i] && target[i] <= high[i])
            .count();
        assert!((320..=398).contains(&inside), "{kind}: {inside}");
        assert_eq!(ends.mean.is_some(), model.spec.bayes());
    }
}

#[test]
fn a_weight_of_nothing_is_no_row() {
    let whole = table(80, 0);
    let mut data = Rows::new(&whole, &RowsOptions::default()).unwrap();
    data.weight = Some((0..80).map(|i| f64::from(u8::from(i % 4 > 0))).collect());
    let kept: Vec<usize> = (0..80).filter(|i| i % 4 > 0).collect();
    let fewer = Data::Rows(data.take(&kept));
    let settings = quick(&json!({}));
    assert_eq!(
        bytes(&learn(&settings, &Data::Rows(data), 1)),
        bytes(&learn(&settings, &fewer, 1))
    );
}

/// Layers as they are read say what the network says.
#[test]
fn layers_are_in_the_units_of_the_table() {
    let x: Vec<f64> = (0..60).map(|i| 100.0 + f64::from(i)).collect();
    let y = x.iter().map(|x| 1e3 + 3.0 * x).collect();
    let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
    let model = learn(&quick(&json!({})), &rows(&table), 1);
    let said = model.predict(Inputs::Table(&table), 1).unwrap().values;
    let (layers, count) = (model.layers(), model.layers().len());
    let by_hand = layers
        .iter()
        .enumerate()
        .fold(vec![110.0], |h: Vec<f64>, (i, layer)| {
            let mut out = layer.bias.clone();
            for (h, row) in h.iter().zip(layer.weight.chunks_exact(layer.bias.len())) {
                out.iter_mut().zip(row).for_each(|(o, w)| *o += h * w);
            }
            let relu = |x: f64| if i + 1 < count { x.max(0.0) } else { x };
            out.into_iter().map(relu).collect()
        });
    assert_eq!((model.input_names(), count), (vec!["x".to_owned()], 3));
    assert!((by_hand[0] - said[10]).abs() < 1e-2, "{by_hand:?} {}", said[10]);
}

/// The loss of two draws of every weight, with what is drawn held fast, against central differences, in double precision.
#[test]
fn gradients_of_the_bound_are_derivatives() {
    for (prior, local) in [
        ("gaussian", false),
        ("mixture", false),
        ("gaussian", true),
        ("mixture", true),
    ] {
        for outcome in [
            Outcome::Quantity {
                centre: 0.0,
                scale: 1.0,
                noise: 1.0,
            },
            Outcome::Classes(2),
            Outcome::Classes(3),
        ] {
            check_gradient(prior, local, &outcome);
        }
    }
}

fn check_gradient(prior: &str, local: bool, outcome: &Outcome) {
    let spec = Spec {
        hidden: Widths(vec![3]),
        activation: Hidden::Tanh,
        training: Training {
            bayes: BayesSpec {
                weights: WeightKind::Bayes,
                prior: serde_json::from_value(prior.into()).unwrap(),
                minus_ln_sigma_2: 2.0,
                initial_rho: -1.0,
                ..BayesSpec::default()
            },
            ..Spec::default().training
        },
        ..Spec::default()
    };
    let shape = Shape::new(&spec, Form::Columns(2), outcome.outputs(), outcome.is_quantity());
    let mut single = Parameters::<f32>::default();
    let network = Network::new(&shape, &mut single, Some(5));
    let start: Vec<f64> = single.all().iter().map(|x| f64::from(*x)).collect();
    let x = [0.3, -0.7, 1.1, 0.4, -0.2, 0.9];
    let y = [0.0, 1.0, 1.0];
    fn double(single: &Parameters<f32>, values: &[f64]) -> Parameters<f64> {
        let (mut own, mut at) = (Parameters::<f64>::default(), 0);
        for (_, name, shape) in single.iter() {
            own.add(name, shape.lengths(), |_| {
                at += 1;
                values[at - 1]
            });
        }
        own
    }
    fn bound<'t>(
        tape: &'t Tape<'t, f64>,
        (network, spec, outcome): (&Network, &Spec, &Outcome),
        local: bool,
        (x, y): (&[f64], &[f32]),
    ) -> Tensor<'t, f64> {
        let stream = Stream::new(8, "fixed");
        let chance = Chance {
            dropout: None,
            weights: Some(Draws { stream, local }),
        };
        let (raw, drawn) = network.apply(tape.input(&[3, 2], x), chance);
        let ln_noise = network.ln_noise.map(|own| tape.parameter(own));
        let fit = outcome.losses(raw, y, ln_noise).sum();
        fit + divergence(network, &spec.training.bayes, tape, &drawn, stream.child(99))
            .unwrap()
            .affine(0.3, 0.0)
    }
    let at = |values: &[f64]| {
        let (own, mut space, team) = (double(&single, values), Workspace::default(), Team::alone());
        let tape = Tape::new(&mut space, &own, &team);
        bound(&tape, (&network, &spec, outcome), local, (&x, &y))
            .item()
            .unwrap()
    };
    let (own, mut space, team) = (double(&single, &start), Workspace::default(), Team::alone());
    let mut gradients = induce_tensor::Gradients::of(&own);
    let tape = Tape::new(&mut space, &own, &team);
    tape.backward(
        bound(&tape, (&network, &spec, outcome), local, (&x, &y)),
        &mut gradients,
    )
    .unwrap();
    drop(tape);
    let slopes = gradients.all(&own).to_vec();
    for (i, slope) in slopes.iter().enumerate() {
        let step = |sign: f64| {
            let mut values = start.clone();
            values[i] += sign * 1e-5;
            at(&values)
        };
        let numeric = (step(1.0) - step(-1.0)) / 2e-5;
        assert!(
            (numeric - slope).abs() < 1e-6 * (1.0 + numeric.abs()),
            "{prior} {local} {outcome:?} {i}: {numeric} {slope}"
        );
    }
}

/// y = w x + e with known noise: the best independent Gaussian over w and b is known (Bishop 2006, section 10.1.2): the mean of the exact
/// posterior, and the inverse of the diagonal of its precision.
#[test]
fn a_linear_network_finds_the_mean_field_posterior() {
    let n = 40;
    let x: Vec<f64> = (0..n).map(|i| f64::from(i) / 10.0 - 1.0).collect();
    let stream = Stream::new(2, "noise");
    let y: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, x)| 0.8 * x + stream.uniform(i as u64) - 0.5)
        .collect();
    let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
    let settings = json!({
        "hidden": [], "weights": "bayes", "validation_fraction": 0.0, "prior_sigma": 0.5, "initial_rho": -2.0,
        "epochs": 6000, "batch": 40, "learning_rate": 0.02, "samples": 8, "min_learning_rate_fraction": 0.0, "standardize": false
    });
    let data = rows(&table);
    let model = learn(&settings, &data, 1);
    let Outcome::Quantity { centre, scale, .. } = model.header.outcome else {
        panic!()
    };
    let noise = model.noise().unwrap().powi(2);
    let rows = data.rows().unwrap();
    let column = rows.table().unwrap().column("x").unwrap();
    let mut x = vec![0.0; 40];
    column.read_f64(0, &mut x);
    let y: Vec<f64> = rows
        .target()
        .unwrap()
        .values
        .iter()
        .map(|y| (y - centre) / scale)
        .collect();
    let sum = |f: &dyn Fn(usize) -> f64| (0..40).map(f).sum::<f64>();
    let prior = 0.5_f64.powi(-2);
    // The precision of (w, b), and its product with the mean.
    let (a, b, c) = (
        sum(&|i| x[i] * x[i]) / noise + prior,
        sum(&|i| x[i]) / noise,
        40.0 / noise + prior,
    );
    let (p, q) = (sum(&|i| x[i] * y[i]) / noise, sum(&|i| y[i]) / noise);
    let mean = [
        (c * p - b * q) / (a * c - b * b),
        (a * q - b * p) / (a * c - b * b),
    ];
    let deviation = [a.powf(-0.5), c.powf(-0.5)];
    for (k, weight) in model.network.weights().enumerate() {
        let value = f64::from(model.parameters.values(weight.mean)[0]);
        let own = pruning::deviation(model.parameters.values(weight.rho.unwrap())[0]);
        assert!(
            (value - mean[k]).abs() < 0.15 * deviation[k],
            "{k}: {value} {}",
            mean[k]
        );
        assert!(
            (own / deviation[k] - 1.0).abs() < 0.1,
            "{k}: {own} {}",
            deviation[k]
        );
    }
}

/// The fused density of the tape against that in double precision, also where parts of it are far below any number.
#[test]
fn the_prior_of_the_tape_is_that_of_the_library() {
    let prior = induce_prob::prior::ScaleMixture {
        share: 0.25,
        deviations: [1.0, (-8.0_f64).exp()],
    };
    for w in [50.0_f32, -50.0, 0.0, 1e-4, 3e-3, -0.4] {
        let (parameters, mut space, team) =
            (Parameters::<f32>::default(), Workspace::default(), Team::alone());
        let tape = Tape::new(&mut space, &parameters, &team);
        let own = tape.variable(&[1], &[w]);
        let loss = own.mixture_loss(induce_tensor::ScaleMixture {
            share: prior.share,
            deviations: prior.deviations,
        });
        let found = f64::from(loss.item().unwrap());
        let mut gradients = induce_tensor::Gradients::of(&parameters);
        tape.backward(loss, &mut gradients).unwrap();
        let exact = -prior.ln_density(f64::from(w));
        assert!(
            (found - exact).abs() <= 2e-6 * exact.abs().max(1.0),
            "{w}: {found} {exact}"
        );
        let slope = -prior.derivative(f64::from(w));
        assert!(
            (f64::from(tape.gradient(own)[0]) - slope).abs() <= 1e-5 * slope.abs().max(1.0),
            "{w}"
        );
    }
}

#[test]
fn pruning_takes_the_weakest_and_nothing_changes_nothing() {
    let table = table(120, 3);
    let data = rows(&table);
    let model = learn(&quick(&json!({ "weights": "bayes" })), &data, 1);
    let said = |model: &Trained| model.predict(Inputs::Table(&table), 1).unwrap();
    assert_eq!(said(&model), said(&model.pruned(0.0)));
    let half = model.pruned(0.5);
    let zeros = half
        .network
        .weights()
        .flat_map(|own| half.parameters.values(own.mean).to_vec())
        .filter(|w| *w == 0.0);
    let all = pruning::signals(&model.network, &model.parameters).len();
    assert!(zeros.count() >= all / 2);
    assert!(said(&half).probabilities.iter().all(|p| p.is_finite()));
    // With no weight left nothing is known but what every row is told.
    let none = said(&model.pruned(1.0)).probabilities;
    assert!(none.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-6), "{none:?}");
    let curve = model.pruning_curve(&data, &Run::new(0)).unwrap();
    assert_eq!(curve.len(), 6);
    assert_eq!(curve[0].1, all);
}

/// Sixty images of 6 x 5 pixels: a bar that lies, or one that stands, anywhere.
fn bars() -> Images {
    let mut pixels = Vec::new();
    for i in 0..60_usize {
        for p in 0..30 {
            let on = if i % 2 == 0 {
                p / 5 == i / 2 % 6
            } else {
                p % 5 == i / 2 % 5
            };
            pixels.push(if on { 255 - i as u8 } else { (p * 7 % 40) as u8 });
        }
    }
    let codes: Vec<u32> = (0..60).map(|i| i % 2).collect();
    Images::new(6, 5, 1, pixels)
        .unwrap()
        .with_classes("class", &codes, vec!["lies".into(), "stands".into()])
        .unwrap()
}

#[test]
fn images_are_told_apart() {
    let (images, size) = (
        bars(),
        Size {
            height: 6,
            width: 5,
            channels: 1,
        },
    );
    let data = Data::Images(images.clone());
    for (channels, weights, convolution) in [
        (json!([]), "point", "grid"),
        (json!([4, 6]), "point", "grid"),
        (json!([4]), "bayes", "grid"),
        (json!([4, 6]), "point", "graph"),
        (json!([4]), "bayes", "graph"),
    ] {
        let settings = json!({ "convolution": convolution, "order": 3, "channels": channels, "hidden": 16, "epochs": 60, "batch": 10, "learning_rate": 0.01, "weights": weights });
        let model = fit(&CNN, &settings, &data, None, &mut Run::new(1)).unwrap().model;
        let judged = model.evaluate(&data, &mut Run::new(1)).unwrap();
        let accuracy = judged
            .scores
            .iter()
            .find(|own| own.name == "accuracy")
            .unwrap()
            .value;
        assert!(accuracy > 0.9, "{convolution} {channels} {weights}: {accuracy}");
        assert_eq!(model.header.reader.form(), Form::Image(size));
        let other = Images::new(5, 6, 1, images.pixels.clone()).unwrap();
        let error = model.predict(Inputs::Images(&other), 1).unwrap_err().to_string();
        assert!(error.contains("5 x 6 x 1"), "{error}");
    }
}

#[test]
fn what_cannot_be_learnt_is_said() {
    let of = |settings: Value, data: &Data| {
        fit(&MLP, &settings, data, None, &mut Run::new(0).with_memory(1 << 30))
            .err()
            .unwrap()
    };
    let data = rows(&table(40, 2));
    for (settings, word) in [
        (json!({ "channels": [8] }), "channels"),
        (json!({ "hidden": [16_000_000, 16_000_000] }), "GB"),
        (json!({ "hidden": [99_999_999] }), "width"),
        (json!({ "dropout": 1.0 }), "dropout"),
        (json!({ "batch": 0 }), "batch"),
    ] {
        let error = of(settings.clone(), &data);
        assert!(error.to_string().contains(word), "{settings}: {error}");
    }
    let unlabelled = Images {
        target: None,
        ..bars()
    };
    assert!(
        of(json!({}), &Data::Images(unlabelled))
            .to_string()
            .contains("no classes")
    );
}

/// Far values and targets that hardly change are no reason to predict what is no number.
#[test]
fn hostile_values_leave_numbers() {
    let n = 60;
    let x: Vec<f64> = (0..n)
        .map(|i| if i == 3 { 1e200 } else { f64::from(i) })
        .collect();
    for y in [
        (0..n).map(|i| 7.0 + f64::from(i) * 1e-12).collect::<Vec<f64>>(),
        (0..n).map(|i| f64::from(i) * 1e300).collect(),
    ] {
        let table = Table::new(vec![Column::from_f64("x", x.clone()), Column::from_f64("y", y)]).unwrap();
        let model = learn(&quick(&json!({})), &rows(&table), 1);
        let said = model.predict(Inputs::Table(&table), 1).unwrap();
        assert!(said.values.iter().all(|y| y.is_finite()), "{:?}", said.values);
    }
}
