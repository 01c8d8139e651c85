//! Recurrent layers over whole sequences.
//!
//! What does not depend on the last output, x W, is multiplied for all times at once, forwards and backwards; what does,
//! h U, by panels of U that are made once. What the layers differ in is a [`Cell`].

mod back;
mod forwards;
mod gru;
mod lone;
mod lstm;
mod rnn;

use super::Recorded;
use crate::element::Element;
use crate::tape::{Id, NONE, Work};
pub use back::back;
use forwards::forwards;
pub use lone::Lone;

/// The weights of a recurrent layer.
#[derive(Debug, Clone, Copy)]
pub struct Recurrent<W> {
    /// From the input to the gates.
    pub into: W,
    /// From the last output to the gates.
    pub across: W,
    /// Of the gates.
    pub bias: W,
}

/// Which way a recurrent layer goes through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// From the first step to the last.
    #[default]
    Forwards,
    /// From the last to the first: the other half of a bidirectional layer. Outputs stay where their inputs are.
    Backwards,
}

impl Direction {
    /// The time that is done as number `step`.
    fn time(self, step: usize, times: usize) -> usize {
        match self {
            Self::Forwards => step,
            Self::Backwards => times - 1 - step,
        }
    }
}

/// The kinds of layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Long short-term memory.
    Lstm,
    /// Gated recurrent unit.
    Gru,
    /// The plain one.
    Rnn,
}

/// Which columns of the weights, in widths of the layer, belong to which of the gates as they are kept.
#[derive(Clone, Copy)]
struct Columns {
    weights: usize,
    gates: usize,
    count: usize,
}

/// How a cell keeps its values, in widths of the layer.
#[derive(Clone, Copy)]
struct Layout {
    /// Of weights from the input, weights from the output, and biases.
    into: usize,
    across: usize,
    biases: usize,
    /// Of the gates, and where those that the output leads to begin: they are adjacent.
    gates: usize,
    recurrent: usize,
    /// Where biases, and with them weights from the input, have their gates.
    columns: &'static [Columns],
    /// Of what else is kept.
    kept: usize,
}

impl Layout {
    /// Those of the weights from the input.
    fn inputs(&self) -> impl Iterator<Item = Columns> {
        let into = self.into;
        self.columns.iter().filter(move |c| c.weights < into).copied()
    }
}

/// Values of the step before, rows `apart` from one another.
#[derive(Clone, Copy)]
struct Before<'v, T> {
    values: &'v [T],
    apart: usize,
}

impl<'v, T> Before<'v, T> {
    fn row(&self, row: usize, width: usize) -> &'v [T] {
        &self.values[row * self.apart..][..width]
    }
}

/// What a recurrent layer does in one step, for some sequences.
trait Cell {
    const LAYOUT: Layout;
    /// Whether the state that a step begins with is what else is kept, not the output.
    const CELL: bool;
    /// Whether the output before reaches the output without U.
    const DIRECT: bool;

    /// From x W + h U in `gates` to what is kept and the output; biases lie as the gates do.
    fn step<T: Element>(bias: &[T], before: Before<T>, gates: &mut [T], kept: &mut [T], h: &mut [T]);

    /// From the gradient by the output to those by the gates; `dh` becomes what reaches the output before without U, if anything does, and `dc`
    /// the gradient by the cell before.
    fn gradient<T: Element>(saved: Saved<T>, before: Before<T>, dh: &mut [T], dc: &mut [T], dgates: &mut [T]);
}

/// What one step of some sequences kept.
#[derive(Clone, Copy)]
struct Saved<'v, T> {
    width: usize,
    gates: &'v [T],
    kept: &'v [T],
    h: &'v [T],
}

#[derive(Clone, Copy)]
struct Sizes {
    time: usize,
    batch: usize,
    inputs: usize,
    width: usize,
}

impl Sizes {
    /// Of inputs x, W, U, b, and the states at the start, if there are any.
    fn new<T: Element>(work: &Work<T>, ids: [Id; 6], layout: Layout) -> Result<Self, String> {
        let [x, into, across, bias] = [0, 1, 2, 3].map(|i| work.shape(ids[i]));
        let wrong =
            || format!("x {x}, weights {into} and {across}, and bias {bias} do not form such a layer");
        let (&[time, batch, inputs], &[width, columns]) = (x.lengths(), across.lengths()) else {
            return Err(wrong());
        };
        if columns != layout.across * width
            || into.lengths() != [inputs, layout.into * width]
            || bias.lengths() != [layout.biases * width]
        {
            return Err(wrong());
        }
        for id in ids[4..].iter().filter(|id| **id != NONE) {
            let state = work.shape(*id);
            if state.lengths() != [batch, width] {
                return Err(format!(
                    "a state of shape {state} for {batch} sequences of width {width}"
                ));
            }
        }
        Ok(Self {
            time,
            batch,
            inputs,
            width,
        })
    }

    fn step(&self) -> usize {
        self.batch * self.width
    }

    /// Rows of all times.
    fn count(&self) -> usize {
        self.time * self.batch
    }
}

/// Record a layer of x, W, U, b and the states at the start; with `last`, the cell of the last step follows the outputs.
///
/// # Errors
/// If the shapes do not fit.
pub fn recurrent<T: Element>(
    work: &mut Work<T>,
    kind: Kind,
    ids: [Id; 6],
    direction: Direction,
    last: bool,
) -> Recorded {
    match kind {
        Kind::Lstm => forwards::<T, lstm::Lstm>(work, kind, ids, direction, last),
        Kind::Gru => forwards::<T, gru::Gru>(work, kind, ids, direction, last),
        Kind::Rnn => forwards::<T, rnn::Rnn>(work, kind, ids, direction, last),
    }
}

/// x = f(x + b): a loop for every gate, since of several at once compilers make no vectors.
#[inline(always)]
fn gate<T: Element>(x: &mut [T], bias: &[T], f: impl Fn(T) -> T) {
    x.iter_mut().zip(bias).for_each(|(x, b)| *x = f(*x + *b));
}

/// Values from `start` on; none where there are no rows.
fn from<T>(all: &[T], start: usize) -> &[T] {
    all.get(start..).unwrap_or_default()
}
