use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use induce_core::model::{Data, Density, Features, Generate, Images, Impute, Model, Rows};
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Checkpoints, Column, Monitor, Run, Table};
use induce_tensor::{Gradients, Parameters, Tape, Workspace};
use serde_json::json;

use super::bound::loss;
use super::form::{Fields, Form};
use super::jackknife::{coefficient, elbo, iwae, jackknife};
use super::network::Network;
use super::shape::Shape;
use super::*;
use crate::inputs::Size;
use crate::layers::{Pyramid, Widths};

/// A shape of so many values, with these layers.
fn shape(values: usize, hidden: &[usize], latent: &[usize], likelihood: Likelihood) -> Shape {
    let spec = Spec {
        hidden: Widths(hidden.to_vec()),
        latent: Widths(latent.to_vec()),
        likelihood,
        ..Spec::default()
    };
    let image = Size {
        height: 1,
        width: values,
        channels: 1,
    };
    Shape::new(&spec, Form::Image(image))
}

/// The same parameters in double precision.
fn doubled(parameters: &Parameters) -> Parameters<f64> {
    let mut all = Parameters::<f64>::default();
    for (p, name, shape) in parameters.iter() {
        let own = parameters.values(p);
        all.add(name, shape.lengths(), |i| f64::from(own[i]));
    }
    all
}

fn set(parameters: &mut Parameters<f64>, name: &str, values: &[f64]) {
    let found = parameters.iter().find(|own| own.1 == name).map(|own| own.0);
    parameters.values_mut(found.unwrap()).copy_from_slice(values);
}

/// x = W z + b + s e with one z: its posterior and its evidence are known.
struct Linear {
    w: Vec<f64>,
    b: Vec<f64>,
    s: f64,
}

impl Linear {
    fn new() -> Self {
        Self {
            w: vec![0.7, -1.1, 0.4],
            b: vec![0.2, 0.5, -0.3],
            s: 0.6,
        }
    }

    fn ww(&self) -> f64 {
        self.w.iter().map(|w| w * w).sum::<f64>() / (self.s * self.s)
    }

    /// ln N(x; b, W W' + s^2 I), by the matrix determinant lemma and Sherman and Morrison.
    fn ln_evidence(&self, x: &[f64]) -> f64 {
        let d: Vec<f64> = x.iter().zip(&self.b).map(|(x, b)| x - b).collect();
        let along: f64 = d.iter().zip(&self.w).map(|(d, w)| d * w).sum::<f64>() / (self.s * self.s);
        let squares: f64 = d.iter().map(|d| d * d).sum::<f64>() / (self.s * self.s);
        let n = x.len() as f64;
        let ln_determinant = n * (self.s * self.s).ln() + (1.0 + self.ww()).ln();
        -0.5 * (n * std::f64::consts::TAU.ln() + ln_determinant + squares - along * along / (1.0 + self.ww()))
    }

    /// The network that is this model, its encoder off the posterior by `away` in the mean and by `wider` in ln sigma.
    fn network(&self, away: f64, wider: f64) -> (Network, Parameters<f64>) {
        let shape = shape(3, &[], &[1], Likelihood::Gaussian);
        let mut single = Parameters::default();
        let network = Network::new(&shape, &mut single, None, Some(1));
        let mut all = doubled(&single);
        let variance = 1.0 / (1.0 + self.ww());
        let to_mean: Vec<f64> = self.w.iter().map(|w| variance * w / (self.s * self.s)).collect();
        let shift: f64 = -to_mean.iter().zip(&self.b).map(|(m, b)| m * b).sum::<f64>();
        set(&mut all, "encoder.0.mean.weight", &to_mean);
        set(&mut all, "encoder.0.mean.bias", &[shift + away]);
        set(&mut all, "encoder.0.ln_scale.weight", &[0.0; 3]);
        set(
            &mut all,
            "encoder.0.ln_scale.bias",
            &[0.5 * variance.ln() + wider],
        );
        let scales = [self.s.ln(); 3];
        set(&mut all, "output.weight", &[&self.w[..], &[0.0; 3]].concat());
        set(&mut all, "output.bias", &[&self.b[..], &scales].concat());
        (network, all)
    }
}

/// ln w of a row. // (samples)
fn ln_weights(
    network: &Network,
    parameters: &Parameters<f64>,
    x: &[f64],
    samples: usize,
    seed: u64,
) -> Vec<f64> {
    let (team, mut workspace) = (Team::alone(), Workspace::<f64>::default());
    let tape = Tape::new(&mut workspace, parameters, &team);
    let input = tape.input(&[1, x.len()], x);
    let stream = Stream::new(seed, "test");
    let mut noise = |layer: usize, lengths: &[usize]| tape.normal(lengths, stream.child(layer as u64));
    let pass = network.pass(
        network.encode(input),
        input,
        samples,
        GradientKind::Reparameterized,
        &mut noise,
    );
    tape.values(pass.ln_weights()).unwrap()
}

