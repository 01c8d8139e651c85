//! Dropout (Srivastava et al. 2014): every value is 0 with some probability, the others grow; gradients draw it again, and nothing is stored.

use induce_core::multiversion;
use induce_core::parallel::Team;
use induce_core::random::{Stream, philox};

use super::noise::LANES;
use super::{Op, Recorded};
use crate::element::Element;
use crate::tape::{Id, Work, value};
use crate::threads::rows;

/// Which values are dropped: those whose random bits lie below a bound.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    stream: Stream,
    least: u32,
    scale: f64,
}

/// What is dropped of a head's probabilities: every query has places of its own, however queries are done together.
#[derive(Clone, Copy)]
pub struct Rows {
    dropout: Dropout,
    /// The number of the head's first query among all of a batch, and how many the head has.
    head: usize,
    time: usize,
    /// The width of a row.
    keys: usize,
}

multiversion! {
    /// y (+)= scale x where the bits from place 4 `first` of the stream on reach `least`, and 0 elsewhere
    fn thin<T: Element>(stream: Stream, first: u64, least: u32, scale: T, x: &[T], y: &mut [T], add: bool) {
        for (n, (x, y)) in x.chunks(4).zip(y.chunks_mut(4)).enumerate() {
            let (counter, key) = stream.counter(first + n as u64);
            for ((x, y), bits) in x.iter().zip(y).zip(philox(counter, key)) {
                let own = if bits >= least { *x * scale } else { T::ZERO };
                *y = if add { *y + own } else { own };
            }
        }
    }
}

multiversion! {
    /// P m in place of P: the factors m of row i, of its first `first + i + 1` values
    fn thin_rows<T: Element>(own: Rows, first: usize, p: &mut [T]) {
        for (i, row) in p.chunks_exact_mut(own.keys).enumerate() {
            for (n, row) in row[..first + i + 1].chunks_mut(4 * LANES).enumerate() {
                let bits = own.bits(first + i, n);
                for (p, bits) in row.iter_mut().zip(bits.as_flattened()) {
                    *p = *p * own.dropout.factor(*bits);
                }
            }
        }
    }
}

multiversion! {
    /// dS = P (m dP - D) scale in place of dP, and P m in place of P, with the same factors m
    fn thin_gradient<T: Element>(own: Rows, first: usize, p: &mut [T], dp: &mut [T], d: &[T], scale: T) {
        let rows = p.chunks_exact_mut(own.keys).zip(dp.chunks_exact_mut(own.keys));
        for (i, ((p, dp), d)) in rows.zip(d).enumerate() {
            // Later keys are not seen: their probability is 0, and with it the gradient.
            let (seen, later) = dp.split_at_mut(first + i + 1);
            later.fill(T::ZERO);
            for (n, (p, dp)) in p.chunks_mut(4 * LANES).zip(seen.chunks_mut(4 * LANES)).enumerate() {
                let bits = own.bits(first + i, n);
                for ((p, dp), bits) in p.iter_mut().zip(dp).zip(bits.as_flattened()) {
                    let m: T = own.dropout.factor(*bits);
                    *dp = *p * (m * *dp - *d) * scale;
                    *p = *p * m;
                }
            }
        }
    }
}

impl Rows {
    /// The bits of the keys from 4 `LANES` `n` on of a query, in blocks side by side, so that they are made together.
    #[inline(always)]
    fn bits(self, query: usize, n: usize) -> [[u32; 4]; LANES] {
        let first = (self.head + query) * self.time.div_ceil(4) + n * LANES;
        std::array::from_fn(|l| {
            let (counter, key) = self.dropout.stream.counter((first + l) as u64);
            philox(counter, key)
        })
    }

    /// P m in place of P, of the queries from `first` on, each of which sees the keys up to its own.
    pub fn apply<T: Element>(self, first: usize, p: &mut [T]) {
        thin_rows(self, first, p);
    }

    /// dS = P (m dP - D) scale in place of dP, and P m in place of P.
    pub fn gradient<T: Element>(self, first: usize, p: &mut [T], dp: &mut [T], d: &[T], scale: T) {
        thin_gradient(self, first, p, dp, d, scale);
    }
}

impl Dropout {
    /// With this probability.
    ///
    /// # Errors
    /// If it is not in [0, 1).
    pub fn new(probability: f64, stream: Stream) -> Result<Self, String> {
        if !(0.0..1.0).contains(&probability) {
            return Err(format!("the dropout probability {probability} is not in [0, 1)"));
        }
        Ok(Self {
            stream,
            least: (probability * 4_294_967_296.0) as u32,
            scale: 1.0 / (1.0 - probability),
        })
    }

    /// Of rows of `keys` probabilities, of a head of `time` queries, of which the first has the number `head` among all.
    pub fn rows(self, head: usize, time: usize, keys: usize) -> Rows {
        Rows {
            dropout: self,
            head,
            time,
            keys,
        }
    }

    /// What a number with these bits is multiplied by.
    #[inline(always)]
    fn factor<T: Element>(self, bits: u32) -> T {
        if bits >= self.least {
            T::of(self.scale)
        } else {
            T::ZERO
        }
    }

    /// y (+)= x where it is kept; the same forwards and backwards.
    pub fn apply<T: Element>(self, team: &Team, x: &[T], y: &mut [T], add: bool) {
        let (whole, scale) = (x.len() / 4 * 4, T::of(self.scale));
        let (blocks, last) = y.split_at_mut(whole);
        rows(team, whole / 4, [(blocks, 4)], |r, [y]| {
            let x = &x[4 * r.start..4 * r.end];
            thin(self.stream, r.start as u64, self.least, scale, x, y, add);
        });
        let first = (whole / 4) as u64;
        thin(self.stream, first, self.least, scale, &x[whole..], last, add);
    }
}

/// What [`Tensor::dropout`](crate::Tensor::dropout) records.
///
/// # Errors
/// If the probability is not in [0, 1).
pub fn dropout<T: Element>(work: &mut Work<T>, x: Id, probability: f64, stream: Stream) -> Recorded {
    let own = Dropout::new(probability, stream)?;
    let shape = work.shape(x);
    let mut y = work.pool.take(shape.elements());
    own.apply(work.team, value(work.nodes, work.parameters, x), &mut y, false);
    Ok(work.push(Op::Dropout(own), shape, &[x], y))
}

pub fn back<T: Element>(own: Dropout, y: Id, dy: &[T], work: &mut Work<T>) {
    let x = work.node(y).inputs[0];
    let Some(mut slot) = work.slot(x) else { return };
    let add = slot.add;
    own.apply(work.team, dy, slot.slice(), add);
    work.put(slot);
}
