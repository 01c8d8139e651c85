//! `induce convert`.

use std::process::ExitCode;

use anyhow::Result;
use induce::Error;
use induce::core::model::DataKind;
use induce::deep::language;
use induce::formats::{self, Source};

use crate::args::Convert;
use crate::session::Session;
use crate::writing;

pub fn run(session: &Session, args: &Convert) -> Result<ExitCode> {
    let format = match &args.to {
        Some(name) => formats::find(name)?,
        None => formats::by_ending(&args.out)?,
    };
    match format.endings {
        Some(endings) => writing::check(&args.out, endings)?,
        None => writing::check_new_folder(&args.out)?,
    }
    if !format.of_texts && (args.precision.is_some() || args.tokenizer.is_some()) {
        let text = "`--precision` and `--tokenizer` are for language models";
        return Err(Error::data(text, "leave them out").into());
    }
    let read = [Some(args.model.as_path()), args.tokenizer.as_deref()];
    writing::distinct(&read, &[Some(&args.out)])?;
    let done = writing::done(&args.out);
    let source = opened(args)?;
    if !format.of_texts && source.model.entry().input == DataKind::Text {
        return Err(Error::data(
            format!("`{}` is a language model", args.model.display()),
            "`--to hugging-face`, `--to gguf` and `--to llama2c` are for those",
        )
        .into());
    }
    session.keep(true);
    if let Some(reason) = (format.write)(source, &args.out)? {
        let hint = reason.hint().unwrap_or_default();
        session.say(format!("no `tokenizer.bin`: {reason}\nhint: {hint}"));
    }
    session.say(format!("{done} `{}`", args.out.display()));
    session.wrote(&[&args.out])?;
    Ok(ExitCode::SUCCESS)
}

fn opened(args: &Convert) -> Result<Source> {
    let (model, card) = match &args.tokenizer {
        Some(tokenizer) => {
            let model = language::open(&args.model, Some(tokenizer))?;
            (
                Box::new(model) as Box<dyn induce::core::model::Model>,
                serde_json::Value::Null,
            )
        }
        None => induce::open(&args.model)?,
    };
    Ok(Source {
        model,
        card,
        precision: args.precision,
    })
}
