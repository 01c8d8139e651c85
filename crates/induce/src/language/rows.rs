//! One row per language model.

use induce_core::{Error, Result};
use induce_deep::language::{GptSpec, LlamaSpec, RecurrentSpec, Settings};
use induce_deep::layers::Cell;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Row;
use crate::registry::{Card, Setting, setting};
use crate::settings::read_spec;

/// Every language model.
pub static MODELS: &[&Row] = &[&GPT, &LLAMA, &LSTM, &GRU, &RNN];

const IDEA: [&str; 3] = [
    "categorical, the next token",
    "Gaussian on weight matrices (decay)",
    "maximum likelihood by steps along noisy slopes (AdamW, SGD)",
];

/// GPT-2's kind.
pub static GPT: Row = Row {
    card: Card {
        name: "gpt",
        title: "Transformer of GPT-2's kind",
        about: "Learns from a text what token comes next, with attention to all tokens of a window. The defaults train in \
                a minute on a processor; the model opens anywhere as Hugging Face's GPT-2.",
        idea: IDEA,
        tasks: &[],
        settings: &with_training::<8, 27>([
            TOKENIZER, VOCABULARY, LAYERS, HEADS, WIDTH, CONTEXT, DROPOUT, TIED,
        ]),
        defaults: || json(&GptSpec::default()),
    },
    read: |spec| Ok(Settings::Gpt(read(spec)?)),
};

/// Llama's kind.
pub static LLAMA: Row = Row {
    card: Card {
        name: "llama",
        title: "Transformer of Llama's kind",
        about: "As `gpt`, with rotary positions, RMS norms, SwiGLU and queries that share keys: what most open models are \
                made of. The model opens anywhere as Hugging Face's Llama.",
        idea: IDEA,
        tasks: &[],
        settings: &with_training::<10, 29>([
            TOKENIZER, VOCABULARY, LAYERS, HEADS, KEY_HEADS, WIDTH, HIDDEN, CONTEXT, DROPOUT, TIED,
        ]),
        defaults: || json(&LlamaSpec::default()),
    },
    read: |spec| Ok(Settings::Llama(read(spec)?)),
};

/// Long short-term memories.
pub static LSTM: Row = recurrent(
    "lstm",
    "Long short-term memory",
    "Reads a text from beginning to end and carries a state with gates along. Writes with the same effort per token \
     however long the text is.",
    |spec| Ok(Settings::Recurrent(Cell::Lstm, read(spec)?)),
);

/// Gated recurrent units.
pub static GRU: Row = recurrent(
    "gru",
    "Gated recurrent unit",
    "As `lstm`, with three gates and one state vector.",
    |spec| Ok(Settings::Recurrent(Cell::Gru, read(spec)?)),
);

/// Plain recurrent networks.
pub static RNN: Row = recurrent(
    "rnn",
    "Recurrent network",
    "The plain one: the state is tanh of a linear map of itself and the token. It forgets quickly; a baseline.",
    |spec| Ok(Settings::Recurrent(Cell::Rnn, read(spec)?)),
);

const fn recurrent(
    name: &'static str,
    title: &'static str,
    about: &'static str,
    read: fn(&Value) -> Result<Settings>,
) -> Row {
    Row {
        card: Card {
            name,
            title,
            about,
            idea: IDEA,
            tasks: &[],
            settings: &RECURRENT,
            defaults: || json(&RecurrentSpec::default()),
        },
        read,
    }
}

const RECURRENT: [Setting; 27] = with_training([
    TOKENIZER, VOCABULARY, LAYERS, STATE, STEPS_BACK, DROPOUT, TIED, INIT,
]);

/// The settings of a network, and those of its training.
const fn with_training<const N: usize, const ALL: usize>(own: [Setting; N]) -> [Setting; ALL] {
    let mut all = [STEPS; ALL];
    let mut i = 0;
    while i < ALL {
        all[i] = if i < N { own[i] } else { TRAINING[i - N] };
        i += 1;
    }
    all
}

const TRAINING: [Setting; 19] = [
    STEPS,
    BATCH,
    ACCUMULATE,
    OPTIMISER,
    LEARNING_RATE,
    SCHEDULE,
    WARM_UP,
    FLOOR,
    HOLD,
    EVERY,
    FACTOR,
    BETA1,
    BETA2,
    MOMENTUM,
    DECAY,
    CLIP,
    AVERAGE,
    EVALUATE_EVERY,
    PATIENCE,
];

