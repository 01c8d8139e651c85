//! The `.bin` files of llama2.c (Karpathy 2023, `export.py` and `run.c`): a header of integers, then all weights.
//!
//! Version 0 has seven integers and single precision; versions 1 and 2 begin with `ak42`, have a header of 256 bytes, and
//! norms first; version 2 keeps matrices in 8 bits.

use induce_core::Result;
use induce_tensor::inference::{Block, Form, Rope, RopeLayout, Weight};

use super::bytes::Cursor;
use super::fault::damaged;
use super::llama::interchange::NAME;
use super::transformer::model::{Layer, Linear, Norm, Transformer};
use super::transformer::spec::Spec;

/// `ak42`
pub const MAGIC: u32 = 0x616b_3432;
/// Bytes of the header from version 1 on.
pub const HEADER: usize = 256;
/// The base of rotary positions.
pub const BASE: f64 = 10_000.0;
/// What variances are added to.
pub const EPSILON: f32 = 1e-5;

/// How matrices are kept.
#[derive(Clone, Copy)]
enum Kept {
    Single,
    Eight { group: usize },
}

/// The model in `bytes`.
///
/// # Errors
/// If they are damaged, or of an unknown version.
pub fn model(file: &str, bytes: &[u8]) -> Result<Transformer> {
    let mut cursor = Cursor::new(file, "llama2.c", bytes);
    let magic = cursor.clone().u32("the header")?;
    let model = if magic == MAGIC {
        new(&mut cursor)?
    } else {
        first(&mut cursor)?
    };
    model.check(file)?;
    Ok(model)
}

/// Whether the header of `bytes` is one of llama2.c.
pub fn is(bytes: &[u8]) -> bool {
    let mut cursor = Cursor::new("", "llama2.c", bytes);
    match cursor.clone().u32("") {
        Ok(MAGIC) => true,
        _ => header(&mut cursor).is_ok(),
    }
}

/// The seven integers, and whether the head is that of the embeddings.
fn header(cursor: &mut Cursor) -> Result<(Spec, bool)> {
    let mut next = || cursor.i32("the header");
    let numbers = [next()?, next()?, next()?, next()?, next()?, next()?, next()?];
    let [width, hidden, layers, heads, shared, vocabulary, context] = numbers;
    let count = |n: i32| usize::try_from(n).unwrap_or(0);
    let head_width = count(width).checked_div(count(heads)).unwrap_or(0);
    let spec = Spec {
        architecture: NAME,
        vocab_size: vocabulary.unsigned_abs() as usize,
        embedding_width: count(width),
        feed_forward_width: count(hidden),
        layers: count(layers),
        heads: count(heads),
        kv_heads: count(shared),
        head_width,
        context: count(context),
        epsilon: EPSILON,
        rotary: None,
    };
    spec.check(cursor.file)?;
    if head_width * spec.heads != spec.embedding_width || head_width % 2 == 1 {
        let reason = format!(
            "{} heads cannot share a width of {} in pairs",
            spec.heads, spec.embedding_width
        );
        return Err(damaged(cursor.file, reason));
    }
    let rotary = Some(Rope::new(BASE, head_width, RopeLayout::Neighbours));
    Ok((Spec { rotary, ..spec }, vocabulary > 0))
}

/// What a layer is made of, in parts that files have for all layers at once.
struct Parts {
    attention_norm: Vec<Vec<f32>>,
    feed_norm: Vec<Vec<f32>>,
    query: Vec<Weight>,
    key: Vec<Weight>,
    value: Vec<Weight>,
    output: Vec<Weight>,
    gate: Vec<Weight>,
    down: Vec<Weight>,
    up: Vec<Weight>,
}

fn norms(cursor: &mut Cursor, spec: &Spec) -> Result<Vec<Vec<f32>>> {
    // No allocation by `layers`: a file of zero layers' bytes fails at the first.
    (0..spec.layers)
        .map(|_| cursor.f32s(1, spec.embedding_width, "the norms"))
        .collect()
}

