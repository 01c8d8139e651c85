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
    "Gaussian on weight matrices (weight decay)",
    "maximum likelihood by stochastic gradient descent (AdamW, SGD)",
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
            TOKENIZER,
            VOCAB_SIZE,
            LAYERS,
            HEADS,
            EMBEDDING_WIDTH,
            CONTEXT,
            DROPOUT,
            TIE_EMBEDDINGS,
        ]),
        defaults: || json(&GptSpec::default()),
    },
    read: |spec| Ok(read::<GptSpec>(spec)?.into()),
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
            TOKENIZER,
            VOCAB_SIZE,
            LAYERS,
            HEADS,
            KV_HEADS,
            EMBEDDING_WIDTH,
            FEED_FORWARD_WIDTH,
            CONTEXT,
            DROPOUT,
            TIE_EMBEDDINGS,
        ]),
        defaults: || json(&LlamaSpec::default()),
    },
    read: |spec| Ok(read::<LlamaSpec>(spec)?.into()),
};

/// Long short-term memories.
pub static LSTM: Row = recurrent(
    "lstm",
    "Long short-term memory",
    "Reads a text from beginning to end and carries a state with gates along. Writes with the same effort per token \
     however long the text is.",
    |spec| Ok(read::<RecurrentSpec>(spec)?.of(Cell::Lstm)),
);

/// Gated recurrent units.
pub static GRU: Row = recurrent(
    "gru",
    "Gated recurrent unit",
    "As `lstm`, with three gates and one state vector.",
    |spec| Ok(read::<RecurrentSpec>(spec)?.of(Cell::Gru)),
);

/// Plain recurrent networks.
pub static RNN: Row = recurrent(
    "rnn",
    "Recurrent network",
    "The plain one: the state is tanh of a linear map of itself and the token. It forgets quickly; a baseline.",
    |spec| Ok(read::<RecurrentSpec>(spec)?.of(Cell::Rnn)),
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
    TOKENIZER,
    VOCAB_SIZE,
    LAYERS,
    HIDDEN_SIZE,
    TRUNCATION,
    DROPOUT,
    TIE_EMBEDDINGS,
    INIT,
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
    GRADIENT_ACCUMULATION,
    OPTIMIZER,
    LEARNING_RATE,
    SCHEDULE,
    WARMUP,
    MIN_LEARNING_RATE_FRACTION,
    DECAY_START,
    DECAY_PERIOD,
    DECAY_GAMMA,
    BETA1,
    BETA2,
    MOMENTUM,
    WEIGHT_DECAY,
    CLIP_NORM,
    EMA_DECAY,
    EVALUATE_EVERY,
    PATIENCE,
];

const KV_HEADS: Setting = setting(
    "kv_heads",
    ">= 0",
    "Key/value heads (grouped-query attention); 0 is as many as attention heads",
);
const FEED_FORWARD_WIDTH: Setting = setting(
    "feed_forward_width",
    ">= 0",
    "Width of feed-forward layers; 0 is 8/3 of the embedding width, up to a multiple of 32",
);
const HIDDEN_SIZE: Setting = setting(
    "hidden_size",
    ">= 1",
    "Hidden size: width of states and of embeddings",
);
const TRUNCATION: Setting = setting(
    "context",
    ">= 1",
    "Length of truncated back-propagation through time, in tokens",
);
const INIT: Setting = setting(
    "init",
    ">= 0",
    "Range of the uniform initial weights; 0 is 1 / sqrt(hidden_size)",
);
const TOKENIZER: Setting = setting(
    "tokenizer",
    "char bpe word",
    "Tokenizer: characters, byte pairs, or words between white space",
);
const VOCAB_SIZE: Setting = setting(
    "vocab_size",
    ">= 0",
    "Vocabulary size, at most; 0 is all characters, 1024 byte pairs, or 10,000 words",
);
const LAYERS: Setting = setting("layers", ">= 1", "Number of layers");
const HEADS: Setting = setting(
    "heads",
    ">= 1",
    "Number of attention heads, which divides the embedding width",
);
const EMBEDDING_WIDTH: Setting = setting("embedding_width", ">= 1", "Embedding width (`d_model`, `n_embd`)");
const CONTEXT: Setting = setting("context", ">= 1", "Context length, in tokens");
const DROPOUT: Setting = setting("dropout", "[0, 1)", "Dropout probability");
const TIE_EMBEDDINGS: Setting = setting(
    "tie_embeddings",
    "true false",
    "Share weights between token embeddings and output layer",
);
const STEPS: Setting = setting("steps", ">= 1", "Number of optimizer steps");
const BATCH: Setting = setting("batch", ">= 1", "Mini-batch size, in windows of the text");
const GRADIENT_ACCUMULATION: Setting = setting(
    "gradient_accumulation",
    ">= 1",
    "Gradient accumulation: mini-batches per optimizer step",
);
const OPTIMIZER: Setting = setting("optimizer", "adamw sgd", "Optimizer");
const LEARNING_RATE: Setting = setting("learning_rate", ">= 0", "Peak learning rate");
const SCHEDULE: Setting = setting(
    "schedule",
    "constant cosine linear step",
    "Learning-rate schedule after warmup",
);
const WARMUP: Setting = setting("warmup", ">= 0", "Steps of linear warmup");
const MIN_LEARNING_RATE_FRACTION: Setting = setting(
    "min_learning_rate_fraction",
    "0 to 1",
    "Final learning rate as a fraction of the peak (cosine, linear)",
);
const DECAY_START: Setting = setting("decay_start", ">= 0", "Steps before the first decay (step)");
const DECAY_PERIOD: Setting = setting("decay_period", ">= 1", "Steps between two decays (step)");
const DECAY_GAMMA: Setting = setting(
    "decay_gamma",
    ">= 0",
    "Factor of the learning rate at each decay (step)",
);
const BETA1: Setting = setting(
    "beta1",
    "[0, 1)",
    "Decay rate of the first-moment estimate (adamw)",
);
const BETA2: Setting = setting(
    "beta2",
    "[0, 1)",
    "Decay rate of the second-moment estimate (adamw)",
);
const MOMENTUM: Setting = setting("momentum", "[0, 1)", "Momentum factor (sgd)");
const WEIGHT_DECAY: Setting = setting(
    "weight_decay",
    ">= 0",
    "Weight decay: decoupled, of matrices only (adamw), or an L2 penalty on all parameters (sgd)",
);
const CLIP_NORM: Setting = setting(
    "clip_norm",
    ">= 0",
    "Gradient-norm clipping: largest norm of the gradient; 0 turns it off",
);
const EMA_DECAY: Setting = setting(
    "ema_decay",
    "[0, 1)",
    "Decay rate of the exponential moving average of the weights, which is the model then; 0 keeps none",
);
const EVALUATE_EVERY: Setting = setting(
    "evaluate_every",
    ">= 0",
    "Steps between two evaluations on held-out text, which keep the best model; 0 evaluates at the end only",
);
const PATIENCE: Setting = setting(
    "patience",
    ">= 0",
    "Evaluations without improvement before early stopping; 0 is never",
);

fn json<S: Serialize>(spec: &S) -> Value {
    serde_json::to_value(spec).unwrap_or_default()
}

/// Settings out of JSON; words that are not known say which are.
fn read<S: DeserializeOwned>(spec: &Value) -> Result<S> {
    for Setting { name, range, .. } in [TOKENIZER, OPTIMIZER, SCHEDULE] {
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
