//! The `.bin` files of llama2.c (Karpathy 2023, `export.py`): version 0 in single precision, which `run.c` reads, or version 2
//! in 8 bits, which `runq.c` reads. What layers have comes one after the other for all of them.

use std::collections::HashMap;

use induce_core::{Error, Result};
use induce_tensor::inference::{Rope, RopeLayout};

use super::parts::each;
use super::precision::Precision;
use crate::language::architectures::interchange_of;
use crate::language::gguf::NAMES;
use crate::language::llama2c::{BASE, EPSILON, HEADER, MAGIC};
use crate::language::transformer::model::Transformer;
use crate::language::transformer::rope::scale_of;
use crate::language::transformer::spec::Spec;

/// The largest number of weights that share a factor.
const GROUP: usize = 64;

/// The matrices of layers, in their order.
const ATTENTION: [&str; 4] = [NAMES.query, NAMES.key, NAMES.value, NAMES.output];
const FEED: [&str; 3] = [NAMES.gate, NAMES.down, NAMES.up];

/// The file.
///
/// # Errors
/// If the model is not what llama2.c takes for granted.
pub fn bytes(model: &Transformer, precision: Precision) -> Result<Vec<u8>> {
    check(model)?;
    let mut tensors = HashMap::new();
    each(
        model,
        interchange_of(model)?,
        &NAMES,
        RopeLayout::Neighbours,
        &mut |part| {
            tensors.insert(part.name, part.values);
            Ok(())
        },
    )?;
    let file = File {
        spec: &model.spec,
        tied: model.head.is_none(),
        tensors,
        out: Vec::new(),
    };
    match precision {
        Precision::F32 => Ok(file.first()),
        Precision::Q8_0 => Ok(file.second()),
        _ => Err(Error::data(
            "llama2.c has single precision and 8 bits, and no other",
            "write `f32` or `q8_0`, or GGUF",
        )),
    }
}

/// That the model is what programs take for granted.
fn check(model: &Transformer) -> Result<()> {
    let kind = interchange_of(model)?;
    let what = if !kind.is_rotary() {
        Some(format!("it is {}, not Llama", kind.title()))
    } else if model.biased().contains(&true) {
        Some("its linear maps have biases".into())
    } else {
        misfit(&model.spec)
    };
    what.map_or(Ok(()), |what| {
        Err(Error::data(
            format!("llama2.c cannot keep this model: {what}"),
            "write GGUF, or a folder of Hugging Face",
        ))
    })
}

/// What is otherwise there than in a model of Llama's kind.
fn misfit(spec: &Spec) -> Option<String> {
    let Spec {
        heads,
        head_width,
        embedding_width: width,
        epsilon,
        ..
    } = *spec;
    if epsilon != EPSILON {
        return Some(format!("its norms add {epsilon}, and there it is {EPSILON}"));
    }
    if heads * head_width != width {
        return Some(format!(
            "{heads} heads of {head_width} do not make up a width of {width}"
        ));
    }
    let rope = spec.rotary.as_ref()?;
    let (frequencies, plain) = (rope.frequencies(), Rope::new(BASE, head_width, rope.layout()));
    if 2 * frequencies.len() != head_width {
        let rotated = 2 * frequencies.len();
        return Some(format!(
            "{rotated} of {head_width} dimensions of a head are rotated"
        ));
    }
    let mut pairs = frequencies.iter().zip(plain.frequencies());
    if pairs.all(|(frequency, plain)| (frequency / plain - 1.0).abs() < 1e-12) {
        return None;
    }
    Some(match scale_of(rope, head_width).0 {
        BASE => "its RoPE frequencies are scaled".into(),
        base => format!("the base of its positions is {base}, and there it is {BASE}"),
    })
}

/// A file that grows, and the tensors that go there.
struct File<'a> {
    spec: &'a Spec,
    tied: bool,
    tensors: HashMap<String, Vec<f32>>,
    out: Vec<u8>,
}

