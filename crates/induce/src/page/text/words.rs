//! Model, text and times in words.

use induce_deep::train::{OptimizerKind, Training as How};
use induce_plot::Entry;
use serde_json::Value;

use super::inputs::{Inputs, Training};
use induce_core::words::{capital, count, counted};

/// One line under the title.
pub(super) fn subtitle(inputs: &Inputs) -> String {
    let kind = inputs.language.architecture();
    let title = crate::registry::find(kind).map_or(kind, |entry| entry.info.title);
    format!("Next-token prediction: {title}")
}

/// Likelihood, prior, inference.
pub(super) fn idea(inputs: &Inputs) -> Vec<Entry> {
    let size = count(inputs.language.tokens.size());
    let likelihood = format!(
        "Categorical: p(text) = \u{220f} p(token | the tokens before it), a softmax over {size} tokens. The loss is \u{2212}ln p, \
         its mean over tokens in nats."
    );
    let mut all = vec![Entry::new("Likelihood", likelihood)];
    if let Some(training) = &inputs.training {
        let how = training.settings.training();
        all.push(Entry::new("Prior", prior(how)));
        all.push(Entry::new("Inference", inference(training, how)));
    }
    all
}

fn prior(how: &How) -> String {
    let decay = how.weight_decay;
    match (how.optimizer, decay > 0.0) {
        (_, false) => {
            "Flat: weights do not decay, so nothing but the data and the number of steps holds them.".into()
        }
        (OptimizerKind::AdamW, true) => format!(
            "Gaussian around 0 on weight matrices, as their decay by {decay} times the learning rate in every step; decoupled \
             from the slopes (AdamW), so that it holds all of them alike."
        ),
        (OptimizerKind::Sgd, true) => format!(
            "Gaussian around 0 on all weights: decay {decay}, a penalty of {decay}/2 times their squares."
        ),
    }
}

fn inference(training: &Training, how: &How) -> String {
    let what = if how.weight_decay > 0.0 {
        "Maximum a posteriori"
    } else {
        "Maximum likelihood"
    };
    let method = match how.optimizer {
        OptimizerKind::AdamW => "AdamW",
        OptimizerKind::Sgd => "stochastic gradient descent",
    };
    let kept = match (
        super::course::held_out(training.report).len() > 1,
        how.ema_decay > 0.0,
    ) {
        (true, true) => " The model is a running average of weights, the best on the held-out text.",
        (true, false) => " The model is the best on the held-out text of those evaluated.",
        (false, true) => " The model is a running average of weights.",
        (false, false) => "",
    };
    format!(
        "{what}, a point and no distribution: {} of {method} on {} each.{kept} {}.",
        counted(training.report.steps as usize, "step"),
        counted(training.settings.tokens_per_step(), "token"),
        capital(training.outcome.reason())
    )
}

/// Layers, width, memory.
pub(super) fn shape(inputs: &Inputs) -> Vec<Entry> {
    const NAMES: [(&str, &str); 8] = [
        ("model", "Model"),
        ("layers", "Layers"),
        ("embedding_width", "Embedding width"),
        ("hidden_size", "Hidden size"),
        ("feed_forward_width", "Feed-forward width"),
        ("heads", "Attention heads"),
        ("kv_heads", "Key/value heads"),
        ("context", "Context length, in tokens"),
    ];
    let about = about(inputs);
    let plain = |value: &Value| match value.as_u64() {
        Some(number) => count(number as usize),
        None => value.as_str().unwrap_or_default().to_owned(),
    };
    let known = NAMES.iter().filter(|(key, _)| !about[key].is_null());
    let mut all: Vec<Entry> = known
        .map(|(key, name)| Entry::new(*name, plain(&about[key])))
        .collect();
    if let Some(training) = &inputs.training {
        all.push(Entry::new("Parameters", count(training.parameters)));
        if about["context"].is_null() {
            let context = training.settings.shape(1).context();
            all.push(Entry::new("Tokens of truncated back-propagation", count(context)));
        }
        let memory = training.settings.bytes(inputs.language.tokens.size());
        all.extend(memory.map(|bytes| Entry::new("Memory of training", size(bytes))));
    }
    all.push(Entry::new(
        "Weights in memory",
        size(inputs.language.model.bytes() as u64),
    ));
    all
}