#[test]
fn of_the_true_posterior_every_bound_is_the_evidence() {
    let model = Linear::new();
    let (network, parameters) = model.network(0.0, 0.0);
    for x in [[0.1, -0.4, 2.0], [30.0, 0.0, -7.0]] {
        let wanted = model.ln_evidence(&x);
        let own = ln_weights(&network, &parameters, &x, 12, 5);
        for found in [
            elbo(&own),
            iwae(&own),
            jackknife(&own, 1).unwrap(),
            jackknife(&own, 2).unwrap(),
        ] {
            assert!((found - wanted).abs() < 1e-10 * wanted.abs(), "{found} {wanted}");
        }
    }
}

#[test]
fn more_samples_are_nearer_to_the_evidence_and_the_jackknife_nearer_still() {
    let model = Linear::new();
    let (network, parameters) = model.network(0.4, 0.3);
    let x = [0.1, -0.4, 2.0];
    let wanted = model.ln_evidence(&x);
    let own = ln_weights(&network, &parameters, &x, 40_000, 9);
    let mean = |k: usize, bound: &dyn Fn(&[f64]) -> f64| {
        own.chunks_exact(k).map(bound).sum::<f64>() / (own.len() / k) as f64 - wanted
    };
    let [one, five, fifty] = [1, 5, 50].map(|k| mean(k, &iwae));
    assert!(
        one < five - 0.02 && five < fifty && fifty < 0.01,
        "{one} {five} {fifty}"
    );
    let first = mean(5, &|w| jackknife(w, 1).unwrap());
    assert!(first.abs() < 0.3 * five.abs(), "{first} {five}");
}

/// Of weights with two values the expectation of every bound is a finite sum: the bias of order m falls as k^-(m + 1).
#[test]
fn the_bias_falls_by_the_orders_of_the_paper() {
    let (low, high, p) = (1.0_f64, 2.0_f64, 0.5_f64);
    let wanted = ((1.0 - p) * low + p * high).ln();
    let expected = |k: usize| {
        let (mut sum, mut ln_binomial) = (0.0, 0.0_f64);
        for i in 0..=k {
            let mean = ((k - i) as f64 * low + i as f64 * high) / k as f64;
            let ln_p = ln_binomial + i as f64 * p.ln() + (k - i) as f64 * (1.0 - p).ln();
            sum += ln_p.exp() * mean.ln();
            ln_binomial += ((k - i) as f64 / (i + 1) as f64).ln();
        }
        sum
    };
    for order in 0..3 {
        let bias = |k: usize| {
            let all = (0..=order).map(|j| coefficient(k, order, j).unwrap() * expected(k - j));
            (all.sum::<f64>() - wanted).abs().ln()
        };
        let slope = (bias(128) - bias(64)) / 2.0_f64.ln();
        assert!((slope + 1.0 + order as f64).abs() < 0.15, "{order}: {slope}");
    }
}

fn small(bound: Bound, more: impl FnOnce(&mut Spec)) -> Spec {
    let mut spec = Spec {
        bound,
        samples: 4,
        ..Spec::default()
    };
    more(&mut spec);
    spec.check().unwrap();
    spec
}

/// Loss and gradient of a small network on two rows.
fn gradient(network: &Network, parameters: &Parameters<f64>, spec: &Spec, seed: u64) -> (f64, Vec<f64>) {
    let (team, mut workspace) = (Team::alone(), Workspace::<f64>::default());
    let mut gradients = Gradients::of(parameters);
    let tape = Tape::new(&mut workspace, parameters, &team);
    let x = [0.1, 0.9, 0.4, 0.7, 0.2, 0.3, 0.8, 0.6];
    let input = tape.input(&[2, 4], &x);
    let stream = Stream::new(seed, "gradient");
    let mut noise = |layer: usize, lengths: &[usize]| tape.normal(lengths, stream.child(layer as u64));
    let pass = network.pass(
        network.encode(input),
        input,
        spec.samples,
        spec.gradient,
        &mut noise,
    );
    let loss = loss(&pass, spec, 2, 0);
    let value = loss.item().unwrap();
    tape.backward(loss, &mut gradients).unwrap();
    (value, gradients.all(parameters).to_vec())
}

