#![no_main]

use induce_deep::language::{gguf_bytes, llama2c_bytes, tokenizer_bytes};
use libfuzzer_sys::fuzz_target;

// Language models and tokenizers: GGUF, llama2.c, tokenizer.json. The first byte says how many tokens there should be.
fuzz_target!(|bytes: &[u8]| {
    let Some((count, bytes)) = bytes.split_first() else { return };
    let errors = [
        gguf_bytes("fuzz", bytes).err(),
        llama2c_bytes("fuzz", bytes).err(),
        tokenizer_bytes("fuzz", bytes, usize::from(*count)).err(),
    ];
    for error in errors.into_iter().flatten() {
        assert!(error.hint().is_some(), "`{error}` has no hint");
    }
});