/// Facts about the model, by name.
fn about(inputs: &Inputs) -> Value {
    let facts = inputs
        .language
        .facts()
        .into_iter()
        .chain([("model", inputs.language.architecture().into())]);
    Value::Object(facts.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The text, and how it was cut.
pub(super) fn corpus(inputs: &Inputs) -> Vec<Entry> {
    let mut all = vec![Entry::new("Text", inputs.source)];
    let judged = inputs.judged.len();
    let (mut tokens, mut bytes) = (judged, inputs.bytes);
    if let Some(training) = &inputs.training {
        tokens += training.text.len();
        bytes += training.bytes;
        all.push(Entry::new("Bytes", count(bytes)));
        all.push(Entry::new("Tokens to learn from", count(training.text.len())));
        all.push(Entry::new("Tokens held out", share(judged, tokens)));
        all.push(Entry::new("Held out", &*training.divided));
        all.push(Entry::new("Tokens are", &*training.tokens));
        let seen = training.report.steps as f64 * training.settings.tokens_per_step() as f64;
        let times = seen / training.text.len().max(1) as f64;
        all.push(Entry::new("Times it was read", format!("{times:.2}")));
    } else {
        all.push(Entry::new("Bytes", count(bytes)));
        all.push(Entry::new("Tokens judged", count(judged)));
    }
    all.push(Entry::new("Vocabulary", count(inputs.language.tokens.size())));
    let per_token = bytes as f64 / tokens.max(1) as f64;
    all.push(Entry::new("Bytes per token", format!("{per_token:.3}")));
    all
}

fn share(part: usize, all: usize) -> String {
    let share = 100.0 * part as f64 / all.max(1) as f64;
    format!("{} ({share:.1}\u{a0}%)", count(part))
}

/// How fast it learnt, and how fast it writes.
pub(super) fn times(inputs: &Inputs, writing: Option<f64>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    if let Some(training) = &inputs.training {
        let steps = training.report.steps.saturating_sub(training.begun);
        let speed = steps as f64 * training.settings.tokens_per_step() as f64 / training.seconds;
        let since = match training.begun {
            0 => String::new(),
            step => format!(" since step {step}"),
        };
        all.push(("Time to fit".into(), format!("{:.2} s{since}", training.seconds)));
        if speed.is_finite() {
            all.push(("Learning".into(), format!("{} tokens/s", count(speed as usize))));
        }
    }
    all.extend(writing.map(|speed| ("Writing".into(), format!("{} tokens/s", count(speed as usize)))));
    all
}

/// Bytes as people say them.
fn size(bytes: u64) -> String {
    const UNITS: [(&str, f64); 3] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let found = UNITS.iter().find(|(_, unit)| bytes as f64 >= *unit);
    found.map_or_else(
        || format!("{bytes} bytes"),
        |(name, unit)| format!("{:.1} {name}", bytes as f64 / unit),
    )
}

/// Bytes of a token as signs that can be seen: control characters, spaces, marks of direction, and what is no character.
pub(super) fn visible(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        chunk
            .valid()
            .chars()
            .for_each(|character| sign(character, &mut out));
        chunk
            .invalid()
            .iter()
            .for_each(|byte| out += &format!("\\x{byte:02X}"));
    }
    out
}

fn sign(character: char, out: &mut String) {
    match character {
        ' ' => out.push('\u{2423}'),
        '\n' => out.push('\u{21b5}'),
        '\t' => out.push('\u{21e5}'),
        other if other.is_alphanumeric() || other.is_ascii_punctuation() => out.push(other),
        other => out.extend(other.escape_debug()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_token_can_be_seen() {
        let seen = |text: &str| visible(text.as_bytes());
        assert_eq!(seen(" a\n\t"), "\u{2423}a\u{21b5}\u{21e5}");
        assert_eq!(
            seen("\u{0}\u{7}\u{202e}\u{200b}\u{301}"),
            "\\0\\u{7}\\u{202e}\\u{200b}\\u{301}"
        );
        assert_eq!(
            seen("</script>\u{e4}\u{5d0}\u{1f600}"),
            "</script>\u{e4}\u{5d0}\u{1f600}"
        );
        assert_eq!(visible(b"a\xF0\x9F"), "a\\xF0\\x9F");
    }

    #[test]
    fn sizes_are_as_people_say_them() {
        assert_eq!(
            [size(12), size(1500), size(2_500_000)],
            ["12 bytes", "1.5 kB", "2.5 MB"]
        );
    }
}
