//! `logits MODEL TEXT`: tokens, and the logits after each, as JSON, to be compared with other programs.

use std::io::Write;
use std::path::Path;

use induce_core::parallel::Team;
use induce_core::{Error, Result};
use induce_deep::language::{Decoder, open};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, text] = &arguments[..] else {
        return Err(Error::data("two arguments are expected", "logits MODEL TEXT"));
    };
    let language = open(Path::new(model), None)?;
    let tokens = language.tokens.encode(text)?;
    let mut decoder = Decoder::new(&language.model, tokens.len());
    let logits = Team::with(2, |team| {
        decoder.read(team, &tokens, tokens.len()).map(<[f32]>::to_vec)
    })?;
    let json = serde_json::json!({ "tokens": tokens, "logits": logits });
    writeln!(std::io::stdout(), "{json}").map_err(|source| Error::io("write", "standard output", source))
}
