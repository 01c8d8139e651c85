use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use induce_core::model_file::ModelFile;
use induce_core::{Checkpoints, Monitor, Outcome, Result, Run};
use induce_tensor::{Parameter, Parameters, Tape, Tensor};

use super::*;

/// (theta - 3)^2; mini-batches are counted, and at one of them the user presses Ctrl-C.
struct Parabola {
    theta: Parameter,
    batches: f32,
    stop_at: f32,
    stop: Arc<AtomicBool>,
}

impl Objective for Parabola {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, _: &StepContext) -> Result<Tensor<'t>> {
        if self.batches == self.stop_at {
            self.stop.store(true, Ordering::Relaxed);
        }
        Ok((tape.parameter(self.theta) - tape.input(&[1], &[3.0]))
            .square()
            .sum())
    }

    fn advance(&mut self) {
        self.batches += 1.0;
    }

    fn carried(&self) -> Vec<f32> {
        vec![self.batches]
    }

    fn carry(&mut self, carried: Vec<f32>) -> Result<()> {
        self.batches = carried[0];
        Ok(())
    }

    fn file(&self, parameters: &Parameters) -> Result<ModelFile> {
        let mut file = ModelFile::new("parabola");
        file.put("theta", parameters.values(self.theta).to_vec());
        Ok(file)
    }
}

/// A parabola that is stopped at a mini-batch, and where it starts.
fn parabola(stop_at: f32) -> (Parabola, Parameters, Run) {
    let mut parameters = Parameters::default();
    let theta = parameters.add("theta", &[1], |_| 0.0);
    let stop = Arc::new(AtomicBool::new(false));
    let run = Run::new(0).with_cancellation(stop.clone());
    let objective = Parabola {
        theta,
        batches: 0.0,
        stop_at,
        stop,
    };
    (objective, parameters, run)
}

/// `accumulate=65535` asked after every step, of which the first took hours: neither `--time` nor Ctrl-C ended it.
#[test]
fn a_step_of_many_mini_batches_stops_among_them_as_if_it_had_not_begun() {
    let how = Training {
        steps: 5,
        gradient_accumulation: 1000,
        ..Training::default()
    };
    let (mut stopped, parameters, mut run) = parabola(2003.0);
    let fitted = train(&mut stopped, parameters, &how, None, &mut run).unwrap();
    assert!(matches!(fitted.outcome, Outcome::Stopped { .. }));
    assert_eq!((fitted.report.steps, stopped.batches), (2, 2000.0));
    let (mut whole, parameters, mut run) = parabola(-1.0);
    let how = Training { steps: 2, ..how };
    let other = train(&mut whole, parameters, &how, None, &mut run).unwrap();
    assert_eq!(
        fitted.model.values(stopped.theta),
        other.model.values(whole.theta)
    );
}

/// A full disk ended a training of hours with an error, and without a model.
#[test]
fn a_checkpoint_that_cannot_be_written_is_a_warning() {
    struct Notes(Arc<AtomicBool>);
    impl Monitor for Notes {
        fn note(&mut self, text: &str) {
            assert!(text.starts_with("warning: no checkpoint is written: "), "{text}");
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let plan = Checkpoints {
        path: PathBuf::from("no such folder/checkpoint"),
        every: Duration::ZERO,
        resume: false,
        fingerprint: String::new(),
    };
    let said = Arc::new(AtomicBool::new(false));
    let (mut objective, parameters, run) = parabola(-1.0);
    let mut run = run.with_monitor(Notes(said.clone()));
    let how = Training {
        steps: 3,
        ..Training::default()
    };
    let fitted = train(&mut objective, parameters, &how, Some(&plan), &mut run).unwrap();
    assert!(fitted.report.steps == 3 && said.load(Ordering::Relaxed));
}

/// Rows y = 2 x + e of one weight: the loss of a row is (y - w x)^2 / 2.
struct Line {
    weight: Parameter,
    x: Vec<f32>,
    y: Vec<f32>,
}

impl Objective for Line {
    fn loss<'t>(&mut self, tape: &'t Tape<'t>, _: &StepContext) -> Result<Tensor<'t>> {
        let rows = self.x.len();
        let of = |values: &[f32]| tape.input(&[rows, 1], values);
        let away = of(&self.y) - of(&self.x).matmul(tape.parameter(self.weight));
        Ok(away.square().affine(0.5, 0.0).mean())
    }

    fn examples(&self) -> (usize, &'static str) {
        (self.x.len(), "rows")
    }

    fn all_examples(&self) -> usize {
        self.x.len()
    }

    fn file(&self, _: &Parameters) -> Result<ModelFile> {
        Ok(ModelFile::new("line"))
    }
}

/// With the prior N(0, s^2) the posterior of w is N(m, v), v = 1 / (x x + 1 / s^2), m = v x y: a Gaussian, so that the bound is tight.
#[test]
fn random_weights_of_any_network_find_their_posterior() {
    let x: Vec<f32> = (0..40).map(|i| (i as f32 * 0.7).sin()).collect();
    let noise = |i: usize| (i as f32 * 12.9).cos();
    let y: Vec<f32> = x.iter().enumerate().map(|(i, x)| 2.0 * x + noise(i)).collect();
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    for (sigma, kl_factor) in [(0.2, 1.0), (3.0, 1.0), (0.2, 0.25)] {
        // A tempered prior counts as one that is wider, of a likelihood that is sharper.
        let precision = sum(&x, &x) / kl_factor + 1.0 / (sigma * sigma);
        let (mean, deviation) = (sum(&x, &y) / kl_factor / precision, precision.powf(-0.5));
        let mut parameters = Parameters::default();
        let weight = parameters.add("w", &[1, 1], |_| 0.0);
        let bias = parameters.add("b", &[1], |_| 0.0);
        let mut line = Line {
            weight,
            x: x.clone(),
            y: y.clone(),
        };
        let how = Training {
            steps: 4000,
            learning_rate: 0.05,
            min_learning_rate_fraction: 0.001,
            clip_norm: 0.0,
            ema_decay: 0.99,
            bayes: BayesSpec {
                weights: WeightKind::Bayes,
                prior: PriorKind::Gaussian,
                prior_sigma: sigma,
                kl_factor,
                ..BayesSpec::default()
            },
            ..Training::default()
        };
        let found = train(&mut line, parameters, &how, None, &mut Run::new(1))
            .unwrap()
            .model;
        let names: Vec<&str> = found.iter().map(|(_, name, _)| name).collect();
        assert_eq!(names, ["w", "b", "w.rho"], "a bias is a point");
        assert_eq!(found.values(bias), [0.0]);
        let rho = f64::from(found.all()[2]);
        let (m, s) = (f64::from(found.values(weight)[0]), rho.exp().ln_1p());
        assert!((m - mean).abs() < 0.1 * deviation, "{m} {mean} {deviation}");
        assert!((s / deviation - 1.0).abs() < 0.08, "{s} {deviation}");
    }
}
