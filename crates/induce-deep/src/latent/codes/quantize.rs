//! From what an encoder says of a place to a code of the codebook.

use induce_core::Result;
use induce_core::random::Stream;
use induce_tensor::{Element, Tensor};

use super::spec::{Quantization, Spec, Update};

/// Places whose codes were chosen.
pub struct Quantized<'t, T: Element = f32> {
    /// What the decoder sees of every place. // (places, width)
    pub z: Tensor<'t, T>,
    /// The codes. // (places)
    pub codes: Vec<u32>,
    /// What is added to the loss, summed over places.
    pub penalty: Tensor<'t, T>,
}

/// Where in a training it is.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Temperature of a relaxation.
    pub temperature: f64,
    /// Weight of the KL divergence.
    pub beta: f64,
    /// What is drawn.
    pub noise: Stream,
}

/// Chooses codes, such that a gradient finds its way back.
pub trait Quantizer<T: Element> {
    /// Of what an encoder says of places, and the codebook. // (places, numbers), (codes, width)
    ///
    /// # Errors
    /// If the tape is poisoned.
    fn quantize<'t>(&self, said: Tensor<'t, T>, book: Tensor<'t, T>, at: Moment) -> Result<Quantized<'t, T>>;
}

impl Spec {
    /// How it chooses codes.
    pub fn quantizer<T: Element>(&self) -> Box<dyn Quantizer<T>> {
        match self.quantization {
            Quantization::Nearest => Box::new(Nearest {
                commitment: self.commitment,
                learnt: self.update == Update::Gradient,
            }),
            Quantization::Gumbel => Box::new(Gumbel {
                straight_through: self.straight_through,
            }),
        }
    }
}

/// The code nearest to a vector; the decoder's gradient passes to the vector as if it were the code (van den Oord et al. 2017, equation 3).
struct Nearest {
    commitment: f64,
    /// Whether the codebook has a gradient.
    learnt: bool,
}

impl<T: Element> Quantizer<T> for Nearest {
    fn quantize<'t>(&self, said: Tensor<'t, T>, book: Tensor<'t, T>, _: Moment) -> Result<Quantized<'t, T>> {
        let codes = nearest(said, book)?;
        let own = book.rows(&codes);
        let apart = |a: Tensor<'t, T>, b: Tensor<'t, T>| (a - b.detach()).square().sum();
        let mut penalty = apart(said, own).affine(self.commitment, 0.0);
        if self.learnt {
            penalty = penalty + apart(own, said);
        }
        Ok(Quantized {
            z: said + (own - said).detach(),
            codes,
            penalty,
        })
    }
}

/// softmax((logits + g) / tau) of Gumbel draws g mixes the codes; with it KL(q || uniform) = ln K + sum_k q_k ln q_k.
struct Gumbel {
    straight_through: bool,
}

impl<T: Element> Quantizer<T> for Gumbel {
    fn quantize<'t>(&self, said: Tensor<'t, T>, book: Tensor<'t, T>, at: Moment) -> Result<Quantized<'t, T>> {
        let (tape, shape) = (said.tape(), said.shape());
        let drawn = said + tape.gumbel(shape.lengths(), at.noise);
        let codes = largest(drawn)?;
        let soft = drawn.affine(1.0 / at.temperature, 0.0).softmax().matmul(book);
        let z = match self.straight_through {
            true => soft + (book.rows(&codes) - soft).detach(),
            false => soft,
        };
        Ok(Quantized {
            z,
            codes,
            penalty: kl_to_uniform(said).sum().affine(at.beta, 0.0),
        })
    }
}

/// ln K + sum_k q_k ln q_k of the softmax q of every row. // (rows)
pub fn kl_to_uniform<T: Element>(logits: Tensor<'_, T>) -> Tensor<'_, T> {
    let (rows, codes) = (logits.shape().rows(), logits.shape().last());
    let ln_q = logits - logits.log_sum_exp().reshape(&[rows, 1]);
    (logits.softmax() * ln_q)
        .sum_last()
        .affine(1.0, (codes as f64).ln())
}

/// The nearest code of every vector: the largest of x . e - |e|^2 / 2.
///
/// # Errors
/// If the tape is poisoned.
pub fn nearest<T: Element>(x: Tensor<'_, T>, book: Tensor<'_, T>) -> Result<Vec<u32>> {
    let (x, book) = (x.detach(), book.detach());
    let codes = book.shape().rows();
    let squares = book.square().sum_last().reshape(&[1, codes]);
    largest(x.matmul(book.transpose()) - squares.affine(0.5, 0.0))
}

/// The place of the largest number of every row, the first of equals.
///
/// # Errors
/// If the tape is poisoned.
pub fn largest<T: Element>(rows: Tensor<'_, T>) -> Result<Vec<u32>> {
    let width = rows.shape().last();
    let of = |row: &[T]| {
        let mut best = 0;
        for (i, x) in row.iter().enumerate() {
            if *x > row[best] {
                best = i;
            }
        }
        best as u32
    };
    rows.tape()
        .with_values(rows, |all| all.chunks_exact(width.max(1)).map(of).collect())
}
