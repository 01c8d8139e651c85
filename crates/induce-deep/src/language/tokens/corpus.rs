//! Long texts, in parts that have the tokens of the whole.
//!
//! The crate `tokenizers` keeps a place for every byte of what it reads at once, and merging by scores has a heap of all
//! pairs; both are made for a prompt, not for a corpus.

use tokenizers::{PostProcessorWrapper, Tokenizer as HfTokenizer};

use super::byte_level;

/// Least bytes of a part: a call costs little beside them, and they stay in the cache.
const PART: usize = 1 << 12;

/// Whether a text may be cut between two bytes: after a letter or digit, before white space.
///
/// White space begins a new piece there in all regular expressions that are known (GPT-2's, Llama 3's, Qwen 2's): what
/// goes on over it (`.\n`) has no letters, and none of them looks further than the white space it is in.
fn apart(before: u8, after: u8) -> bool {
    before.is_ascii_alphanumeric() && after.is_ascii_whitespace()
}

/// The parts of `text`.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let bytes = rest.as_bytes();
        let cut = (PART..bytes.len()).find(|at| apart(bytes[at - 1], bytes[*at]));
        let (part, after) = rest.split_at(cut.unwrap_or(rest.len()));
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

/// Whether none of these pieces goes over a cut.
pub fn within<'a>(mut pieces: impl Iterator<Item = &'a [u8]>) -> bool {
    pieces.all(|piece| piece.windows(2).all(|pair| !apart(pair[0], pair[1])))
}

/// Whether parts have the tokens of the whole: nothing but the known expressions looks at the text.
pub fn local(tokenizer: &HfTokenizer) -> bool {
    let added = tokenizer.get_added_tokens_decoder();
    let plain = added.values().all(|token| {
        !token.lstrip && !token.rstrip && !token.single_word && !token.content.contains(char::is_whitespace)
    });
    let ends = matches!(
        tokenizer.get_post_processor(),
        None | Some(PostProcessorWrapper::ByteLevel(_))
    );
    plain && ends && byte_level::name(tokenizer).is_some()
}
