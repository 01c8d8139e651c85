//! Tokenizers as `tokenizer.json`, for Hugging Face's `tokenizers` and `transformers`.

use induce_core::{Error, Result};
use serde_json::{Value, json};
use tokenizers::{PostProcessorWrapper, Tokenizer as HfTokenizer};

use super::{Encoder, Tokenizer};

impl Tokenizer {
    /// As `tokenizer.json`, which [`from_json`](Self::from_json) opens again.
    ///
    /// # Errors
    /// If pieces are merged by scores, as those of llama2.c: the format knows merges by rank only, and pairs that make
    /// the same piece have one score but several ranks.
    pub fn to_json(&self) -> Result<String> {
        match &self.encoder {
            Encoder::Table(table) => written(serde_json::to_string_pretty(&table.to_json())),
            Encoder::Crate(own, true) => written(own.to_string(true)),
            Encoder::Crate(own, false) => written(self.beginning(own)?.to_string(true)),
            Encoder::Scored(_) => Err(Error::data(
                "`tokenizer.json` cannot say that pieces are merged by their scores",
                "write GGUF, which has the scores",
            )),
        }
    }

    /// What a token is called that is special to the crate.
    pub fn special(&self, token: u32) -> Option<String> {
        match &self.encoder {
            Encoder::Crate(own, _) => {
                let added = own.get_added_tokens_decoder();
                added
                    .get(&token)
                    .filter(|added| added.special)
                    .map(|added| added.content.clone())
            }
            _ => None,
        }
    }

    /// The tokenizer, and that it puts the beginning before a text if this one does.
    fn beginning(&self, own: &HfTokenizer) -> Result<HfTokenizer> {
        let mut own = own.clone();
        let begin = self.begin.filter(|_| self.begins);
        if let Some((id, piece)) = begin.and_then(|id| Some((id, own.id_to_token(id)?))) {
            let special = |id: &str| json!({"SpecialToken": {"id": id, "type_id": 0}});
            let text = |id: &str| json!({"Sequence": {"id": id, "type_id": 0}});
            let template: Value = json!({
                "type": "TemplateProcessing",
                "single": [special(&piece), text("A")],
                "pair": [special(&piece), text("A"), text("B")],
                "special_tokens": {piece.as_str(): {"id": piece, "ids": [id], "tokens": [piece]}},
            });
            let template: PostProcessorWrapper = written(serde_json::from_value(template))?;
            own.with_post_processor(Some(template));
        }
        Ok(own)
    }
}

fn written<T, E: ToString>(result: std::result::Result<T, E>) -> Result<T> {
    result.map_err(|error| {
        Error::data(
            format!("the tokenizer cannot be written: {}", error.to_string()),
            "open the model with another tokenizer",
        )
    })
}
