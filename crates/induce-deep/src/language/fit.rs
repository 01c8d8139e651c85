//! A language model learnt from a text: theta = argmin - sum_i ln p(token_i | tokens before it; theta).

use induce_core::model_file::ModelFile;
use induce_core::{Checkpoints, Fitted, Result, Run};
use induce_tensor::Parameters;
use serde_json::{Value, json};

use super::corpus::Corpus;
use super::file::Header;
use super::next::NextToken;
use super::pretrained::Pretrained;
use super::settings::Settings;
use crate::train::{HeldOutLoss, check_memory, held_out_loss, train};

/// A language model that was trained.
#[derive(Debug, Clone)]
pub struct Trained {
    /// Shape, tokenizer, settings.
    pub header: Header,
    /// What was learnt.
    pub parameters: Parameters,
    /// The loss on the text that was held out, in nats per token; nothing if none was.
    pub held_out: Option<HeldOutLoss>,
}

impl Trained {
    /// The model, ready to read and to write.
    ///
    /// # Errors
    /// If its tokenizer is damaged.
    pub fn language(&self) -> Result<Pretrained> {
        let (network, _) = self.header.shape.network(0.0, None)?;
        Ok(Pretrained {
            model: network.model(&self.parameters)?,
            tokens: self.header.tokens("the model")?,
            format: "induce",
            trained: Some(json!({ "settings": self.header.settings, "card": null })),
        })
    }

    /// Its model file.
    ///
    /// # Errors
    /// If the header cannot be written as JSON.
    pub fn file(&self) -> Result<ModelFile> {
        self.header.file(&self.parameters)
    }
}

/// Learn a language model from `corpus`; `json` are the settings as they are kept in the file.
///
/// ```
/// use induce_core::Run;
/// use induce_deep::language::{Corpus, TokenizerKind, fit, settings_of};
///
/// let text = "to be or not to be ".repeat(20);
/// let corpus = Corpus::new(&text, "not to be", TokenizerKind::Char, usize::MAX)?;
/// let json = serde_json::json!({ "steps": 3, "hidden_size": 8, "layers": 1, "context": 8, "batch": 2 });
/// let fitted = fit(&settings_of("rnn", &json)?, &json, &corpus, None, &mut Run::new(0))?;
/// assert_eq!(fitted.report.steps, 3);
/// assert_eq!(fitted.model.language()?.tokens.size(), corpus.tokens.size());
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If a setting is out of range, the text is too short, or as [`train`].
pub fn fit(
    settings: &Settings,
    json: &Value,
    corpus: &Corpus,
    plan: Option<&Checkpoints>,
    run: &mut Run,
) -> Result<Fitted<Trained>> {
    settings.check()?;
    let vocabulary = corpus.tokens.size();
    check_memory(
        settings.bytes(vocabulary),
        run,
        "a smaller width, batch or context, or fewer layers (--set); --memory sets the limit",
    )?;
    let header = Header {
        shape: settings.shape(vocabulary),
        tokenizer: corpus.tokens.to_json()?,
        settings: json.clone(),
    };
    let (network, parameters) = header.shape.network(settings.init(), Some(run.seed()))?;
    let (training, dropout) = (settings.training(), settings.dropout());
    let mut objective = NextToken::new(&*network, corpus, &header, training.batch, dropout)?;
    let fitted = train(&mut objective, parameters, training, plan, run)?;
    let held_out = match corpus.held_out.is_empty() {
        true => None,
        false => Some(held_out_loss(&mut objective, &fitted.model, run)?),
    };
    Ok(Fitted {
        outcome: fitted.outcome,
        report: fitted.report,
        model: Trained {
            parameters: fitted.model,
            header,
            held_out,
        },
    })
}