impl File<'_> {
    /// Version 0.
    fn first(mut self) -> Vec<u8> {
        // There a head of its own is told by the sign.
        self.header(if self.tied { 1 } else { -1 });
        self.one(NAMES.embedding, floats);
        self.all(&[NAMES.attention_norm], floats);
        self.all(&ATTENTION, floats);
        self.all(&[NAMES.feed_norm], floats);
        self.all(&FEED, floats);
        self.one(NAMES.norm, floats);
        self.rope();
        self.head(floats);
        self.out
    }

    /// Version 2.
    fn second(mut self) -> Vec<u8> {
        let fits = |group: &usize| {
            [self.spec.embedding_width, self.spec.feed_forward_width]
                .iter()
                .all(|n| n.is_multiple_of(*group))
        };
        let group = (1..=GROUP).rev().find(fits).unwrap_or(1);
        let codes = move |values: &[f32], out: &mut Vec<u8>| codes(values, group, out);
        self.out.extend(MAGIC.to_le_bytes());
        self.out.extend(2_i32.to_le_bytes());
        self.header(1);
        self.out.push(u8::from(self.tied));
        self.out.extend((group as i32).to_le_bytes());
        self.out.resize(HEADER, 0);
        self.all(&[NAMES.attention_norm], floats);
        self.all(&[NAMES.feed_norm], floats);
        self.one(NAMES.norm, floats);
        self.one(NAMES.embedding, codes);
        self.all(&ATTENTION, codes);
        self.all(&FEED, codes);
        self.head(codes);
        self.out
    }

    /// The seven integers; a checked spec has no number above 2^24.
    fn header(&mut self, sign: i32) {
        let s = self.spec;
        let counts = [
            s.embedding_width,
            s.feed_forward_width,
            s.layers,
            s.heads,
            s.kv_heads,
            s.vocab_size,
            s.context,
        ];
        for (i, count) in counts.into_iter().enumerate() {
            let count = count as i32 * if i == 5 { sign } else { 1 };
            self.out.extend(count.to_le_bytes());
        }
    }

    /// A tensor, as `write` writes it.
    fn one(&mut self, name: &str, write: impl Fn(&[f32], &mut Vec<u8>)) {
        let values = self.tensors.get(&format!("{name}.weight"));
        write(
            values.expect("a model of Llama's kind has all of them"),
            &mut self.out,
        );
    }

    /// Tensors of layers.
    fn all(&mut self, names: &[&str], write: impl Fn(&[f32], &mut Vec<u8>)) {
        for name in names {
            (0..self.spec.layers).for_each(|i| self.one(&name.replace('#', &i.to_string()), &write));
        }
    }

    fn head(&mut self, write: impl Fn(&[f32], &mut Vec<u8>)) {
        if !self.tied {
            self.one(NAMES.head, write);
        }
    }

    /// Cosines, then sines, of all positions in single precision, as `model.py` has them: older programs read them.
    fn rope(&mut self) {
        let rope = Rope::new(BASE, self.spec.head_width, RopeLayout::Neighbours);
        for f in [f64::cos, f64::sin] {
            for position in 0..self.spec.context {
                let angles = rope
                    .frequencies()
                    .iter()
                    .map(|frequency| position as f32 * *frequency as f32);
                angles.for_each(|angle| self.out.extend((f(f64::from(angle)) as f32).to_le_bytes()));
            }
        }
    }
}

fn floats(values: &[f32], out: &mut Vec<u8>) {
    values.iter().for_each(|x| out.extend(x.to_le_bytes()));
}

/// w / d to the nearest integer, even ones where two are as near, then all factors d = max |w| / 127.
fn codes(values: &[f32], group: usize, out: &mut Vec<u8>) {
    let groups = values.chunks(group);
    let factors = groups
        .clone()
        .map(|group| group.iter().fold(0.0_f32, |most, w| most.max(w.abs())) / 127.0);
    let factors: Vec<f32> = factors.collect();
    for (group, d) in groups.zip(&factors) {
        let inner = |w: &f32| {
            if *d > 0.0 {
                (w / d).round_ties_even() as i8
            } else {
                0
            }
        };
        out.extend(group.iter().map(|w| inner(w).cast_unsigned()));
    }
    floats(&factors, out);
}
