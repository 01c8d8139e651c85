//! The crate `tokenizers`, which asserts what it does not check, behind a guard.

use induce_core::panics::caught;
use induce_core::{Error, Result};
use tokenizers::Tokenizer as HfTokenizer;

/// The tokens of `text`, those with a meaning of their own (`<|im_start|>`) included where they stand;
/// with what the tokenizer puts before and after a `whole` text.
///
/// # Errors
/// If the text has what no token stands for.
pub fn encode(tokenizer: &HfTokenizer, text: &str, whole: bool) -> Result<Vec<u32>> {
    let fault = |reason: String| {
        Error::data(
            format!("the tokenizer cannot read the text: {reason}"),
            "shorten or change it",
        )
    };
    let encoded = guarded(|| tokenizer.encode_fast(text, whole));
    match encoded {
        Some(Ok(encoding)) => Ok(encoding.get_ids().to_vec()),
        Some(Err(error)) => Err(fault(error.to_string())),
        None => Err(fault("it gave up".into())),
    }
}

/// `f()`, nothing if it panics.
pub fn guarded<T>(f: impl FnOnce() -> T) -> Option<T> {
    caught(f).ok()
}
