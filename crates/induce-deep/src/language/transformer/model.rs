//! A decoder in memory.

use induce_core::Result;
use induce_core::parallel::Team;
use induce_tensor::inference::{Rounded, Weight, add_bias, layer_norm, project, rms_norm};

use super::spec::Spec;
use crate::language::fault::damaged;

/// y = W x + b
#[derive(Debug, Clone)]
pub struct Linear {
    /// W
    pub weight: Weight,
    /// b
    pub bias: Option<Vec<f32>>,
}

impl Linear {
    /// The rows of each `out` from those of `x`, all layers at once.
    pub fn apply<const N: usize>(
        team: &Team,
        x: &[f32],
        rounded: &mut Rounded,
        mut layers: [(&Self, &mut [f32]); N],
    ) {
        project(
            team,
            x,
            rounded,
            layers.each_mut().map(|(layer, out)| (&layer.weight, &mut **out)),
        );
        for (layer, out) in layers {
            if let Some(bias) = &layer.bias {
                add_bias(bias, out);
            }
        }
    }

    fn is(&self, rows: usize, columns: usize) -> bool {
        let bias = self.bias.as_ref().is_none_or(|bias| bias.len() == rows);
        bias && self.weight.rows() == rows && self.weight.columns() == columns
    }
}

/// A norm: of Llama's kind without `shift`, of GPT-2's with it.
#[derive(Debug, Clone)]
pub struct Norm {
    /// What the normalized values are multiplied by.
    pub scale: Vec<f32>,
    /// What is added then, if means are taken off before.
    pub shift: Option<Vec<f32>>,
}

impl Norm {
    /// Rows of `x`, normed.
    pub fn apply(&self, team: &Team, x: &[f32], epsilon: f32, out: &mut [f32]) {
        match &self.shift {
            Some(shift) => layer_norm(team, x, &self.scale, shift, epsilon, out),
            None => rms_norm(team, x, &self.scale, epsilon, out),
        }
    }

    fn is(&self, width: usize) -> bool {
        self.scale.len() == width && self.shift.as_ref().is_none_or(|shift| shift.len() == width)
    }
}

/// x + attention(norm x), then x + feed-forward(norm x).
#[derive(Debug, Clone)]
pub struct Layer {
    /// Before attention.
    pub attention_norm: Norm,
    /// Queries.
    pub query: Linear,
    /// Keys.
    pub key: Linear,
    /// Values.
    pub value: Linear,
    /// What leaves attention.
    pub output: Linear,
    /// Before the feed-forward part.
    pub feed_norm: Norm,
    /// The gate of SwiGLU; without it the unit is GELU.
    pub gate: Option<Linear>,
    /// Into the feed-forward activations.
    pub up: Linear,
    /// Out of them.
    pub down: Linear,
}

/// A decoder: embeddings, layers, a norm, logits.
#[derive(Debug, Clone)]
pub struct Transformer {
    /// Its shape.
    pub spec: Spec,
    /// A row per token.
    pub embedding: Weight,
    /// A row per position, where positions are learned.
    pub positions: Option<Weight>,
    /// In their order.
    pub layers: Vec<Layer>,
    /// Before the logits.
    pub norm: Norm,
    /// Logits; without it they are products with the embeddings.
    pub head: Option<Weight>,
}

impl Transformer {
    /// Whether linear maps have biases, in attention and in feed-forward parts: programs look for all or none.
    pub fn biased(&self) -> [bool; 2] {
        let any = |of: fn(&Layer) -> Vec<&Linear>| self.layers.iter().flat_map(of).any(|l| l.bias.is_some());
        [
            any(|l| vec![&l.query, &l.key, &l.value, &l.output]),
            any(|l| l.gate.iter().chain([&l.up, &l.down]).collect()),
        ]
    }

