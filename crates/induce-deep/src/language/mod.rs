//! Language models: p(text) = prod_i p(token_i | tokens before it).
//!
//! - [`fit`] learns one from a [`Corpus`]: transformers of GPT-2's and Llama's kind, recurrent networks.
//! - [`open`] reads a [`Pretrained`], a [`LanguageModel`] and its [`Tokenizer`], from our own files and from what others write:
//!   llama2.c, GGUF, folders of Hugging Face.
//! - [`write_gguf`], [`write_hugging_face`] and [`write_llama2c`] write them for others.
//! - A [`Decoder`] reads tokens and gives the logits of what follows, with a cache of keys and values.
//! - [`Sampling`] makes a distribution of logits, and [`generate()`] draws a text from it, token by token.
//! - With a [`Draft`] it draws several tokens per pass, from exactly the same distribution.

mod architecture;
mod architectures;
mod baselines;
mod bytes;
mod cache;
mod corpus;
mod decoder;
mod draft;
mod entry;
mod evaluate;
mod fault;
mod file;
mod fit;
mod generate;
mod gguf;
mod gpt;
mod hugging_face;
mod inference;
mod known;
mod llama;
mod llama2c;
mod network;
mod next;
mod open;
mod predictions;
mod pretrained;
mod recurrent;
mod sampling;
mod scores;
mod settings;
mod shape;
mod speculate;
mod text;
mod tokens;
mod transformer;
mod write;

pub use architecture::Architecture;
pub use architectures::{ARCHITECTURES, architecture};
pub use baselines::baselines;
pub use cache::Cache;
pub use corpus::{Corpus, divide};
pub use decoder::Decoder;
pub use draft::{Draft, Lookup};
pub use entry::{ENTRIES, GPT, GRU, LLAMA, LSTM, RNN, pretrained, settings_of};
pub use evaluate::{evaluate, evaluate_tokens, negative_log_likelihoods};
pub use file::{Header, KIND, network_of};
pub use fit::{Trained, fit};
pub use generate::{Generation, Report, generate};
pub use gpt::{Gpt, GptShape, GptSpec};
pub use inference::{Inference, LanguageModel};
pub use llama::{Llama, LlamaShape, LlamaSpec};
pub use network::{Network, Texts};
pub use next::NextToken;
pub use open::{gguf_bytes, is, llama2c_bytes, open, own_bytes, tokenizer_bytes};
pub use predictions::{TokenPrediction, Windows, predictions};
pub use pretrained::Pretrained;
pub use recurrent::model::RecurrentModel;
pub use recurrent::shape::RecurrentShape;
pub use recurrent::{Recurrent, RecurrentSpec};
pub use sampling::{Distribution, Sampling};
pub use scores::{METRICS, scores};
pub use settings::{Common, Hyperparameters, Settings};
pub use shape::Shape;
pub use tokens::{Tokenizer, TokenizerKind};
pub use transformer::interchange::Interchange;
pub use transformer::model::{Layer, Linear, Norm, Transformer};
pub use transformer::shape::TransformerShape;
pub use transformer::spec::{Rotary, Spec};
pub use write::{Precision, write_gguf, write_hugging_face, write_llama2c};
