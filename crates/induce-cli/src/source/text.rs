//! Texts.

use std::path::Path;

use anyhow::Result;
use induce::core::model::{Data, DataKind, Model, Settings, Text};
use induce::core::words::count;
use induce::core::{Column, Run, read};
use induce::deep::language::{METRICS, Pretrained, Tokenizer, Trained, settings_of};
use induce::page::text::{self as page, Inputs};
use induce::plot::Report;

use super::kind::{Input, Page, Source, Training, file_name, refuse_rows};
use super::plain;
use serde_json::{Map, Value};

use crate::args::{self, Columns, Embed, Reading, Train};
use crate::beside::columns;
use crate::require::{self, Condition};
use crate::session::Session;
use crate::topics;

/// Texts, of which the tail is held out.
pub struct TextSource;

/// What `--input` says of a text that could be a table too.
const INPUT: &str = "text";

/// Whether a file holds running text: said by `--input text`, or by its name.
pub fn is_text(path: &Path, reading: &Reading) -> bool {
    match &reading.input {
        Some(input) => input == INPUT,
        None => {
            let name = file_name(path);
            [".txt", ".txt.gz", ".md"].iter().any(|end| name.ends_with(end))
        }
    }
}

impl Source for TextSource {
    fn check(&self, reading: &Reading, columns: &Columns, others: &[(&'static str, bool)]) -> Result<()> {
        let reading = &Reading {
            input: reading.input.clone().filter(|input| input != INPUT),
            ..reading.clone()
        };
        let others: Vec<_> = others
            .iter()
            .filter(|(name, _)| *name != "--tokenizer")
            .copied()
            .collect();
        refuse_rows(DataKind::Text, reading, columns, &others)
    }

    fn conditions(&self, texts: &[String]) -> Result<Vec<Condition>> {
        require::among(texts, &METRICS)
    }

    fn read(&self, session: &Session, args: &Train, _: &Settings) -> Result<Input> {
        let tokenizer = args.tokenizer.as_deref().map(Tokenizer::open).transpose()?;
        let json = tokenizer.map(|tokens| tokens.to_json()).transpose()?;
        let text = read::text(&args.source.data, &session.run())?;
        if read::looks_like_table(&text) {
            session.say(format!(
                "note: `{}` looks like a table and is learnt as running text; `-m boost` learns its columns",
                file_name(&args.source.data)
            ));
        }
        Ok(Input {
            data: Data::Text(Text::new(text).with_tokenizer(json)),
            name: file_name(&args.source.data).into(),
            facts: Vec::new(),
            reading: Map::new(),
        })
    }

    fn beside(&self, session: &Session, _: &Train, train: &Data, path: &Path) -> Result<Data> {
        let text = Text::new(read::text(path, &session.run())?);
        Ok(Data::Text(text.with_tokenizer(train.text()?.tokenizer.clone())))
    }

    fn holdout(&self, _: &Settings) -> f64 {
        0.1
    }

    /// The fit says it, in tokens.
    fn announce(&self, _: &Session, _: &Data, _: Option<&Data>) {}

    fn watches(&self, _: &Settings, _: &Train) -> bool {
        true
    }

    fn given(
        &self,
        session: &Session,
        on: &args::Source,
        columns: &Columns,
        _: &dyn Model,
        card: &Value,
    ) -> Result<Input> {
        self.check(&on.reading, columns, &[])?;
        let data = Data::Text(Text::new(read::text(&on.data, &session.run())?));
        if card["fingerprint"] == format!("{:016x}", data.fingerprint()) {
            session.say(
                "note: this is the text that the model was trained with: the loss says nothing of new texts, that of `train` does",
            );
        }
        Ok(Input {
            data,
            name: file_name(&on.data).into(),
            facts: Vec::new(),
            reading: Map::new(),
        })
    }

    /// A row for each line.
    fn next(&self, model: &Path) -> String {
        format!("`induce generate {}` writes with it", model.display())
    }

    fn embedding(&self, session: &Session, args: &Embed, model: &dyn Model) -> Result<Option<Vec<Column>>> {
        if let Some(name) = args.keep.first() {
            return Err(induce::Error::setting("--keep", name, "a text has no columns").into());
        }
        let text = read::text(&args.on.source.data, &session.run())?;
        let found = topics::of_lines(model, text, session.run().threads())?;
        Ok(Some(columns(&found)))
    }

    fn page(&self, session: &Session, page: &Page) -> Result<Report> {
        if page.model.entry().input != DataKind::Text {
            return plain::page(session, page);
        }
        let assembled;
        let language = match page.model.downcast::<Pretrained>() {
            Some(language) => language,
            None => {
                let trained: &Trained = page.model.downcast().ok_or_else(no_language)?;
                assembled = trained.language()?;
                &assembled
            }
        };
        // What was learnt from judges nothing.
        let judged = match (&page.training, page.split) {
            (Some(_), "train") => "",
            _ => page.judged.text()?.plain()?,
        };
        let tokens = match judged {
            "" => Vec::new(),
            text => language.tokens.encode_all(text)?,
        };
        let train = match &page.training {
            Some(training) => language.tokens.encode_all(training.train.text()?.plain()?)?,
            None => Vec::new(),
        };
        let training = page
            .training
            .as_ref()
            .map(|own| of_training(own, &train))
            .transpose()?;
        let held_out = page.training.as_ref().map(|_| tokens.len());
        let inputs = Inputs {
            language,
            judged: &tokens,
            bytes: judged.len(),
            tokens_per_byte: language
                .tokens
                .tokens_per_byte(&tokens, judged, tokens.len().saturating_sub(1)),
            split: page.split,
            scores: page.scores,
            facts: facts(page, training.as_ref(), tokens.len(), held_out),
            training,
            source: page.source,
            environment: session.environment(None, page.model_file),
            command: page.command.clone(),
        };
        // Neither a limit of time nor an interruption of the training ends the page halfway: it is made in seconds.
        let run = Run::new(session.global.seed).with_threads(session.run().threads());
        Ok(page::build(&inputs, &run)?)
    }
}

fn no_language() -> induce::Error {
    induce::Error::data("the model is no language model", "`induce show` says what it is")
}

fn facts(
    page: &Page,
    training: Option<&page::Training>,
    judged: usize,
    held_out: Option<usize>,
) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    match training {
        Some(training) => vec![
            fact("Parameters", count(training.parameters)),
            fact("Tokens learnt from", count(training.text.len())),
            fact("Tokens held out", count(held_out.unwrap_or(0))),
            fact("Outcome", training.outcome.reason().into()),
        ],
        None => {
            let file = page
                .model_file
                .map_or_else(String::new, |path| path.display().to_string());
            let format = page.model.facts().into_iter().find(|(name, _)| *name == "format");
            let format = format.and_then(|(_, value)| value.as_str().map(str::to_owned));
            vec![
                fact("Model", file),
                fact("Format", format.unwrap_or_default()),
                fact("Tokens judged", count(judged.saturating_sub(1))),
            ]
        }
    }
}

fn of_training<'a>(own: &'a Training, text: &'a [u32]) -> Result<page::Training<'a>> {
    let settings = settings_of(own.settings.entry.info.name, &own.settings.values)?;
    let parameters = own.report.facts.iter().find(|(name, _)| name == "parameters");
    Ok(page::Training {
        tokens: tokens_of(own, &settings),
        settings,
        text,
        bytes: own.train.len(),
        divided: match own.valid {
            Some(path) => format!("all of {}", file_name(path)),
            None if own.report.scores.iter().any(|own| own.split == "valid") => "the end of the text".into(),
            None => "nothing".into(),
        },
        parameters: parameters.and_then(|(_, n)| n.as_u64()).unwrap_or(0) as usize,
        report: own.report,
        outcome: own.outcome,
        losses: &own.losses,
        begun: own.begun,
        seconds: own.seconds,
    })
}

/// What tokens are, in words.
fn tokens_of(own: &Training, settings: &induce::deep::language::Settings) -> String {
    use induce::deep::language::TokenizerKind;
    match (own.tokenizer, settings.tokenizer().0) {
        (Some(path), _) => format!("those of {}", file_name(path)),
        (None, TokenizerKind::Char) => "characters".into(),
        (None, TokenizerKind::Bpe) => {
            "frequent sequences of bytes, learnt from the text (byte-level pairs)".into()
        }
        (None, TokenizerKind::Word) => "words between white space".into(),
    }
}