    /// Whether all linear maps have biases or none has, as it is said of attention and of feed-forward parts.
    pub fn has_biases(&self, [attention, feed]: [bool; 2]) -> bool {
        self.layers.iter().all(|l| {
            let own = [&l.query, &l.key, &l.value, &l.output];
            own.iter().all(|l| l.bias.is_some() == attention)
                && l.gate
                    .iter()
                    .chain([&l.up, &l.down])
                    .all(|l| l.bias.is_some() == feed)
        })
    }

    /// Whether all parts have the shapes that the spec says; `file` is blamed if not.
    ///
    /// # Errors
    /// The first part that does not fit.
    pub fn check(&self, file: &str) -> Result<()> {
        let spec = &self.spec;
        spec.check(file)?;
        let is = |w: &Weight, rows, columns| w.rows() == rows && w.columns() == columns;
        let vocabulary = |w| is(w, spec.vocab_size, spec.embedding_width);
        let fault = if !vocabulary(&self.embedding) || !self.head.as_ref().is_none_or(vocabulary) {
            Some("embeddings".to_owned())
        } else if self.positions.is_some() == spec.rotary.is_some() {
            Some("positions".to_owned())
        } else if !self
            .positions
            .as_ref()
            .is_none_or(|p| is(p, spec.context, spec.embedding_width))
        {
            Some("table of positions".to_owned())
        } else if !self.norm.is(spec.embedding_width) || self.layers.len() != spec.layers {
            Some("last norm or number of layers".to_owned())
        } else {
            self.layers
                .iter()
                .enumerate()
                .find_map(|(i, layer)| Some(format!("{} of layer {i}", layer.misfit(spec)?)))
        };
        match fault {
            Some(part) => Err(damaged(
                file,
                format!("its {part} do not have the shape of the header"),
            )),
            None => Ok(()),
        }
    }

    /// The same model in 8 bits a weight; embeddings of positions and norms stay as they are.
    #[must_use]
    pub fn rounded(mut self) -> Self {
        self.embedding = self.embedding.rounded();
        self.head = self.head.map(Weight::rounded);
        for layer in &mut self.layers {
            layer.each(|linear| {
                let empty = Weight::new(&[], 0, 0).expect("nothing is a matrix of nothing");
                linear.weight = std::mem::replace(&mut linear.weight, empty).rounded();
            });
        }
        self
    }

    /// Bytes of the weights in memory.
    pub fn bytes(&self) -> usize {
        let linear = |l: &Linear| l.weight.bytes();
        let layer = |l: &Layer| {
            let fixed = [&l.query, &l.key, &l.value, &l.output, &l.up, &l.down];
            fixed.into_iter().chain(&l.gate).map(linear).sum::<usize>()
        };
        let ends = self.embedding.bytes() + self.head.as_ref().map_or(0, Weight::bytes);
        ends + self.layers.iter().map(layer).sum::<usize>()
    }
}

impl Layer {
    fn each(&mut self, f: impl FnMut(&mut Linear)) {
        let fixed = [
            &mut self.query,
            &mut self.key,
            &mut self.value,
            &mut self.output,
            &mut self.up,
            &mut self.down,
        ];
        fixed.into_iter().chain(&mut self.gate).for_each(f);
    }

    /// The first part that has another shape than the spec says.
    fn misfit(&self, spec: &Spec) -> Option<&'static str> {
        let (width, hidden) = (spec.embedding_width, spec.feed_forward_width);
        let parts = [
            ("norms", self.attention_norm.is(width) && self.feed_norm.is(width)),
            ("queries", self.query.is(spec.queries(), width)),
            ("keys", self.key.is(spec.keys(), width)),
            ("values", self.value.is(spec.keys(), width)),
            ("outputs of attention", self.output.is(width, spec.queries())),
            (
                "gates",
                self.gate.as_ref().is_none_or(|gate| gate.is(hidden, width)),
            ),
            ("feed-forward activations", self.up.is(hidden, width)),
            ("outputs", self.down.is(width, hidden)),
        ];
        parts.into_iter().find(|(_, fits)| !fits).map(|(name, _)| name)
    }
}
