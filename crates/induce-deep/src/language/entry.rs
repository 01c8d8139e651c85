//! Language models as the registry knows them.

use induce_core::model::{
    Block, Content, Data, DataKind, Entry, Evaluation, Fact, Fit, Generate, Model, ModelInfo, Range,
    Registry, Section, Setting, Text, any_task, read_spec,
};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Fitted, Result, Run};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::corpus::Corpus;
use super::file::{Header, KIND, network_of};
use super::fit::{Trained, fit};
use super::generate::{Generation, generate};
use super::judge::judge;
use super::open::Language;
use super::reader::Decoder;
use super::sampling::Sampling;
use super::scores::{scores, trained_scores};
use super::settings::{GptSpec, LlamaSpec, RecurrentSpec, Settings};
use super::tokens::Tokens;
use crate::layers::Cell;

/// What all language models share.
const COMMON: Entry = Entry {
    info: ModelInfo {
        name: "",
        title: "",
        about: "",
        idea: [
            "categorical, the next token",
            "Gaussian on weight matrices (weight decay)",
            "maximum likelihood by stochastic gradient descent (AdamW, SGD)",
        ],
    },
    input: DataKind::Text,
    tasks: &[],
    settings: &[],
    search: None,
    defaults: || Value::Null,
    check,
    task_of: any_task,
    fit: |values, data, context| learn(&GPT, values, data, context),
    kind: KIND,
    open,
};

/// Transformer of GPT-2's kind.
pub static GPT: Entry = Entry {
    info: ModelInfo {
        name: "gpt",
        title: "Transformer of GPT-2's kind",
        about: "Learns from a text what token comes next, with attention to all tokens of a window. The defaults train in \
                a minute on a processor; the model opens anywhere as Hugging Face's GPT-2.",
        ..COMMON.info
    },
    settings: &with_training::<8, 27>([
        TOKENIZER, VOCABULARY, LAYERS, HEADS, WIDTH, CONTEXT, DROPOUT, TIED,
    ]),
    defaults: || json("gpt", &GptSpec::default()),
    fit: |values, data, context| learn(&GPT, values, data, context),
    ..COMMON
};

/// Transformer of Llama's kind.
pub static LLAMA: Entry = Entry {
    info: ModelInfo {
        name: "llama",
        title: "Transformer of Llama's kind",
        about: "As `gpt`, with rotary positions, RMS norms, SwiGLU and queries that share keys: what most open models are \
                made of. The model opens anywhere as Hugging Face's Llama.",
        ..COMMON.info
    },
    settings: &with_training::<10, 29>([
        TOKENIZER, VOCABULARY, LAYERS, HEADS, KEY_HEADS, WIDTH, HIDDEN, CONTEXT, DROPOUT, TIED,
    ]),
    defaults: || json("llama", &LlamaSpec::default()),
    fit: |values, data, context| learn(&LLAMA, values, data, context),
    ..COMMON
};

/// Long short-term memory.
pub static LSTM: Entry = Entry {
    info: ModelInfo {
        name: "lstm",
        title: "Long short-term memory",
        about: "Reads a text from beginning to end and carries a state with gates along. Writes with the same effort per token \
                however long the text is.",
        ..COMMON.info
    },
    settings: &RECURRENT,
    defaults: || json("lstm", &RecurrentSpec::default()),
    fit: |values, data, context| learn(&LSTM, values, data, context),
    ..COMMON
};

/// Gated recurrent unit.
pub static GRU: Entry = Entry {
    info: ModelInfo {
        name: "gru",
        title: "Gated recurrent unit",
        about: "As `lstm`, with three gates and one state vector.",
        ..COMMON.info
    },
    settings: &RECURRENT,
    defaults: || json("gru", &RecurrentSpec::default()),
    fit: |values, data, context| learn(&GRU, values, data, context),
    ..COMMON
};

/// Recurrent network.
pub static RNN: Entry = Entry {
    info: ModelInfo {
        name: "rnn",
        title: "Recurrent network",
        about: "The plain one: the state is tanh of a linear map of itself and the token. It forgets quickly; a baseline.",
        ..COMMON.info
    },
    settings: &RECURRENT,
    defaults: || json("rnn", &RecurrentSpec::default()),
    fit: |values, data, context| learn(&RNN, values, data, context),
    ..COMMON
};

/// Every language model.
pub static ENTRIES: [&Entry; 5] = [&GPT, &LLAMA, &LSTM, &GRU, &RNN];

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

const fn setting(name: &'static str, range: &'static str, doc: &'static str) -> Setting {
    Setting {
        name,
        aliases: &[],
        doc,
        range: Range::Said(range),
        search: None,
    }
}

