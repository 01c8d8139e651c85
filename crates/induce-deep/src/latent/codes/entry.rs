//! Auto-encoders with codes as the registry knows them.

use induce_core::Result;
use induce_core::metrics::Score;
use induce_core::model::{AnyFitted, Data, DataKind, Entry, Fit, ModelInfo, any_task, read_spec};
use serde_json::Value;

use super::file::{KIND, NAME};
use super::fit::fit;
use super::model::Trained;
use super::spec::{Quantization, Spec};
use crate::latent::entry::{last, reported};

/// An entry: who it is, how it is learnt, and what sets it apart.
const fn entry(
    info: ModelInfo,
    defaults: fn() -> Value,
    fit: fn(&Value, &Data, &mut Fit) -> Result<AnyFitted>,
) -> Entry {
    Entry {
        info,
        input: DataKind::Images,
        also: &[],
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
    "Bernoulli, Gaussian, logit-Laplace or categorical about what a decoder says of codes";
const PRIOR: &str = "uniform codes while it is trained, their frequencies at every place afterwards";

/// Vector-quantized auto-encoder, as the registry knows it.
pub static VQVAE: Entry = entry(
    ModelInfo {
        name: "vqvae",
        title: "Vector-quantized auto-encoder",
        about: "Says an image by a few codes of a codebook: at every place of a small image the code nearest to what an encoder says.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "a point, with gradients straight through (van den Oord, Vinyals & Kavukcuoglu 2017)",
        ],
    },
    || serde_json::to_value(Spec::default()).unwrap_or_default(),
    |values, data, context| learn(&VQVAE, values, data, context),
);

/// Discrete variational auto-encoder, as the registry knows it.
pub static DVAE: Entry = entry(
    ModelInfo {
        name: "dvae",
        title: "Discrete variational auto-encoder",
        about: "As `vqvae`, with codes that are drawn: the image tokens of DALL-E, trained by a relaxation that cools.",
        idea: [
            LIKELIHOOD,
            PRIOR,
            "amortised variational inference with the Gumbel-softmax relaxation (Ramesh et al. 2021)",
        ],
    },
    || {
        let spec = Spec {
            quantization: Quantization::Gumbel,
            ..Spec::default()
        };
        serde_json::to_value(spec).unwrap_or_default()
    },
    |values, data, context| learn(&DVAE, values, data, context),
);

/// The entry called `name`; a file of a name that nobody knows is a `vqvae`.
fn entry_of(name: &str) -> &'static Entry {
    if name == DVAE.info.name { &DVAE } else { &VQVAE }
}

fn learn(entry: &'static Entry, values: &Value, data: &Data, context: &mut Fit) -> Result<AnyFitted> {
    context.init.refuse(entry.info.name)?;
    let mut named = values.clone();
    named["model"] = entry.info.name.into();
    let (images, valid) = (data.images()?, context.valid.map(Data::images).transpose()?);
    let fitted = fit(entry, &named, images, valid, context.checkpoints, context.run)?;
    let training = last(&fitted.report, "loss").map(|loss| Score::bare("loss", loss));
    let parameters = fitted.model.parameters.count();
    reported(fitted, (parameters, training), images.len(), context)
}