/// Whether the gradients of a loss are its differences.
fn check_gradients(network: &Network, single: &Parameters, spec: &Spec, every: usize, told: &str) {
    let mut all = doubled(single);
    let (_, found) = gradient(network, &all, spec, 7);
    for i in (0..all.count()).step_by(every) {
        let (own, step) = (all.all()[i], 1e-6);
        let mut at = |x: f64| {
            all.all_mut()[i] = x;
            gradient(network, &all, spec, 7).0
        };
        let wanted = (at(own + step) - at(own - step)) / (2.0 * step);
        at(own);
        let near = (found[i] - wanted).abs() < 1e-6 * (1.0 + wanted.abs());
        assert!(near, "{told} {spec:?} {i}: {} {wanted}", found[i]);
    }
}

#[test]
fn gradients_are_differences() {
    for likelihood in [
        Likelihood::Bernoulli,
        Likelihood::Gaussian,
        Likelihood::LogitLaplace,
        Likelihood::Categorical,
    ] {
        for (latent, spec) in [
            (vec![2], small(Bound::Elbo, |spec| spec.beta = 0.5)),
            (vec![2], small(Bound::Elbo, |spec| spec.free_bits = 0.01)),
            (
                vec![3, 2],
                small(Bound::Elbo, |spec| {
                    spec.estimator = Estimator::A;
                    spec.latent = Widths(vec![3, 2]);
                }),
            ),
            (vec![2], small(Bound::Iwae, |_| ())),
            (
                vec![3, 2],
                small(Bound::Iwae, |spec| spec.latent = Widths(vec![3, 2])),
            ),
            (vec![2], small(Bound::Jvi, |_| ())),
            (vec![2], small(Bound::Jvi, |spec| spec.order = 2)),
        ] {
            let mut single = Parameters::default();
            let shape = Shape {
                levels: 3,
                ..shape(4, &[5], &latent, likelihood)
            };
            let network = Network::new(&shape, &mut single, None, Some(3));
            check_gradients(&network, &single, &spec, 3, likelihood.name());
        }
    }
}

#[test]
fn gradients_of_convolutions_are_differences() {
    for likelihood in [
        Likelihood::Bernoulli,
        Likelihood::Gaussian,
        Likelihood::Categorical,
    ] {
        for blocks in [0, 1] {
            let mut single = Parameters::default();
            let shape = Shape {
                form: Form::Image(Size {
                    height: 2,
                    width: 2,
                    channels: 1,
                }),
                pyramid: Some(Pyramid {
                    image: [2, 2, 1],
                    channels: vec![3],
                    blocks,
                }),
                levels: 3,
                ..shape(4, &[5], &[2], likelihood)
            };
            let network = Network::new(&shape, &mut single, None, Some(3));
            assert_eq!(shape.size(), Some(single.count() as u64));
            // Away from where rectifiers bend, and blocks out of their beginning.
            let stream = Stream::new(5, "away");
            let moved = single.all_mut().iter_mut().enumerate();
            moved.for_each(|(i, x)| *x += 0.2 * stream.uniform(i as u64) as f32 + 0.01);
            check_gradients(
                &network,
                &single,
                &small(Bound::Iwae, |_| ()),
                5,
                likelihood.name(),
            );
        }
    }
}

/// Gradients of the importance-weighted bound, as they are and doubly reparameterized, have one mean, and are the same in the decoder. With
/// samples their variance in the encoder falls as 1 / k and as 1 / k^3 (Rainforth et al. 2018; Tucker et al. 2019).
#[test]
fn doubly_reparameterized_gradients_have_the_same_mean_and_less_variance() {
    let mut single = Parameters::default();
    let network = Network::new(
        &shape(4, &[], &[1], Likelihood::Bernoulli),
        &mut single,
        None,
        Some(3),
    );
    let mut all = doubled(&single);
    // Wider than the prior, so that weights have a variance.
    set(&mut all, "encoder.0.ln_scale.weight", &[0.0; 4]);
    set(&mut all, "encoder.0.ln_scale.bias", &[0.3]);
    let of = |kind: GradientKind| {
        let spec = small(Bound::Iwae, |spec| {
            spec.gradient = kind;
            spec.samples = 64;
        });
        let draws: Vec<Vec<f64>> = (0..4000)
            .map(|seed| gradient(&network, &all, &spec, seed).1)
            .collect();
        let n = draws.len() as f64;
        let mean = |i: usize| draws.iter().map(|own| own[i]).sum::<f64>() / n;
        let moments = |i: usize| {
            (
                mean(i),
                draws.iter().map(|own| (own[i] - mean(i)).powi(2)).sum::<f64>() / n,
            )
        };
        (0..all.count()).map(moments).collect::<Vec<_>>()
    };
    let (plain, doubly) = (
        of(GradientKind::Reparameterized),
        of(GradientKind::DoublyReparameterized),
    );
    let (mut start, mut sums) = (0, [0.0; 2]);
    for (_, name, shape) in all.iter() {
        for (a, b) in plain[start..].iter().zip(&doubly[start..]).take(shape.elements()) {
            let error = ((a.1 + b.1) / 1500.0).sqrt();
            assert!((a.0 - b.0).abs() < 5.0 * error + 1e-12, "{name} {a:?} {b:?}");
            match name.starts_with("encoder") {
                true => sums = [sums[0] + a.1, sums[1] + b.1],
                false => assert!((a.1 - b.1).abs() < 1e-9, "{name} {a:?} {b:?}"),
            }
        }
        start += shape.elements();
    }
    assert!(sums[0] > 5.0 * sums[1], "{sums:?}");
}

