#![no_main]

use induce_core::model_file::unsummed;
use induce_deep::language::{Tokenizer, gguf_bytes, llama2c_bytes, own_bytes, tokenizer_bytes};
use libfuzzer_sys::fuzz_target;

// Language models and tokenizers: our own files, GGUF, llama2.c, tokenizer.json. The first byte says how many tokens there should be.
fuzz_target!(|bytes: &[u8]| {
    induce_fuzz::hear_panics();
    let Some((count, bytes)) = bytes.split_first() else { return };
    let gguf = gguf_bytes("fuzz", bytes);
    let tokens = tokenizer_bytes("fuzz", bytes, usize::from(*count));
    for tokens in [&gguf.as_ref().ok().map(|(_, tokens)| tokens), &tokens.as_ref().ok()].into_iter().flatten() {
        used(tokens);
    }
    let own = own_bytes("fuzz", &unsummed(bytes.to_vec())).err();
    let errors = [own, gguf.err(), llama2c_bytes("fuzz", bytes).err(), tokens.err()];
    errors.into_iter().flatten().for_each(|error| hinted(&error));
});

/// What opens can be used, and written again.
fn used(tokens: &Tokenizer) {
    for text in ["", "ab b\u{e4}\n 1<s>"] {
        match tokens.encode_all(text) {
            Ok(ids) => ids.iter().for_each(|id| drop(tokens.bytes(ids.first().copied(), *id).to_vec())),
            Err(error) => hinted(&error),
        }
    }
    match tokens.to_llama2c(tokens.size()) {
        Ok(bytes) => drop(tokenizer_bytes("fuzz", &bytes, tokens.size())),
        Err(error) => hinted(&error),
    }
    match tokens.to_json() {
        Ok(json) => drop(Tokenizer::from_json("fuzz", json.as_bytes(), None, Vec::new())),
        Err(error) => hinted(&error),
    }
}

fn hinted(error: &induce_core::Error) {
    assert!(error.hint().is_some(), "`{error}` has no hint");
}