fn matrix(cursor: &mut Cursor, rows: usize, columns: usize, kept: Kept) -> Result<Weight> {
    let what = "the weights";
    let weight = match kept {
        Kept::Single => Weight::new(&cursor.f32s(rows, columns, what)?, rows, columns),
        Kept::Eight { group } => {
            let count = rows.saturating_mul(columns);
            let codes = cursor.take(count, what)?;
            let factors = cursor.f32s(count / group, 1, what)?;
            eight(codes, &factors, group, rows, columns)
        }
    };
    weight.ok_or_else(|| cursor.fault("a matrix has another size than its header says"))
}

/// A matrix of 8 bits, as it is where halves of blocks of 32 have one factor each, and else in single precision.
fn eight(codes: &[u8], factors: &[f32], group: usize, rows: usize, columns: usize) -> Option<Weight> {
    let half = Form::BLOCK / 2;
    let block = |row: usize, i: usize| {
        let first = row * columns + i * Form::BLOCK;
        Block {
            codes: std::array::from_fn(|j| codes[first + j] ^ 128),
            factor: factors[first / group],
            second: factors[(first + half) / group],
        }
    };
    let coded = group
        .is_multiple_of(half)
        .then(|| Weight::coded(Form::EightHalves, rows, columns, block));
    coded.flatten().or_else(|| {
        let values = codes
            .iter()
            .zip(0..)
            .map(|(code, i)| factors[i / group] * f32::from(code.cast_signed()));
        Weight::new(&values.collect::<Vec<f32>>(), rows, columns)
    })
}

fn all(cursor: &mut Cursor, layers: usize, rows: usize, columns: usize, kept: Kept) -> Result<Vec<Weight>> {
    (0..layers).map(|_| matrix(cursor, rows, columns, kept)).collect()
}

/// Version 0.
fn first(cursor: &mut Cursor) -> Result<Transformer> {
    let (spec, tied) = header(cursor)?;
    let (kept, layers) = (Kept::Single, spec.layers);
    let embedding = matrix(cursor, spec.vocab_size, spec.embedding_width, kept)?;
    let attention_norm = norms(cursor, &spec)?;
    let attention = attention(cursor, &spec, kept)?;
    let feed_norm = norms(cursor, &spec)?;
    let feed = feed(cursor, &spec, kept)?;
    let norm = cursor.f32s(1, spec.embedding_width, "the last norm")?;
    // Cosines and sines of the positions, which older programs read.
    cursor.take(
        spec.context.saturating_mul(spec.head_width / 2).saturating_mul(8),
        "the turns",
    )?;
    let head = (!tied)
        .then(|| matrix(cursor, spec.vocab_size, spec.embedding_width, kept))
        .transpose()?;
    let parts = parts(attention_norm, feed_norm, attention, feed);
    debug_assert_eq!(parts.query.len(), layers);
    finish(cursor, spec, embedding, parts, norm, head)
}

/// Versions 1 and 2.
fn new(cursor: &mut Cursor) -> Result<Transformer> {
    cursor.u32("the header")?;
    let version = cursor.i32("the header")?;
    let (spec, _) = header(cursor)?;
    let tied = cursor.u8("the header")? != 0;
    let kept = match version {
        1 => Kept::Single,
        2 => Kept::Eight {
            group: group(cursor, &spec)?,
        },
        _ => {
            return Err(damaged(
                cursor.file,
                format!("version {version} of llama2.c is unknown"),
            ));
        }
    };
    let rest = HEADER.saturating_sub(cursor.at());
    if cursor.take(rest, "the header")?.iter().any(|byte| *byte != 0) {
        let reason = "its header says more than is known of this version of llama2.c";
        return Err(damaged(cursor.file, reason));
    }
    let attention_norm = norms(cursor, &spec)?;
    let feed_norm = norms(cursor, &spec)?;
    let norm = cursor.f32s(1, spec.embedding_width, "the last norm")?;
    let embedding = matrix(cursor, spec.vocab_size, spec.embedding_width, kept)?;
    let attention = attention(cursor, &spec, kept)?;
    let feed = feed(cursor, &spec, kept)?;
    let head = (!tied)
        .then(|| matrix(cursor, spec.vocab_size, spec.embedding_width, kept))
        .transpose()?;
    finish(
        cursor,
        spec,
        embedding,
        parts(attention_norm, feed_norm, attention, feed),
        norm,
        head,
    )
}