/// Both estimators of the ELBO, and the score function, have one mean; the variance of the score function is larger (Kingma & Welling 2014).
#[test]
fn estimators_agree_in_the_mean_and_differ_in_their_variance() {
    let mut single = Parameters::default();
    let network = Network::new(
        &shape(4, &[], &[1], Likelihood::Bernoulli),
        &mut single,
        None,
        Some(3),
    );
    let all = doubled(&single);
    let moments = |spec: &Spec| {
        let draws: Vec<(f64, Vec<f64>)> = (0..3000)
            .map(|seed| gradient(&network, &all, spec, seed))
            .collect();
        let n = draws.len() as f64;
        let value = draws.iter().map(|own| own.0).sum::<f64>() / n;
        // The bias of the encoder's mean.
        let place = all.iter().position(|own| own.1 == "encoder.0.mean.bias").unwrap();
        let start: usize = all.iter().take(place).map(|own| own.2.elements()).sum();
        let of = |own: &(f64, Vec<f64>)| own.1[start];
        let mean = draws.iter().map(of).sum::<f64>() / n;
        let variance = draws.iter().map(|own| (of(own) - mean).powi(2)).sum::<f64>() / n;
        (value, mean, variance)
    };
    let b = moments(&small(Bound::Elbo, |_| ()));
    let a = moments(&small(Bound::Elbo, |spec| spec.estimator = Estimator::A));
    let landing = moments(&small(Bound::Elbo, |spec| {
        spec.estimator = Estimator::A;
        spec.gradient = GradientKind::StickingTheLanding;
    }));
    let score = moments(&small(Bound::Elbo, |spec| {
        spec.estimator = Estimator::A;
        spec.gradient = GradientKind::Score;
    }));
    for other in [a, landing, score] {
        let error = ((b.2 + other.2) / 3000.0).sqrt();
        assert!((b.0 - other.0).abs() < 0.02, "{b:?} {other:?}");
        assert!((b.1 - other.1).abs() < 5.0 * error, "{b:?} {other:?}");
    }
    assert!(score.2 > 3.0 * a.2, "{score:?} {a:?}");
}

fn stripes(n: usize) -> Data {
    let image = |i: usize| {
        (0..16).map(move |j| {
            if (j / 4 + i).is_multiple_of(2) {
                255
            } else {
                10 * (i % 5) as u8
            }
        })
    };
    Data::Images(Images::new(4, 4, 1, (0..n).flat_map(image).collect()).unwrap())
}

#[test]
fn threads_do_not_change_a_bit_and_a_resumed_training_is_the_same() {
    let images = stripes(60);
    let settings =
        json!({ "latent": [3, 2], "hidden": 8, "bound": "iwae", "samples": 3, "batch": 16, "epochs": 6 });
    let bytes = |threads: usize, plan: Option<&Checkpoints>, settings: &serde_json::Value| {
        let mut run = Run::new(4).with_threads(threads);
        let fitted = fit(&VAE, settings, &images, Some(&images), plan, &mut run).unwrap();
        fitted.model.store().unwrap().to_bytes().unwrap()
    };
    let once = bytes(1, None, &settings);
    assert_eq!(once, bytes(2, None, &settings));
    assert_eq!(once, bytes(4, None, &settings));
}

/// Presses Ctrl-C at a step.
struct Impatient(u64, Arc<AtomicBool>);

impl Monitor for Impatient {
    fn step(&mut self, step: u64, _: &[(String, f64)]) {
        self.1.store(step >= self.0, Ordering::Relaxed);
    }
}

