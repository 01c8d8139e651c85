//! Auto-encoders as the registry knows them.

use induce_core::metrics::{Score, SplitScores};
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, Model, ModelInfo, any_task, read_spec};
use induce_core::{FitReport, Fitted, Outcome, Result, Trace};
use serde_json::{Value, json};

use super::file::{KIND, NAME};
use super::fit::fit;
use super::likelihood::Likelihood;
use super::model::Trained;
use super::spec::{Bound, Spec};

/// An entry: who it is, how it is learnt, and what sets it apart.
const fn entry(
    info: ModelInfo,
    defaults: fn() -> Value,
    fit: fn(&Value, &Data, &mut Fit) -> Result<AnyFitted>,
) -> Entry {
    Entry {
        info,
        input: DataKind::Rows,
        also: &[DataKind::Images],
        tasks: &[],
        settings: Spec::SETTINGS,
        search: None,
        defaults,
        check: |values, _| read_spec::<Spec>(NAME, values)?.check(),
        task_of: any_task,
        fit,
        kind: KIND,
        open: |file, _| Ok(Box::new(Trained::open(file, entry_of)?)),
    }
}

const LIKELIHOOD: &str =
    "Bernoulli, Gaussian, logit-Laplace or categorical about what a decoder says of latent variables";
const PRIOR: &str = "standard normal latent variables";

/// Variational auto-encoder, as the registry knows it.
pub static VAE: Entry = entry(
    ModelInfo {
        name: "vae",
        title: "Variational auto-encoder",
        about: "Learns from images, or the rows of a table, a few latent variables, how likely an image or a row is, and to draw new ones; what is missing of \
                rows it fills in. `induce evaluate --samples 5000` judges it.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "amortised variational inference: the ELBO by stochastic gradients (Kingma & Welling 2014)",
        ],
    },
    || serde_json::to_value(Spec::default()).unwrap_or_default(),
    |values, data, context| learn(&VAE, values, data, context),
);

/// Importance-weighted auto-encoder, as the registry knows it.
pub static IWAE: Entry = entry(
    ModelInfo {
        name: "iwae",
        title: "Importance-weighted auto-encoder",
        about: "As `vae`, with a tighter bound by several samples of each: latent variables that say more, and a better density.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "the bound of k importance samples by stochastic gradients (Burda, Grosse & Salakhutdinov 2016)",
        ],
    },
    || preset(Bound::Iwae, 5),
    |values, data, context| learn(&IWAE, values, data, context),
);

/// Auto-encoder by jackknife variational inference, as the registry knows it.
pub static JVI: Entry = entry(
    ModelInfo {
        name: "jvi",
        title: "Auto-encoder by jackknife variational inference",
        about: "As `iwae`, with the first terms of the bound's bias taken off by the jackknife.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "the importance-weighted bound less its bias, by stochastic gradients (Nowozin 2018)",
        ],
    },
    || preset(Bound::Jvi, 8),
    |values, data, context| learn(&JVI, values, data, context),
);

/// Auto-encoder, as the registry knows it.
pub static AUTOENCODER: Entry = entry(
    ModelInfo {
        name: "autoencoder",
        title: "Auto-encoder",
        about: "Learns to say an image or a row in a few numbers and to draw it from them; with `corruption` from an image of which values are lost. \
                The limit of `vae` without noise and without prior.",
        idea: [
            LIKELIHOOD,
            "none",
            "maximum likelihood at the encoder's point estimate, by stochastic gradients",
        ],
    },
    || preset(Bound::None, 1),
    |values, data, context| learn(&AUTOENCODER, values, data, context),
);

/// Every auto-encoder.
pub static ENTRIES: [&Entry; 4] = [&VAE, &IWAE, &JVI, &AUTOENCODER];

fn preset(bound: Bound, samples: usize) -> Value {
    serde_json::to_value(Spec {
        bound,
        samples,
        ..Spec::default()
    })
    .unwrap_or_default()
}

/// The entry called `name`; a file of a name that nobody knows is a `vae`.
pub fn entry_of(name: &str) -> &'static Entry {
    let found = ENTRIES.iter().find(|entry| entry.info.name == name);
    found.copied().unwrap_or(&VAE)
}

fn learn(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(entry.info.name)?;
    let mut named = values.clone();
    named["model"] = entry.info.name.into();
    let fitted = fit(
        entry,
        &named,
        data,
        context.valid,
        context.checkpoints,
        context.run,
    )?;
    if let Some(warning) = collapsed(&fitted.report) {
        context.run.watched().note(&warning);
    }
    let training = trained_score(&fitted.model.spec, &fitted.report);
    let parameters = fitted.model.parameters.count();
    reported(fitted, (parameters, training), data.len(), context)
}

/// A fitted auto-encoder with what its fit says: the score of the last steps, and how good it is on data that are watched.
///
/// # Errors
/// As its evaluation.
pub fn reported<M: Model>(
    mut fitted: Fitted<M>,
    (parameters, training): (usize, Option<Score>),
    examples: usize,
    context: &mut Fit,
) -> Result<AnyFitted> {
    let report = &mut fitted.report;
    let split = |score| SplitScores::new("train", vec![score]);
    report.scores = training.map(split).into_iter().collect();
    let stopped = matches!(fitted.outcome, Outcome::Stopped { .. });
    if let Some(valid) = context.valid.filter(|_| !stopped) {
        let judged = fitted.model.evaluate(valid, context.run)?;
        report.scores.push(SplitScores::new("valid", judged.scores));
    }
    report.facts = vec![
        ("parameters".into(), parameters.into()),
        (fitted_name(fitted.model.reads()).into(), examples.into()),
        ("steps".into(), report.steps.into()),
        ("traces".into(), json!(report.traces)),
    ];
    Ok(fitted.map(|trained| Box::new(trained) as Box<dyn Model>))
}

fn fitted_name(kind: DataKind) -> &'static str {
    match kind {
        DataKind::Images => "images_fitted",
        _ => "rows_fitted",
    }
}

/// What a metric of the training was at last.
pub fn last(report: &FitReport, metric: &str) -> Option<f64> {
    let of = |own: &&Trace| own.split == "train" && own.metric == metric;
    report.traces.iter().find(of)?.last()
}

/// Nats of an example below which latent variables say nothing of it.
const COLLAPSED: f64 = 0.1;

/// That the posterior has become the prior, as the last steps saw it: then latent variables are noise to the decoder (Bowman et al. 2016).
fn collapsed(report: &FitReport) -> Option<String> {
    let kl = last(report, "kl").filter(|kl| *kl < COLLAPSED)?;
    Some(format!(
        "warning: the latent variables carry {kl:.3} nats of an example: the posterior has collapsed to the prior; a smaller `beta`, `beta_warmup`, `free_bits`, or a lower learning rate keep them"
    ))
}

/// The bound that was maximized, as the last steps saw it; nothing of a density of which they saw no volumes.
fn trained_score(spec: &Spec, report: &FitReport) -> Option<Score> {
    if spec.likelihood == Likelihood::LogitLaplace {
        return None;
    }
    let name = match spec.bound {
        Bound::None => "log_likelihood".into(),
        Bound::Elbo => "elbo".into(),
        Bound::Iwae => format!("iwae_{}", spec.samples),
        Bound::Jvi => format!("jvi_{}", spec.order),
    };
    // With random weights the loss has the divergence of these too, which is no part of a bound of data.
    let loss = match spec.training.bayes.is_on() {
        true => last(report, "expected_negative_log_likelihood"),
        false => last(report, "loss"),
    };
    Some(Score::bare(name, -loss?))
}
