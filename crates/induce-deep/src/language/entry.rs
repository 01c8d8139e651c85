//! Pretrained models as the registry knows them.

use induce_core::model::{
    AnyFitted, Block, Content, Data, DataKind, Entry, Evaluation, Fact, Fit, Generate, Model, ModelInfo,
    Registry, Section, Text, any_task,
};
use induce_core::model_file::ModelFile;
use induce_core::{Error, Result, Run};
use serde_json::{Value, json};

use super::architecture::Architecture;
use super::architectures::architecture;
use super::baselines::baselines;
use super::corpus::Corpus;
use super::decoder::Decoder;
use super::evaluate::evaluate_tokens;
use super::file::{Header, KIND, network_of};
use super::fit::{Trained, fit};
use super::generate::{Generation, generate};
use super::gpt::{Gpt, GptSpec};
use super::llama::{Llama, LlamaSpec};
use super::pretrained::Pretrained;
use super::recurrent::{Recurrent, RecurrentSpec};
use super::sampling::Sampling;
use super::scores::{scores, trained_scores};
use super::settings::Settings;
use super::tokens::Tokenizer;
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
    also: &[],
    tasks: &[],
    settings: &[],
    search: None,
    defaults: || Value::Null,
    check: |_, _| Ok(()),
    task_of: any_task,
    fit: |_, data, _| Err(no_language(data.kind().plural())),
    kind: KIND,
    open,
};

/// Transformer of GPT-2's kind, as the registry knows it.
pub static GPT: Entry = Entry {
    info: ModelInfo {
        name: "gpt",
        title: "Transformer of GPT-2's kind",
        about: "Learns from a text what token comes next, with attention to all tokens of a window. The defaults train in \
                a minute on a processor; the model opens anywhere as Hugging Face's GPT-2.",
        ..COMMON.info
    },
    settings: GptSpec::SETTINGS,
    defaults: || serde_json::to_value(GptSpec::default()).unwrap_or_default(),
    check: |values, _| Gpt.settings(values)?.check(),
    fit: |values, data, context| learn(&Gpt, values, data, context),
    ..COMMON
};

/// Transformer of Llama's kind, as the registry knows it.
pub static LLAMA: Entry = Entry {
    info: ModelInfo {
        name: "llama",
        title: "Transformer of Llama's kind",
        about: "As `gpt`, with rotary positions, RMS norms, SwiGLU and queries that share keys: what most open models are \
                made of. The model opens anywhere as Hugging Face's Llama.",
        ..COMMON.info
    },
    settings: LlamaSpec::SETTINGS,
    defaults: || serde_json::to_value(LlamaSpec::default()).unwrap_or_default(),
    check: |values, _| Llama.settings(values)?.check(),
    fit: |values, data, context| learn(&Llama, values, data, context),
    ..COMMON
};

/// Long short-term memory, as the registry knows it.
pub static LSTM: Entry = Entry {
    info: ModelInfo {
        name: "lstm",
        title: "Long short-term memory",
        about: "Reads a text from beginning to end and carries a state with gates along. Writes with the same effort per token \
                however long the text is.",
        ..COMMON.info
    },
    settings: RecurrentSpec::SETTINGS,
    defaults: || serde_json::to_value(RecurrentSpec::default()).unwrap_or_default(),
    check: |values, _| Recurrent(Cell::Lstm).settings(values)?.check(),
    fit: |values, data, context| learn(&Recurrent(Cell::Lstm), values, data, context),
    ..COMMON
};

/// Gated recurrent unit, as the registry knows it.
pub static GRU: Entry = Entry {
    info: ModelInfo {
        name: "gru",
        title: "Gated recurrent unit",
        about: "As `lstm`, with three gates and one state vector.",
        ..COMMON.info
    },
    settings: RecurrentSpec::SETTINGS,
    defaults: || serde_json::to_value(RecurrentSpec::default()).unwrap_or_default(),
    check: |values, _| Recurrent(Cell::Gru).settings(values)?.check(),
    fit: |values, data, context| learn(&Recurrent(Cell::Gru), values, data, context),
    ..COMMON
};

/// Recurrent network, as the registry knows it.
pub static RNN: Entry = Entry {
    info: ModelInfo {
        name: "rnn",
        title: "Recurrent network",
        about: "The plain one: the state is tanh of a linear map of itself and the token. It forgets quickly; a baseline.",
        ..COMMON.info
    },
    settings: RecurrentSpec::SETTINGS,
    defaults: || serde_json::to_value(RecurrentSpec::default()).unwrap_or_default(),
    check: |values, _| Recurrent(Cell::Rnn).settings(values)?.check(),
    fit: |values, data, context| learn(&Recurrent(Cell::Rnn), values, data, context),
    ..COMMON
};

/// Every language model.
pub static ENTRIES: [&Entry; 5] = [&GPT, &LLAMA, &LSTM, &GRU, &RNN];

/// The settings of the model called `name` that values say.
///
/// # Errors
/// If the model is unknown, or a value of another type.
pub fn settings_of(name: &str, values: &Value) -> Result<Settings> {
    architecture(name)?.settings(values)
}

/// The entry of an architecture; a file of a name that nobody knows says so when it is opened.
fn entry_of(name: &str) -> &'static Entry {
    let found = ENTRIES.iter().find(|entry| entry.info.name == name);
    found.copied().unwrap_or(&UNKNOWN)
}

