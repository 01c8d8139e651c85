//! GGUF: metadata by name, then the names and places of tensors, then their bytes, every tensor at a multiple of 32.

use induce_core::Result;
use induce_tensor::inference::RopeLayout;

use super::parts::{Part, Role, each};
use super::precision::{Precision, check_halves};
use crate::language::architectures::interchange_of;
use crate::language::gguf::{NAMES, Type};
use crate::language::tokens::{self, Tokenizer, Vocabulary};
use crate::language::transformer::model::Transformer;
use crate::language::transformer::rope::{Scale, scale_of};

const ALIGNMENT: usize = 32;

/// A file that grows: the header is written last, for it counts what follows.
#[derive(Default)]
struct File {
    facts: Vec<u8>,
    fact_count: u64,
    places: Vec<u8>,
    tensor_count: u64,
    data: Vec<u8>,
}

fn text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend(text.as_bytes());
}

impl File {
    fn fact(&mut self, name: &str, kind: u32, value: &[u8]) {
        text(&mut self.facts, name);
        self.facts.extend(kind.to_le_bytes());
        self.facts.extend(value);
        self.fact_count += 1;
    }

    fn count(&mut self, name: &str, value: usize) {
        // A checked spec has no number above 2^24.
        self.fact(name, 4, &(value as u32).to_le_bytes());
    }

    fn number(&mut self, name: &str, value: f32) {
        self.fact(name, 6, &value.to_le_bytes());
    }

    fn flag(&mut self, name: &str, value: bool) {
        self.fact(name, 7, &[u8::from(value)]);
    }

    fn text(&mut self, name: &str, value: &str) {
        let mut bytes = Vec::new();
        text(&mut bytes, value);
        self.fact(name, 8, &bytes);
    }

    /// A list of `count` items of a kind.
    fn list(&mut self, name: &str, kind: u32, count: usize, items: &[u8]) {
        let mut bytes = kind.to_le_bytes().to_vec();
        bytes.extend((count as u64).to_le_bytes());
        bytes.extend(items);
        self.fact(name, 9, &bytes);
    }

    fn texts(&mut self, name: &str, values: &[String]) {
        let mut items = Vec::new();
        values.iter().for_each(|value| text(&mut items, value));
        self.list(name, 8, values.len(), &items);
    }

    fn tensor(&mut self, name: &str, shape: &[usize], kind: Type, values: &[f32]) -> Result<()> {
        if !matches!(kind, Type::F32 | Type::Bf16) {
            check_halves(name, values)?;
        }
        text(&mut self.places, name);
        self.places.extend((shape.len() as u32).to_le_bytes());
        // The length of a row comes first.
        shape
            .iter()
            .rev()
            .for_each(|n| self.places.extend((*n as u64).to_le_bytes()));
        self.places.extend(kind.number().to_le_bytes());
        self.places.extend((self.data.len() as u64).to_le_bytes());
        self.data.extend(kind.write(values));
        self.data.resize(self.data.len().next_multiple_of(ALIGNMENT), 0);
        self.tensor_count += 1;
        Ok(())
    }

    fn bytes(self) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(3_u32.to_le_bytes());
        out.extend(self.tensor_count.to_le_bytes());
        out.extend(self.fact_count.to_le_bytes());
        out.extend(self.facts);
        out.extend(self.places);
        out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
        out.extend(self.data);
        out
    }
}

impl Precision {
    /// Its number as a kind of files, `llama_ftype`.
    fn file_type(self) -> usize {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q4_0 => 2,
            Self::Q4_1 => 3,
            Self::Q8_0 => 7,
            Self::Q4K => 14,
            Self::Q6K => 18,
            Self::Bf16 => 32,
        }
    }

    /// The type of a tensor; programs read short ones in single precision only.
    fn of(self, part: &Part) -> Type {
        let wanted = match (self, part.role) {
            (_, Role::Vector | Role::Positions) => return Type::F32,
            (Self::F32, _) => Type::F32,
            (Self::F16, _) => Type::F16,
            (Self::Bf16, _) => Type::Bf16,
            (Self::Q8_0, _) => Type::Q8_0,
            // Rows of tokens, which logits are often made with too, are finer, as llama.cpp has them.
            (Self::Q6K, _) | (Self::Q4_0 | Self::Q4_1 | Self::Q4K, Role::Table) => Type::Q6K,
            (Self::Q4_0, _) => Type::Q4_0,
            (Self::Q4_1, _) => Type::Q4_1,
            (Self::Q4K, _) => Type::Q4K,
        };
        let fits = |kind: &Type| {
            part.shape
                .last()
                .is_some_and(|columns| kind.bytes(*columns).is_some())
        };
        // Rows that are no whole blocks are kept finer.
        let kinds = [wanted, Type::Q8_0, Type::F16];
        kinds.into_iter().find(fits).unwrap_or(Type::F32)
    }
}