/// The values of a spec; the model's name goes with them into its file.
fn json<S: Serialize>(model: &str, spec: &S) -> Value {
    let mut value = serde_json::to_value(spec).unwrap_or_default();
    value["model"] = model.into();
    value
}

fn check(values: &Value, _: &Registry) -> Result<()> {
    settings_of(values)?.check()
}

/// The settings that values say.
///
/// # Errors
/// If a word is unknown, or a value of another type.
pub fn settings_of(values: &Value) -> Result<Settings> {
    match values["model"].as_str().unwrap_or_default() {
        "gpt" => Ok(Settings::Gpt(read(values)?)),
        "llama" => Ok(Settings::Llama(read(values)?)),
        "lstm" => Ok(Settings::Recurrent(Cell::Lstm, read(values)?)),
        "gru" => Ok(Settings::Recurrent(Cell::Gru, read(values)?)),
        "rnn" => Ok(Settings::Recurrent(Cell::Rnn, read(values)?)),
        other => Err(Error::UnknownName {
            what: "language model",
            name: other.into(),
            known: ENTRIES.iter().map(|entry| entry.info.name.to_owned()).collect(),
        }),
    }
}

/// Settings out of JSON; words that are not known say which are.
fn read<S: DeserializeOwned>(spec: &Value) -> Result<S> {
    for Setting { name, range, .. } in [TOKENIZER, OPTIMISER, SCHEDULE] {
        let (word, range) = (spec[name].as_str().unwrap_or_default(), range.to_string());
        if !range.split(' ').any(|known| known == word) {
            let known = range.replace(' ', ", ");
            return Err(Error::setting(name, word, format!("it is one of {known}")));
        }
    }
    read_spec("the language model", spec)
}

fn entry_of(values: &Value) -> &'static Entry {
    let name = values["model"].as_str().unwrap_or_default();
    ENTRIES
        .iter()
        .find(|entry| entry.info.name == name)
        .copied()
        .unwrap_or(&GPT)
}

fn learn(
    entry: &'static Entry,
    values: &Value,
    data: &Data,
    context: &mut Fit,
) -> Result<Fitted<Box<dyn Model>>> {
    context.init.refuse(entry.info.name)?;
    let settings = settings_of(values)?;
    settings.check()?;
    let train = data.text()?;
    let valid = context.valid.map(Data::text).transpose()?;
    let corpus = corpus(&settings, train, valid)?;
    context
        .run
        .monitor()
        .note(&divided(train, valid, &corpus, &settings));
    let mut fitted = fit(&settings, values, &corpus, context.checkpoints, context.run)?;
    let (tokens, parameters) = (corpus.tokens.size(), fitted.model.parameters.count());
    fitted.report.scores = trained_scores(&fitted, corpus.held_out_bytes);
    fitted.report.facts = vec![
        ("vocabulary".into(), tokens.into()),
        ("parameters".into(), parameters.into()),
        ("tokens_fitted".into(), corpus.train.len().into()),
        ("tokens_judged".into(), corpus.held_out.len().into()),
        ("steps".into(), fitted.report.steps.into()),
        ("traces".into(), json!(fitted.report.traces)),
    ];
    Ok(fitted.map(|trained| Box::new(trained) as Box<dyn Model>))
}

/// Texts as tokens of the tokenizer that comes with them, or of one that is learnt from them.
fn corpus(settings: &Settings, train: &Text, valid: Option<&Text>) -> Result<Corpus> {
    let none = Text::new("");
    let valid = valid.unwrap_or(&none);
    let Some(json) = &train.tokenizer else {
        let (cut, vocabulary) = settings.cut();
        return Corpus::new(train.plain()?, valid.plain()?, cut, vocabulary);
    };
    let tokens = Tokens::from_json("the tokenizer", json.as_bytes(), None, Vec::new())?;
    let cut = |text: &Text| match &text.content {
        Content::Tokens(tokens) => Ok(tokens.clone()),
        Content::Plain(text) if text.is_empty() => Ok(Vec::new()),
        Content::Plain(text) => tokens.encode_all(text),
    };
    match (&train.content, &valid.content) {
        (Content::Plain(train), Content::Plain(valid)) => Corpus::with(tokens, train, valid),
        _ => {
            let (train, valid) = (cut(train)?, cut(valid)?);
            Corpus::of_tokens(tokens, train, valid)
        }
    }
}