static UNKNOWN: Entry = COMMON;

/// Learn a language model of an architecture.
fn learn(
    architecture: &dyn Architecture,
    values: &Value,
    data: &Data,
    context: &mut Fit,
) -> Result<AnyFitted> {
    context.init.refuse(architecture.name())?;
    let settings = architecture.settings(values)?;
    settings.check()?;
    let train = data.text()?;
    let valid = context.valid.map(Data::text).transpose()?;
    let corpus = corpus(&settings, train, valid)?;
    context
        .run
        .monitor()
        .note(&divided(train, valid, &corpus, &settings));
    let mut named = values.clone();
    named["model"] = architecture.name().into();
    let mut fitted = fit(&settings, &named, &corpus, context.checkpoints, context.run)?;
    let (tokens, parameters) = (corpus.tokens.size(), fitted.model.parameters.count());
    fitted.report.scores = trained_scores(&fitted, corpus.tokens_per_byte);
    fitted.report.facts = vec![
        ("vocabulary".into(), tokens.into()),
        ("parameters".into(), parameters.into()),
        ("tokens_fitted".into(), corpus.train.len().into()),
        ("tokens_judged".into(), corpus.held_out.len().into()),
        ("steps".into(), fitted.report.steps.into()),
        (
            "epochs".into(),
            json!(epochs(&settings, fitted.report.steps, &corpus)),
        ),
        ("baselines".into(), known_before(&corpus, &settings)),
        ("traces".into(), json!(fitted.report.traces)),
    ];
    Ok(fitted.map(|trained| Box::new(trained) as Box<dyn Model>))
}

/// How many times as many tokens as the text has were read; windows that begin anywhere read some of them twice.
fn epochs(settings: &Settings, steps: u64, corpus: &Corpus) -> f64 {
    steps as f64 * settings.tokens_per_step() as f64 / corpus.train.len().max(1) as f64
}

/// The losses of models that know less, on the text that is held out.
fn known_before(corpus: &Corpus, settings: &Settings) -> Value {
    let vocabulary = corpus.tokens.size();
    if corpus.held_out.len() < 2 {
        return Value::Null;
    }
    let context = settings.shape(vocabulary).context();
    let all = baselines(&corpus.train, &corpus.held_out, vocabulary, Some(context));
    all.into_iter()
        .map(|(name, loss)| (name.to_owned(), json!(loss.mean())))
        .collect()
}

/// Texts as tokens of the tokenizer that comes with them, or of one that is learnt from them.
fn corpus(settings: &Settings, train: &Text, valid: Option<&Text>) -> Result<Corpus> {
    let none = Text::new("");
    let valid = valid.unwrap_or(&none);
    let Some(json) = &train.tokenizer else {
        let (cut, vocabulary) = settings.tokenizer();
        return Corpus::new(train.plain()?, valid.plain()?, cut, vocabulary);
    };
    let tokens = Tokenizer::from_json("the tokenizer", json.as_bytes(), None, Vec::new())?;
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
    use induce_core::words::{count, counted};
    let size = count(corpus.tokens.size());
    let tokens = match &train.tokenizer {
        Some(_) => format!("tokens: of the tokenizer given, {size} different"),
        None => format!(
            "tokens: {}, {size} different (--set tokenizer=char|bpe|word --set vocab_size=N)",
            settings.tokenizer().0.name()
        ),
    };
    let held_out = match valid.map(|_| corpus.held_out.len()) {
        None | Some(0) => "none held out (--holdout, --valid)".into(),
        Some(n) => format!("{} held out (--holdout, --valid)", count(n)),
    };
    format!(
        "{tokens}\nsplit: {} to learn from, {held_out}",
        counted(corpus.train.len(), "token")
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
pub fn pretrained(model: Box<dyn Model>) -> Result<Pretrained> {
    if model.downcast::<Pretrained>().is_some() {
        let any: Box<dyn std::any::Any> = model;
        return any
            .downcast::<Pretrained>()
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
        entry_of(self.header.settings["model"].as_str().unwrap_or_default())
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

impl Model for Pretrained {
    fn entry(&self) -> &'static Entry {
        entry_of(self.architecture())
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
        let tokens = self.tokens.encode_all(text)?;
        let judged = evaluate_tokens(self, &tokens, run)?;
        let count: f64 = judged.groups.iter().map(|group| group.1).sum();
        let tokens_per_byte = self.tokens.tokens_per_byte(&tokens, text, count as usize);
        Ok(Evaluation {
            scores: scores(&judged, tokens_per_byte),
            prediction: None,
            facts: vec![("tokens_judged", json!(count)), ("bytes", text.len().into())],
        })
    }
}

impl Generate for Pretrained {
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
    use crate::language::ARCHITECTURES;

    #[test]
    fn every_architecture_has_an_entry_of_its_name() {
        assert_eq!(ARCHITECTURES.len(), ENTRIES.len());
        for (own, entry) in ARCHITECTURES.iter().zip(ENTRIES) {
            assert_eq!(entry.info.name, own.name());
            (entry.check)(&(entry.defaults)(), &Registry(&[])).unwrap();
        }
    }
}