/// How many 8-bit weights share a factor: a divisor of every width.
fn group(cursor: &mut Cursor, spec: &Spec) -> Result<usize> {
    let group = usize::try_from(cursor.i32("the header")?).unwrap_or(0);
    let fits = group > 0
        && [spec.embedding_width, spec.feed_forward_width]
            .iter()
            .all(|n| n.is_multiple_of(group));
    fits.then_some(group).ok_or_else(|| {
        damaged(
            cursor.file,
            format!("groups of {group} do not fit rows of {}", spec.embedding_width),
        )
    })
}

fn attention(cursor: &mut Cursor, spec: &Spec, kept: Kept) -> Result<[Vec<Weight>; 4]> {
    let (layers, width) = (spec.layers, spec.embedding_width);
    Ok([
        all(cursor, layers, spec.queries(), width, kept)?,
        all(cursor, layers, spec.keys(), width, kept)?,
        all(cursor, layers, spec.keys(), width, kept)?,
        all(cursor, layers, width, spec.queries(), kept)?,
    ])
}

fn feed(cursor: &mut Cursor, spec: &Spec, kept: Kept) -> Result<[Vec<Weight>; 3]> {
    let (layers, width, hidden) = (spec.layers, spec.embedding_width, spec.feed_forward_width);
    Ok([
        all(cursor, layers, hidden, width, kept)?,
        all(cursor, layers, width, hidden, kept)?,
        all(cursor, layers, hidden, width, kept)?,
    ])
}

fn parts(
    attention_norm: Vec<Vec<f32>>,
    feed_norm: Vec<Vec<f32>>,
    [query, key, value, output]: [Vec<Weight>; 4],
    [gate, down, up]: [Vec<Weight>; 3],
) -> Parts {
    Parts {
        attention_norm,
        feed_norm,
        query,
        key,
        value,
        output,
        gate,
        down,
        up,
    }
}

fn finish(
    cursor: &Cursor,
    spec: Spec,
    embedding: Weight,
    parts: Parts,
    norm: Vec<f32>,
    head: Option<Weight>,
) -> Result<Transformer> {
    if cursor.left() > 0 {
        return Err(cursor.fault(format!(
            "{} bytes are left over after the last weight",
            cursor.left()
        )));
    }
    let plain = |weight| Linear { weight, bias: None };
    let norm_of = |scale| Norm { scale, shift: None };
    let rest = parts.gate.into_iter().zip(parts.down).zip(parts.up);
    let norms = parts.attention_norm.into_iter().zip(parts.feed_norm);
    let pairs = parts
        .query
        .into_iter()
        .zip(parts.key)
        .zip(parts.value)
        .zip(parts.output);
    let layer = |((norms, (((query, key), value), output)), ((gate, down), up)): ((_, _), _)| {
        let (attention_norm, feed_norm): (Vec<f32>, Vec<f32>) = norms;
        Layer {
            attention_norm: norm_of(attention_norm),
            query: plain(query),
            key: plain(key),
            value: plain(value),
            output: plain(output),
            feed_norm: norm_of(feed_norm),
            gate: Some(plain(gate)),
            up: plain(up),
            down: plain(down),
        }
    };
    Ok(Transformer {
        spec,
        embedding,
        positions: None,
        layers: norms.zip(pairs).zip(rest).map(layer).collect(),
        norm: norm_of(norm),
        head,
    })
}