/// What stops at a step and goes on from its checkpoint has the bits of what never stopped.
#[test]
fn a_resumed_training_has_the_same_bits() {
    let images = stripes(60);
    let settings = json!({ "latent": 2, "hidden": 8, "bound": "iwae", "samples": 3, "batch": 16, "epochs": 6, "architecture": "conv", "channels": 2 });
    let folder = tempfile::tempdir().unwrap();
    let plan = |resume: bool| Checkpoints {
        path: folder.path().join("at.induce"),
        every: std::time::Duration::MAX,
        fingerprint: "one".into(),
        resume,
    };
    let fitted = |plan: Option<&Checkpoints>, mut run: Run| {
        let fitted = fit(&VAE, &settings, &images, Some(&images), plan, &mut run).unwrap();
        let file = fitted.model.store().unwrap();
        let stopped = matches!(fitted.outcome, induce_core::Outcome::Stopped { .. });
        (stopped, file.to_bytes().unwrap())
    };
    let (_, once) = fitted(None, Run::new(4));
    let flag = Arc::new(AtomicBool::new(false));
    let impatient = Run::new(4)
        .with_cancellation(flag.clone())
        .with_monitor(Impatient(7, flag));
    assert!(fitted(Some(&plan(false)), impatient).0);
    assert_eq!(fitted(Some(&plan(true)), Run::new(4)).1, once);
}

#[test]
fn what_cannot_be_is_refused_with_the_setting() {
    let images = stripes(8);
    let refused = |settings: serde_json::Value| {
        let error = fit(&VAE, &settings, &images, None, None, &mut Run::new(0))
            .err()
            .unwrap();
        assert!(
            error.hint().is_some() || error.to_string().contains('`'),
            "{error}"
        );
        error.to_string()
    };
    assert!(refused(json!({ "bound": "jvi", "samples": 2, "order": 2 })).contains("samples"));
    assert!(refused(json!({ "latent": [2, 2] })).contains("estimator"));
    assert!(refused(json!({ "bound": "iwae", "gradient": "score" })).contains("gradient"));
    assert!(refused(json!({ "latent": 0 })).contains("at least 1"));
    assert!(refused(json!({ "bound": "jvi", "samples": 9000, "order": 3 })).contains("order"));
    assert!(
        refused(json!({ "samples": 10_000, "batch": 1_000_000, "hidden": [16_000_000] }))
            .contains("needs about")
    );
    let other = Data::Images(Images::new(2, 2, 1, vec![0; 4]).unwrap());
    assert!(fit(&VAE, &json!({}), &images, Some(&other), None, &mut Run::new(0)).is_err());
}

/// Remembers what is said.
struct Listening(Arc<std::sync::Mutex<String>>);

impl Monitor for Listening {
    fn note(&mut self, text: &str) {
        self.0.lock().unwrap().push_str(text);
    }
}

#[test]
fn a_collapsed_posterior_is_said() {
    let said = |beta: f64| {
        let heard = Arc::new(std::sync::Mutex::new(String::new()));
        let mut run = Run::new(1).with_monitor(Listening(heard.clone()));
        let mut settings = serde_json::to_value(Spec::default()).unwrap();
        for (name, value) in [
            ("hidden", json!(8)),
            ("latent", json!(2)),
            ("beta", json!(beta)),
            ("epochs", json!(300)),
            ("learning_rate", json!(0.01)),
        ] {
            settings[name] = value;
        }
        let data = stripes(60);
        let fit = &mut induce_core::model::Fit::new(&mut run, induce_core::model::Registry(&[]));
        (VAE.fit)(&settings, &data, fit).unwrap();
        heard.lock().unwrap().clone()
    };
    assert!(said(1000.0).contains("collapsed to the prior"));
    assert_eq!(said(0.1), "");
}

/// Two numbers of which the second follows the first, one apart, a category that says the sign of the first, and holes.
fn rows(n: usize) -> Table {
    let stream = Stream::new(8, "rows");
    let normal = |k: u64, i: usize| {
        let u = stream.child(k).uniform(i as u64);
        induce_prob::special::normal_quantile(u.clamp(1e-12, 1.0 - 1e-12))
    };
    let a: Vec<f64> = (0..n).map(|i| 100.0 + 10.0 * normal(0, i)).collect();
    let b: Vec<f64> = (0..n)
        .map(|i| 0.2 * (a[i] - 100.0) + 0.3 * normal(1, i))
        .collect();
    let c: Vec<f64> = (0..n).map(|i| normal(2, i)).collect();
    let sign: Vec<Option<&str>> = a
        .iter()
        .enumerate()
        .map(|(i, a)| (i % 9 > 0).then_some(if *a > 100.0 { "high" } else { "low" }))
        .collect();
    let holes = b
        .iter()
        .enumerate()
        .map(|(i, b)| if i % 5 == 0 { f64::NAN } else { *b });
    Table::new(vec![
        Column::from_f64("a", a.clone()),
        Column::from_f64("b", holes.collect()),
        Column::from_f64("c", c),
        Column::from_text("sign", &sign),
    ])
    .unwrap()
}