const KEY_HEADS: Setting = setting(
    "key_heads",
    ">= 0",
    "Heads of keys and values; 0 is as many as of queries",
);
const HIDDEN: Setting = setting(
    "hidden",
    ">= 0",
    "Numbers within a feed-forward layer; 0 is 8/3 of the width, up to a multiple of 32",
);
const STATE: Setting = setting("width", ">= 1", "Numbers of a state, and of an embedding");
const STEPS_BACK: Setting = setting("context", ">= 1", "Tokens through which slopes go back");
const INIT: Setting = setting(
    "init",
    ">= 0",
    "Weights begin uniform within this of 0; 0 is 1 / sqrt(width)",
);
const TOKENIZER: Setting = setting(
    "tokenizer",
    "char bpe word",
    "Tokens are characters, frequent sequences of bytes, or words between white space",
);
const VOCABULARY: Setting = setting(
    "vocabulary",
    ">= 0",
    "Most tokens; 0 is all characters, 1024 sequences of bytes, or 10,000 words",
);
const LAYERS: Setting = setting("layers", ">= 1", "Layers");
const HEADS: Setting = setting("heads", ">= 1", "Heads of attention; they divide the width");
const WIDTH: Setting = setting("width", ">= 1", "Numbers of a position between the layers");
const CONTEXT: Setting = setting(
    "context",
    ">= 1",
    "Tokens of a window: the most that is looked back on",
);
const DROPOUT: Setting = setting(
    "dropout",
    "0 to 1",
    "Share of numbers left out while learning: after embeddings, of attention's probabilities, and of what layers add or hand on",
);
const TIED: Setting = setting("tied", "true false", "Logits are products with the embeddings");
const STEPS: Setting = setting("steps", ">= 1", "Steps of the optimiser");
const BATCH: Setting = setting("batch", ">= 1", "Windows of a mini-batch");
const ACCUMULATE: Setting = setting("accumulate", ">= 1", "Mini-batches whose slopes add up to a step");
const OPTIMISER: Setting = setting("optimiser", "adamw sgd", "Which way a step goes");
const LEARNING_RATE: Setting = setting("learning_rate", ">= 0", "The step size at its largest");
const SCHEDULE: Setting = setting(
    "schedule",
    "constant cosine linear step",
    "How the step size changes after its rise",
);
const WARM_UP: Setting = setting("warm_up", ">= 0", "Steps in which the step size rises from 0");
const FLOOR: Setting = setting(
    "floor",
    "0 to 1",
    "Share of the step size left in the end (cosine, linear)",
);
const HOLD: Setting = setting("hold", ">= 0", "Steps before the first change (step)");
const EVERY: Setting = setting("every", ">= 1", "Steps between two changes (step)");
const FACTOR: Setting = setting(
    "factor",
    ">= 0",
    "What the step size is multiplied by at a change (step)",
);
const BETA1: Setting = setting("beta1", "0 to 1", "Share of the old mean of slopes (adamw)");
const BETA2: Setting = setting(
    "beta2",
    "0 to 1",
    "Share of the old mean of squared slopes (adamw)",
);
const MOMENTUM: Setting = setting(
    "momentum",
    "0 to 1",
    "Share of the last direction that is kept (sgd)",
);
const DECAY: Setting = setting(
    "decay",
    ">= 0",
    "What weights shrink by in a step, over the step size: matrices only (adamw), or all (sgd)",
);
const CLIP: Setting = setting("clip", ">= 0", "Longest slope over all parameters; 0 is no limit");
const AVERAGE: Setting = setting(
    "average",
    "0 to 1",
    "Share of the old average of parameters, which is the model then; 0 keeps none",
);
const EVALUATE_EVERY: Setting = setting(
    "evaluate_every",
    ">= 0",
    "Steps between two looks at the held-out text, which keep the best model; 0 looks in the end",
);
const PATIENCE: Setting = setting(
    "patience",
    ">= 0",
    "Looks without a better loss after which training ends; 0 is never",
);

fn json<S: Serialize>(spec: &S) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// Settings out of JSON; words that are not known say which are.
fn read<S: DeserializeOwned>(spec: &Value) -> Result<S> {
    for Setting { name, range, .. } in [TOKENIZER, OPTIMISER, SCHEDULE] {
        let word = spec[name].as_str().unwrap_or_default();
        if !range.split(' ').any(|known| known == word) {
            let known = range.replace(' ', ", ");
            return Err(Error::setting(name, word, format!("it is one of {known}")));
        }
    }
    read_spec("the language model", spec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_every_setting_of_the_spec() {
        for row in MODELS {
            let spec = (row.card.defaults)();
            let keys: Vec<&String> = spec.as_object().unwrap().keys().collect();
            let names: Vec<&str> = row.card.settings.iter().map(|s| s.name).collect();
            assert_eq!(keys, names, "{}", row.card.name);
            (row.read)(&spec).unwrap().check().unwrap();
        }
    }
}
