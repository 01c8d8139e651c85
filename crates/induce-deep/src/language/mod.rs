//! Language models: p(text) = prod_i p(token_i | tokens before it).
//!
//! - [`fit`] learns one from a [`Corpus`]: transformers of GPT-2's and Llama's kind, recurrent networks.
//! - [`open`] reads a [`Language`], a [`Model`] and its [`Tokens`], from our own files and from what others write:
//!   llama2.c, GGUF, folders of Hugging Face.
//! - [`write_gguf`], [`write_hugging_face`] and [`write_llama2c`] write them for others.
//! - A [`Decoder`] reads tokens and gives the logits of what follows, with a cache of keys and values.
//! - [`Sampling`] makes a distribution of logits, and [`generate()`] draws a text from it, token by token.
//! - With a [`Draft`] it draws several tokens per pass, from exactly the same distribution.

mod assemble;
mod bytes;
mod corpus;
mod decoder;
mod draft;
mod entry;
mod examine;
mod file;
mod fit;
mod generate;
mod gguf;
mod hugging_face;
mod judge;
mod llama2c;
mod model;
mod network;
mod next;
mod open;
mod reader;
mod recurrent;
mod sampling;
mod scores;
mod settings;
mod spec;
mod speculate;
mod text;
mod tokens;
mod write;

pub use corpus::{Corpus, divide};
pub use draft::{Draft, Lookup};
pub use entry::{ENTRIES, GPT, GRU, LLAMA, LSTM, RNN, pretrained, settings_of};
pub use examine::{Foretold, Windows, examine};
pub use file::{Header, KIND, network_of};
pub use fit::{Trained, fit};
pub use generate::{Generation, Report, generate};
pub use judge::{judge, judge_tokens, surprises};
pub use model::{Layer, Linear, Model, Norm};
pub use network::{Network, RecurrentShape, Shape, Texts, TransformerShape};
pub use next::NextToken;
pub use open::{Language, gguf_bytes, is, llama2c_bytes, open, own_bytes, tokenizer_bytes};
pub use reader::{AnyModel, Decoder};
pub use recurrent::RecurrentModel;
pub use sampling::{Distribution, Sampling};
pub use scores::{METRICS, scores};
pub use settings::{GptSpec, LlamaSpec, RecurrentSpec, Settings};
pub use spec::{Rotary, Spec};
pub use tokens::{Cut, Tokens};
pub use write::{Precision, write_gguf, write_hugging_face, write_llama2c};