/// The file.
///
/// # Errors
/// If the model or the tokenizer is of a kind that the format does not know, or a weight is too large for half precision.
pub fn bytes(model: &Transformer, tokens: &Tokenizer, precision: Precision) -> Result<Vec<u8>> {
    let kind = interchange_of(model)?;
    let vocabulary = tokens.vocabulary()?;
    let mut file = File::default();
    shape(&mut file, kind.name(), model);
    file.count("general.file_type", precision.file_type());
    file.count("general.quantization_version", 2);
    write_tokens(&mut file, model.spec.vocab_size, tokens, vocabulary);
    if kind.is_rotary() {
        write_turns(&mut file, model)?;
    }
    each(model, kind, &NAMES, RopeLayout::Neighbours, &mut |part| {
        file.tensor(&part.name, &part.shape, precision.of(&part), &part.values)
    })?;
    Ok(file.bytes())
}

fn shape(file: &mut File, name: &str, model: &Transformer) {
    let spec = &model.spec;
    file.text("general.architecture", name);
    let counts = [
        ("context_length", spec.context),
        ("embedding_length", spec.embedding_width),
        ("feed_forward_length", spec.feed_forward_width),
        ("block_count", spec.layers),
        ("attention.head_count", spec.heads),
        ("attention.head_count_kv", spec.kv_heads),
        ("attention.key_length", spec.head_width),
        ("attention.value_length", spec.head_width),
        ("vocab_size", spec.vocab_size),
    ];
    counts
        .into_iter()
        .for_each(|(fact, count)| file.count(&format!("{name}.{fact}"), count));
    let rms = if model.norm.shift.is_none() { "_rms" } else { "" };
    file.number(&format!("{name}.attention.layer_norm{rms}_epsilon"), spec.epsilon);
}

/// The frequencies of pairs; where they are not those of one base, each has a factor of its own.
fn write_turns(file: &mut File, model: &Transformer) -> Result<()> {
    let Some(rope) = &model.spec.rotary else {
        return Ok(());
    };
    let (base, scale) = scale_of(rope, model.spec.head_width);
    file.count("llama.rope.dimension_count", 2 * rope.frequencies().len());
    file.number("llama.rope.freq_base", base as f32);
    let factors = match scale {
        Scale::Plain => return Ok(()),
        Scale::Slower(factor) => vec![factor as f32; rope.frequencies().len()],
        Scale::Each(factors) => factors,
    };
    file.tensor("rope_freqs.weight", &[factors.len()], Type::F32, &factors)
}

fn write_tokens(file: &mut File, rows: usize, tokens: &Tokenizer, mut vocabulary: Vocabulary) {
    let name = |fact: &str| format!("tokenizer.ggml.{fact}");
    // Programs want a token for every row of the embeddings.
    for id in vocabulary.pieces.len()..rows {
        vocabulary.pieces.push(vocabulary.filling(id));
        vocabulary.kinds.push(tokens::Kind::Unused);
    }
    let Vocabulary {
        pieces,
        kinds,
        mut scores,
        ..
    } = vocabulary;
    file.text(&name("model"), vocabulary.model);
    if let Some(cuts) = vocabulary.cuts {
        file.text(&name("pre"), cuts);
        file.texts(&name("merges"), &vocabulary.merges);
    } else if !scores.is_empty() {
        scores.resize(pieces.len(), 0.0);
        let items: Vec<u8> = scores.iter().flat_map(|score| score.to_le_bytes()).collect();
        file.list(&name("scores"), 6, scores.len(), &items);
        file.flag(&name("add_space_prefix"), vocabulary.prefix);
    }
    file.texts(&name("tokens"), &pieces);
    let items: Vec<u8> = kinds
        .iter()
        .flat_map(|kind| kind.number().to_le_bytes())
        .collect();
    file.list(&name("token_type"), 5, kinds.len(), &items);
    file.flag(&name("add_bos_token"), vocabulary.begins);
    if let Some(template) = tokens.chat() {
        file.text("tokenizer.chat_template", template);
    }
    // What also begins texts is the end that is looked at last.
    let begin = tokens.begin();
    let (same, ends): (Vec<u32>, Vec<u32>) = tokens.ends().iter().partition(|end| Some(**end) == begin);
    let ends = ends.into_iter().chain(same);
    let ids = ["eos", "eot", "eom"]
        .into_iter()
        .zip(ends)
        .chain(begin.map(|begin| ("bos", begin)));
    ids.for_each(|(fact, id)| file.count(&name(&format!("{fact}_token_id")), id as usize));
}