fn data(table: &Table) -> Data {
    Data::Rows(Features::from(table.clone()).into())
}

fn of_rows(table: &Table, more: &serde_json::Value, threads: usize) -> Trained {
    let mut settings = json!({ "latent": 3, "hidden": 16, "steps": 1500, "learning_rate": 0.01 });
    settings
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let mut run = Run::new(4).with_threads(threads);
    fit(&VAE, &settings, &data(table), None, None, &mut run)
        .unwrap()
        .model
}

#[test]
fn gradients_of_rows_are_differences() {
    let fields = Fields {
        inputs: 4,
        numbers: 2,
        categories: vec![3],
        floor: 0.01,
    };
    let shape = Shape {
        form: Form::Row(fields),
        ..shape(4, &[5], &[2], Likelihood::Bernoulli)
    };
    let mut single = Parameters::default();
    let network = Network::new(&shape, &mut single, None, Some(3));
    assert_eq!(shape.size(), Some(single.count() as u64));
    let mut all = doubled(&single);
    // A number and a level are missing.
    let targets = [0.3, -1.2, 1.0, 1.0, 2.0, 0.0, 0.4, 0.0, 1.0, -1.0];
    let x = [0.1, 0.9, 0.4, 0.7, 0.2, 0.3, 0.8, 0.6];
    for bound in [Bound::Elbo, Bound::Iwae] {
        let spec = small(bound, |_| ());
        let at = |all: &Parameters<f64>| {
            let (team, mut workspace) = (Team::alone(), Workspace::<f64>::default());
            let mut gradients = Gradients::of(all);
            let tape = Tape::new(&mut workspace, all, &team);
            let stream = Stream::new(7, "gradient");
            let mut noise =
                |layer: usize, lengths: &[usize]| tape.normal(lengths, stream.child(layer as u64));
            let first = network.encode(tape.input(&[2, 4], &x));
            let target = tape.input(&[2, 5], &targets);
            let pass = network.pass(first, target, spec.samples, spec.gradient, &mut noise);
            let loss = loss(&pass, &spec, 2, 0);
            let value = loss.item().unwrap();
            tape.backward(loss, &mut gradients).unwrap();
            (value, gradients.all(all).to_vec())
        };
        let (_, found) = at(&all);
        for i in 0..all.count() {
            let (own, step) = (all.all()[i], 1e-6);
            let mut moved = |x: f64| {
                all.all_mut()[i] = x;
                at(&all).0
            };
            let wanted = (moved(own + step) - moved(own - step)) / (2.0 * step);
            moved(own);
            let near = (found[i] - wanted).abs() < 1e-6 * (1.0 + wanted.abs());
            assert!(near, "{bound:?} {i}: {} {wanted}", found[i]);
        }
    }
}

/// The density of a row does not depend on the rows beside it.
#[test]
fn the_density_of_a_row_is_its_own() {
    let table = rows(230);
    let model = of_rows(&table, &json!({ "steps": 50 }), 2);
    let all = model.log_density(&data(&table), &mut Run::new(0)).unwrap();
    for some in [vec![229, 3, 140], vec![7]] {
        let few = model
            .log_density(&data(&table.take(&some)), &mut Run::new(0))
            .unwrap();
        for (row, ln) in some.iter().zip(few) {
            assert!(
                (all[*row] - ln).abs() < 1e-7 * ln.abs(),
                "{row}: {} {ln}",
                all[*row]
            );
        }
    }
}

/// What is missing is integrated out: the bound is the evidence of what is there.
#[test]
fn the_evidence_of_a_row_is_that_of_what_is_there() {
    let model = Linear::new();
    let (mut network, parameters) = model.network(0.0, 0.3);
    let fields = Fields {
        inputs: 3,
        numbers: 3,
        categories: Vec::new(),
        floor: 1e-12,
    };
    network.shape.form = Form::Row(fields);
    let x = [0.1, -0.4, 2.0];
    for there in [[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]] {
        let (team, mut workspace) = (Team::alone(), Workspace::<f64>::default());
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let stream = Stream::new(5, "test");
        let mut noise = |layer: usize, lengths: &[usize]| tape.normal(lengths, stream.child(layer as u64));
        let kind = GradientKind::Reparameterized;
        let target = tape.input(&[1, 6], &[x, there].concat());
        let first = network.encode(tape.input(&[1, 3], &x));
        let pass = network.pass(first, target, 40_000, kind, &mut noise);
        let found = iwae(&tape.values(pass.ln_weights()).unwrap());
        let kept: Vec<usize> = (0..3).filter(|i| there[*i] > 0.0).collect();
        let part = Linear {
            w: kept.iter().map(|i| model.w[*i]).collect(),
            b: kept.iter().map(|i| model.b[*i]).collect(),
            s: model.s,
        };
        let wanted = part.ln_evidence(&kept.iter().map(|i| x[*i]).collect::<Vec<f64>>());
        assert!((found - wanted).abs() < 0.01, "{there:?} {found} {wanted}");
    }
}

