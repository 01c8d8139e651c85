//! What tensors of sequences can do: (time, batch, width).

use induce_core::random::Stream;

use super::Tensor;
use crate::element::Element;
use crate::ops::dropout::Dropout;
use crate::ops::recurrent::{Direction, Kind, Recurrent, recurrent};
use crate::ops::{Heads, attention, rotate};
use crate::tape::NONE;

impl<T: Element> Tensor<'_, T> {
    fn recurrent(
        self,
        (name, kind): (&str, Kind),
        weights: Recurrent<Self>,
        start: [Option<Self>; 2],
        direction: Direction,
        last: bool,
    ) -> Self {
        let [h, c] = start.map(|state| state.map_or(NONE, |state| state.id));
        let ids = [self.id, weights.into.id, weights.across.id, weights.bias.id, h, c];
        self.tape
            .record(name, |work| recurrent(work, kind, ids, direction, last))
    }

    /// The output of the last step that was done.
    fn last(self, direction: Direction) -> Self {
        let shape = self.shape();
        let &[time, batch, width] = shape.lengths() else {
            return self;
        };
        let step = match direction {
            Direction::Forwards => time.saturating_sub(1),
            Direction::Backwards => 0,
        };
        self.narrow(step, 1).reshape(&[batch, width])
    }

    /// A long short-term memory over a whole sequence (Hochreiter & Schmidhuber 1997; gates as in PyTorch: i, f, g, o).
    ///
    /// x is (time, batch, inputs), `into` (inputs, 4 width), `across` (width, 4 width), `bias` (4 width); the first state is
    /// 0. Returns the outputs (time, batch, width).
    #[must_use]
    pub fn lstm(self, weights: Recurrent<Self>) -> Self {
        let start = [None; 2];
        self.recurrent(("lstm", Kind::Lstm), weights, start, Direction::Forwards, false)
    }

    /// As [`lstm`](Self::lstm), from the state (h, c), each (batch, width), or from 0, in either direction.
    ///
    /// Returns the outputs, and h and c after the last step: with them, detached, the next part of a long text begins.
    /// A sequence has at least one step.
    #[must_use]
    pub fn lstm_from(
        self,
        weights: Recurrent<Self>,
        start: Option<(Self, Self)>,
        direction: Direction,
    ) -> (Self, Self, Self) {
        let (time, batch) = (self.shape().lengths().first().copied(), self.shape());
        let batch = batch.lengths().get(1).copied().unwrap_or(0);
        let width = weights.across.shape().lengths().first().copied().unwrap_or(0);
        let count = time.unwrap_or(0) * batch * width;
        let start = [start.map(|s| s.0), start.map(|s| s.1)];
        let all = self.recurrent(("lstm", Kind::Lstm), weights, start, direction, true);
        let outputs = all.narrow(0, count).reshape(&[time.unwrap_or(0), batch, width]);
        let cell = all.narrow(count, batch * width).reshape(&[batch, width]);
        (outputs, outputs.last(direction), cell)
    }

    /// A gated recurrent unit over a whole sequence (Cho et al. 2014; gates as in PyTorch: r, z, n, with the bias of the
    /// recurrent part inside the reset).
    ///
    /// h' = (1 - z) n + z h, with n = tanh(x W_n + b_n + r (h U_n + b_q)). x is (time, batch, inputs), `into`
    /// (inputs, 3 width), `across` (width, 3 width), `bias` (4 width): of r, z, n and q, where PyTorch has two of r and z,
    /// whose sums count. `start` is (batch, width). Returns the outputs (time, batch, width) and the last one.
    #[must_use]
    pub fn gru(self, weights: Recurrent<Self>, start: Option<Self>, direction: Direction) -> (Self, Self) {
        let outputs = self.recurrent(("gru", Kind::Gru), weights, [start, None], direction, false);
        (outputs, outputs.last(direction))
    }

    /// h_t = tanh(x_t W + h_{t-1} U + b) over a whole sequence (Elman 1990).
    ///
    /// x is (time, batch, inputs), `into` (inputs, width), `across` (width, width), `bias` (width), `start` (batch, width).
    /// Returns the outputs (time, batch, width) and the last one.
    #[must_use]
    pub fn rnn(self, weights: Recurrent<Self>, start: Option<Self>, direction: Direction) -> (Self, Self) {
        let outputs = self.recurrent(("rnn", Kind::Rnn), weights, [start, None], direction, false);
        (outputs, outputs.last(direction))
    }

    /// Attention of every position to itself and those before, over `heads` heads.
    ///
    /// x is (batch, time, 3 width): queries, keys and values side by side. Of every head
    /// y_t = sum_{s <= t} softmax_s(q_t' k_s / sqrt(width / heads)) v_s (Vaswani et al. 2017), (batch, time, width).
    #[must_use]
    pub fn causal_attention(self, heads: usize) -> Self {
        let (queries, keys) = (heads, heads);
        self.grouped_attention(Heads { queries, keys })
    }

    /// As [`causal_attention`](Self::causal_attention), with fewer key/value heads than of queries (Ainslie et
    /// al. 2023).
    ///
    /// x is (batch, time, (queries + 2 keys) head width), with the heads in this order; the result
    /// (batch, time, queries head width).
    #[must_use]
    pub fn grouped_attention(self, heads: Heads) -> Self {
        self.tape.record("causal_attention", |work| {
            attention::causal(work, self.id, heads, None)
        })
    }

    /// As [`grouped_attention`](Self::grouped_attention), with [dropout](Self::dropout) of the probabilities: each is 0 with
    /// this `probability`, and the others grow by 1 / (1 - probability) (Vaswani et al. 2017; GPT-2's `attn_dropout`).
    ///
    /// y_t = sum_{s <= t} m_ts softmax_s(q_t' k_s / sqrt(head width)) v_s, with m_ts a function of the stream, the head, t and
    /// s: the backward pass draws it again. A probability of 0 costs nothing.
    #[must_use]
    pub fn grouped_attention_dropout(self, heads: Heads, probability: f64, stream: Stream) -> Self {
        self.tape.record("causal_attention", |work| {
            let dropout = Dropout::new(probability, stream)?;
            attention::causal(work, self.id, heads, (probability > 0.0).then_some(dropout))
        })
    }

    /// Rotary positions: the pair (x_i, x_(i + half)) of a head at time t turned by an angle that `table` says.
    ///
    /// x is (batch, time, all heads), of which the first `heads` are turned; `table` is (positions, head width), its row t
    /// the cosines of time t, then the sines (Su et al. 2021, equation 34; pairs as Hugging Face has them).
    #[must_use]
    pub fn rotate(self, table: Self, heads: usize) -> Self {
        self.tape
            .record("rotate", |work| rotate::record(work, self.id, table.id, heads))
    }
}