/// What is learnt from, said before the training begins.
fn divided(train: &Text, valid: Option<&Text>, corpus: &Corpus, settings: &Settings) -> String {
    use induce_core::words::count;
    let size = count(corpus.tokens.size());
    let tokens = match &train.tokenizer {
        Some(_) => format!("tokens: of the tokenizer given, {size} different"),
        None => format!(
            "tokens: {}, {size} different (--set tokenizer=char|bpe|word --set vocab_size=N)",
            settings.cut().0.name()
        ),
    };
    let held_out = match valid.map(|_| corpus.held_out.len()) {
        None | Some(0) => "none held out (--holdout, --valid)".into(),
        Some(n) => format!("{} held out (--holdout, --valid)", count(n)),
    };
    format!(
        "{tokens}\nsplit: {} tokens to learn from, {held_out}",
        count(corpus.train.len())
    )
}

fn open(file: &ModelFile, _: &Registry) -> Result<Box<dyn Model>> {
    let header = Header::of(file)?;
    let (_, parameters) = network_of(file, &header)?;
    header.tokens(&file.file)?;
    Ok(Box::new(Trained {
        header,
        parameters,
        held_out: None,
    }))
}

/// The language model that a model is, ready to read: of one that was trained here its network is assembled.
///
/// # Errors
/// If it is none, or its tokenizer is damaged.
pub fn pretrained(model: Box<dyn Model>) -> Result<Language> {
    if model.downcast::<Language>().is_some() {
        let any: Box<dyn std::any::Any> = model;
        return any
            .downcast::<Language>()
            .map(|own| *own)
            .map_err(|_| no_language("model"));
    }
    match model.downcast::<Trained>() {
        Some(trained) => trained.language(),
        None => Err(no_language(model.name())),
    }
}

fn no_language(name: &str) -> Error {
    Error::data(
        format!("a `{name}` is no language model"),
        "`gpt`, `llama`, `lstm`, `gru` and `rnn` are, and what `induce models` lists for texts",
    )
}

impl Model for Trained {
    fn entry(&self) -> &'static Entry {
        entry_of(&self.header.settings)
    }

    fn settings(&self) -> Value {
        self.header.settings.clone()
    }

    fn store(&self) -> Result<ModelFile> {
        self.file()
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = vec![("parameters", self.parameters.count().into())];
        facts.extend(self.language().map(|own| own.facts()).unwrap_or_default());
        facts
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        self.language()?.evaluate(data, run)
    }

    fn generator(&self) -> Option<&dyn Generate> {
        Some(self)
    }
}

impl Generate for Trained {
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        self.language()?.generate(n, run)
    }
}

impl Model for Language {
    fn entry(&self) -> &'static Entry {
        entry_of(&json!({ "model": self.kind() }))
    }

    fn settings(&self) -> Value {
        let own = self.trained.as_ref().map(|own| own["settings"].clone());
        own.unwrap_or_else(|| json!({}))
    }

    fn store(&self) -> Result<ModelFile> {
        Err(Error::data(
            format!("a model in the format of {} is no file of ours", self.format),
            "keep its own file, or write it as another format: `induce convert`",
        ))
    }

    fn facts(&self) -> Vec<Fact> {
        Self::facts(self)
    }

    fn generator(&self) -> Option<&dyn Generate> {
        Some(self)
    }

    fn summary(&self) -> Vec<Section> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let facts = Self::facts(self)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), text(&value)));
        vec![Section::new("Network", vec![Block::Facts(facts.collect())])]
    }

    fn evaluate(&self, data: &Data, run: &mut Run) -> Result<Evaluation> {
        let text = data.text()?.plain()?;
        let judged = judge(self, text, run)?;
        let tokens: f64 = judged.groups.iter().map(|group| group.1).sum();
        Ok(Evaluation {
            scores: scores(&judged, text.len()),
            prediction: None,
            facts: vec![("tokens_judged", json!(tokens)), ("bytes", text.len().into())],
        })
    }
}

impl Generate for Language {
    /// So many tokens of text, from nothing on, drawn as `induce generate` draws them by default.
    fn generate(&self, n: usize, run: &mut Run) -> Result<Data> {
        let prompt = self.tokens.opening("")?;
        let mut decoder = Decoder::new(&self.model, prompt.len().saturating_add(n));
        let generation = Generation {
            sampling: Sampling::default(),
            tokens: n,
            stops: &[],
            draft: None,
        };
        let report = generate(&mut decoder, &self.tokens, &prompt, generation, run, &mut |_| {
            Ok(())
        })?;
        Ok(Data::Text(Text::new(report.text)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn the_reference_has_every_setting_of_the_spec() {
        for entry in ENTRIES {
            let values = (entry.defaults)();
            let keys: Vec<&String> = values.as_object().unwrap().keys().collect();
            let names: Vec<&str> = entry.settings.iter().map(|s| s.name).chain(["model"]).collect();
            assert_eq!(keys, names, "{}", entry.info.name);
            check(&values, &Registry(&[])).unwrap();
        }
    }
}