#[test]
fn a_model_of_rows_knows_their_density_and_draws_others() {
    let table = rows(600);
    let model = of_rows(&table, &json!({}), 2);
    let mut run = Run::new(0);
    // The density of a and b is that of Gaussians: -ln(10 * 2.02 * ...) about -5.3 in the mean; c adds -1.42, the sign nothing.
    let own = model.judge(&data(&table), 50, &mut run).unwrap();
    let mean = own.ln_densities().iter().sum::<f64>() / 600.0;
    assert!((-6.2..-4.8).contains(&mean), "{mean}");
    // What contradicts itself is less likely than anything that was seen.
    let odd = Table::new(vec![
        Column::from_f64("a", vec![115.0]),
        Column::from_f64("b", vec![-3.0]),
        Column::from_f64("c", vec![0.0]),
        Column::from_text("sign", &[Some("low")]),
    ])
    .unwrap();
    let ln = model.judge(&data(&odd), 50, &mut run).unwrap().ln_densities()[0];
    let least = own.ln_densities().iter().fold(f64::INFINITY, |a, b| a.min(*b));
    assert!(ln < least - 5.0, "{ln} {least}");
    let Data::Rows(drawn) = model.generate(2000, &mut run).unwrap() else {
        panic!("no rows")
    };
    let drawn = drawn.table().unwrap().clone();
    let column = |name: &str| {
        let mut own = vec![0.0; 2000];
        drawn.column(name).unwrap().read_f64(0, &mut own);
        own
    };
    let (a, b) = (column("a"), column("b"));
    let mean = |f: &dyn Fn(usize) -> f64| (0..2000).map(f).sum::<f64>() / 2000.0;
    let (ma, mb) = (mean(&|i| a[i]), mean(&|i| b[i]));
    let deviation = mean(&|i| (a[i] - ma).powi(2)).sqrt();
    let slope = mean(&|i| (a[i] - ma) * (b[i] - mb)) / deviation.powi(2);
    assert!(
        (98.0..102.0).contains(&ma) && (8.0..12.0).contains(&deviation),
        "{ma} {deviation}"
    );
    assert!((0.15..0.25).contains(&slope), "{slope}");
    let agree = (0..2000)
        .filter(|&i| (drawn.column("sign").unwrap().text(i).as_deref() == Some("high")) == (a[i] > 100.0));
    assert!(agree.count() > 1800);
}

#[test]
fn what_is_missing_is_filled_in_by_what_is_there() {
    let table = rows(600);
    let model = of_rows(&table, &json!({}), 2);
    let fill = |drawn: bool, seed: u64| model.impute(&table, drawn, &mut Run::new(seed)).unwrap();
    let mean = fill(false, 0);
    let read = |table: &Table, name: &str| {
        let mut own = vec![0.0; 600];
        table.column(name).unwrap().read_f64(0, &mut own);
        own
    };
    let (a, b) = (read(&table, "a"), read(&mean, "b"));
    let errors = |b: &[f64]| {
        let own = (0..600).step_by(5).map(|i| (b[i] - 0.2 * (a[i] - 100.0)).powi(2));
        (own.sum::<f64>() / 120.0).sqrt()
    };
    // By the mean of the column it is 2.
    assert!(errors(&b) < 0.35, "{}", errors(&b));
    // What is there stays.
    let was = read(&table, "b");
    assert!((0..600).all(|i| i % 5 == 0 || was[i] == b[i]));
    let right = (0..600)
        .step_by(9)
        .filter(|&i| (mean.column("sign").unwrap().text(i).as_deref() == Some("high")) == (a[i] > 100.0));
    assert!(right.count() >= 60);
    // Draws have the deviation .3 of the noise besides.
    let drawn = errors(&read(&fill(true, 1), "b"));
    assert!((0.2..0.5).contains(&drawn), "{drawn}");
    assert_ne!(read(&fill(true, 1), "b"), read(&fill(true, 2), "b"));
    assert_eq!(read(&fill(true, 1), "b"), read(&fill(true, 1), "b"));
}

#[test]
fn a_model_of_rows_is_the_same_at_any_number_of_threads_and_after_its_file() {
    let table = rows(200);
    let more = json!({ "steps": 60, "bound": "iwae", "samples": 3 });
    let bytes = |model: &Trained| model.store().unwrap().to_bytes().unwrap();
    let one = of_rows(&table, &more, 1);
    for threads in [2, 4] {
        assert_eq!(bytes(&one), bytes(&of_rows(&table, &more, threads)));
    }
    let file = induce_core::model_file::ModelFile::read_bytes("m", &bytes(&one)).unwrap();
    let again = Trained::open(&file, |_| &VAE).unwrap();
    let said = |model: &Trained| model.log_density(&data(&table), &mut Run::new(3)).unwrap();
    assert_eq!(said(&one), said(&again));
    assert_eq!(again.reads(), induce_core::model::DataKind::Rows);
}

#[test]
fn what_rows_cannot_have_is_refused() {
    let table = rows(60);
    let refused = |settings: serde_json::Value, data: &Data| {
        let error = fit(&VAE, &settings, data, None, None, &mut Run::new(0))
            .err()
            .unwrap();
        assert!(error.hint().is_some(), "{error}");
        error.to_string()
    };
    for (name, value) in [
        ("architecture", "conv"),
        ("likelihood", "categorical"),
        ("binarize", "threshold"),
    ] {
        assert!(refused(json!({ name: value }), &data(&table)).contains(name));
    }
    let mut weighted: Rows = Features::from(table.clone()).into();
    weighted.weight = Some(vec![2.0; 60]);
    assert!(refused(json!({}), &Data::Rows(weighted)).contains("weights"));
    let model = of_rows(&table, &json!({ "steps": 5 }), 1);
    let other = Table::new(vec![Column::from_f64("a", vec![1.0])]).unwrap();
    assert!(model.judge(&data(&other), 5, &mut Run::new(0)).is_err());
    assert!(model.judge(&stripes(4), 5, &mut Run::new(0)).is_err());
    // A category that training had not says nothing, and a far number has a finite density.
    let odd = Table::new(vec![
        Column::from_f64("a", vec![1e300]),
        Column::from_f64("b", vec![f64::NAN]),
        Column::from_f64("c", vec![0.0]),
        Column::from_text("sign", &[Some("sideways")]),
    ])
    .unwrap();
    let ln = model.log_density(&data(&odd), &mut Run::new(0)).unwrap()[0];
    assert!(ln.is_finite() && ln < -1e6, "{ln}");
}

/// Of rows with holes that training had not, q(z | x) is off: 3 and a hole was said to be less likely than 3 and y.
#[test]
fn a_row_with_a_hole_is_no_less_likely_than_with_a_value() {
    let n = 200;
    let a: Vec<f64> = (0..n)
        .map(|i| if i % 2 == 0 { 3.0 } else { -3.0 } + (f64::from(i) * 12.9).sin())
        .collect();
    let sign: Vec<Option<&str>> = (0..n).map(|i| Some(if i % 2 == 0 { "y" } else { "x" })).collect();
    let table = Table::new(vec![Column::from_f64("a", a), Column::from_text("sign", &sign)]).unwrap();
    let model = of_rows(&table, &json!({ "latent": 1, "steps": 300 }), 1);
    let asked = Table::new(vec![
        Column::from_f64("a", vec![3.0, 3.0, -3.0, -3.0, f64::NAN, f64::NAN]),
        Column::from_text("sign", &[Some("y"), None, Some("x"), None, Some("x"), None]),
    ])
    .unwrap();
    let ln = model.log_density(&data(&asked), &mut Run::new(0)).unwrap();
    assert!(ln[1] > ln[0] - 0.1 && ln[3] > ln[2] - 0.1, "{ln:?}");
    assert!((ln[4] - 0.5_f64.ln()).abs() < 0.3, "{ln:?}");
    // Nothing is certain.
    assert!(ln[5].abs() < 0.1, "{ln:?}");
}

/// A step of 1,000 poisoned the tape, and the likelihood asked for the axes of what was not there.
#[test]
fn a_training_that_diverges_is_an_error() {
    for likelihood in ["bernoulli", "gaussian", "categorical", "logit-laplace"] {
        let settings = json!({ "likelihood": likelihood, "learning_rate": 1e3, "steps": 60, "batch": 10 });
        let end = fit(&VAE, &settings, &stripes(40), None, None, &mut Run::new(0));
        if let Err(error) = end {
            assert!(
                error.to_string().contains("cannot be taken") && error.hint().is_some(),
                "{error}"
            );
        }
    }
}
