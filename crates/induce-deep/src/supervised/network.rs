//! A network on a tape: convolutions of images, hidden layers, an output.

use induce_core::random::Stream;
use induce_tensor::{Activation, Element, Parameter, Parameters, Stride, Tape, Tensor};

use super::shape::{Form, Shape};
use crate::layers::{constant, uniform};
use crate::train::{BayesSpec, inputs};

/// What a pass draws.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chance {
    /// Dropout of hidden layers: its probability, and from where.
    pub dropout: Option<(f64, Stream)>,
    /// Draws of the weights; else their means.
    pub weights: Option<Draws>,
}

/// How random weights are drawn.
#[derive(Debug, Clone, Copy)]
pub struct Draws {
    /// From where.
    pub stream: Stream,
    /// Whether what a dense layer gives is drawn instead.
    pub local: bool,
}

/// Weights or biases: their values, or their means and rho.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// The value, or the mean.
    pub mean: Parameter,
    /// ln(e^sigma - 1), where they are random.
    pub rho: Option<Parameter>,
}

/// A layer: f(x W + b), or a convolution.
#[derive(Debug, Clone, Copy)]
struct Layer {
    weight: Weight,
    bias: Weight,
}

/// A supervised network.
#[derive(Debug, Clone)]
pub struct Network {
    /// Its shape.
    pub shape: Shape,
    layers: Vec<Layer>,
    /// ln of the deviation of the noise, where it is learnt with the weights.
    pub ln_noise: Option<Parameter>,
}

/// Weights as a pass has drawn them; means where it has not.
pub type Drawn<'t, T> = Vec<(Weight, Option<Tensor<'t, T>>)>;

/// KL(q || p) of all random weights; for a mixture by the weights that were drawn, or by some drawn for it where a pass drew none.
pub fn divergence<'t, T: Element>(
    network: &Network,
    spec: &BayesSpec,
    tape: &'t Tape<'t, T>,
    drawn: &Drawn<'t, T>,
    stream: Stream,
) -> Option<Tensor<'t, T>> {
    let of = |(i, weight): (usize, Weight)| {
        let (mean, rho) = (tape.parameter(weight.mean), tape.parameter(weight.rho?));
        let own = drawn.iter().find(|own| own.0.mean == weight.mean);
        let w = || {
            own.and_then(|own| own.1)
                .unwrap_or_else(|| mean.draw(rho, stream.child(i as u64)))
        };
        Some(spec.divergence([mean, rho], inputs(mean.shape()).unwrap_or(1), w))
    };
    network
        .weights()
        .enumerate()
        .filter_map(of)
        .reduce(|sum, own| sum + own)
}

/// Parameters of a layer: weights uniform within sqrt(6 / (inputs + outputs)) of 0 (Glorot & Bengio 2010), biases 0.
fn layer(
    parameters: &mut Parameters,
    name: &str,
    lengths: &[usize],
    rho: Option<f64>,
    seed: Option<u64>,
) -> Layer {
    let axes = lengths.len();
    let (inputs, outputs) = (lengths[axes - 2], lengths[axes - 1]);
    let field: usize = lengths[..axes - 2].iter().product();
    let most = (6.0 / (field * (inputs + outputs)) as f64).sqrt();
    let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
    let of = |mean: Parameter, name: &str, lengths: &[usize], parameters: &mut Parameters| Weight {
        mean,
        rho: rho.map(|rho| {
            constant(
                parameters,
                &format!("{name}.rho"),
                lengths,
                seed.map_or(0.0, |_| rho as f32),
            )
        }),
    };
    let mean = uniform(parameters, &weight, lengths, most, seed);
    let weight = of(mean, &weight, lengths, parameters);
    let mean = constant(parameters, &bias, &[outputs], 0.0);
    let bias = of(mean, &bias, &[outputs], parameters);
    Layer { weight, bias }
}

impl Network {
    /// A network of a shape; without a seed its parameters are 0, to be read from a file.
    pub fn new(shape: &Shape, parameters: &mut Parameters, seed: Option<u64>) -> Self {
        let of = |(name, lengths): (String, Vec<usize>)| layer(parameters, &name, &lengths, shape.rho, seed);
        let layers = shape.layers().into_iter().map(of).collect();
        Self {
            layers,
            ln_noise: shape.noise.then(|| constant(parameters, "ln_noise", &[1], 0.0)),
            shape: shape.clone(),
        }
    }

    /// Its weights and biases, layer by layer.
    pub fn weights(&self) -> impl Iterator<Item = Weight> {
        self.layers.iter().flat_map(|layer| [layer.weight, layer.bias])
    }

    /// Weights and biases of its dense layers.
    pub fn dense(&self) -> impl Iterator<Item = (Weight, Weight)> {
        let dense = &self.layers[self.shape.channels.len()..];
        dense.iter().map(|layer| (layer.weight, layer.bias))
    }

    /// What the last layer gives, and the weights it was computed with. x (rows, inputs) // (rows, outputs)
    pub fn apply<'t, T: Element>(&self, x: Tensor<'t, T>, chance: Chance) -> (Tensor<'t, T>, Drawn<'t, T>) {
        let mut pass = Pass {
            tape: x.tape(),
            chance,
            place: 0,
            drawn: Vec::new(),
        };
        let (images, dense) = self.layers.split_at(self.shape.channels.len());
        let activation = self.shape.activation.activation();
        let rows = x.shape().rows();
        let mut h = match (self.shape.form, &self.shape.signals) {
            (Form::Image(size), Some(signals)) => signals.spread(x, size.channels),
            (Form::Image(size), None) if !images.is_empty() => {
                x.reshape(&[rows, size.height, size.width, size.channels])
            }
            _ => x,
        };
        for (i, layer) in images.iter().enumerate() {
            let _scope = pass.tape.numbered("convolution", i);
            h = match &self.shape.signals {
                Some(signals) => {
                    let channels = h.shape().last() / rows.max(1);
                    signals.filter(i, h, channels, |all| pass.filtered(layer, all, activation))
                }
                None => pass.convolve(layer, h, activation),
            };
        }
        h = match &self.shape.signals {
            Some(signals) => signals.gathered(h, rows),
            None => h.reshape(&[rows, self.shape.flat()]),
        };
        for (i, layer) in dense.iter().enumerate() {
            let _scope = pass.tape.numbered("dense", i);
            let last = i + 1 == dense.len();
            h = pass.dropped(h, i > 0 || !images.is_empty());
            h = pass.dense(layer, h, if last { Activation::Identity } else { activation });
        }
        (h, pass.drawn)
    }
}

/// A pass of rows through the layers.
struct Pass<'t, T: Element> {
    tape: &'t Tape<'t, T>,
    chance: Chance,
    /// What tells draws apart.
    place: u64,
    drawn: Drawn<'t, T>,
}

impl<'t, T: Element> Pass<'t, T> {
    fn stream(&mut self, of: Stream) -> Stream {
        self.place += 1;
        of.child(self.place)
    }

    /// Weights for this pass.
    fn weight(&mut self, own: Weight) -> Tensor<'t, T> {
        let mean = self.tape.parameter(own.mean);
        let (Some(rho), Some(draws)) = (own.rho, self.chance.weights) else {
            return mean;
        };
        let stream = self.stream(draws.stream);
        let w = mean.draw(self.tape.parameter(rho), stream);
        self.drawn.push((own, Some(w)));
        w
    }

    fn dropped(&mut self, x: Tensor<'t, T>, hidden: bool) -> Tensor<'t, T> {
        match self.chance.dropout.filter(|own| hidden && own.0 > 0.0) {
            Some((probability, stream)) => {
                let own = self.stream(stream);
                x.dropout(probability, own)
            }
            None => x,
        }
    }

    fn dense(&mut self, layer: &Layer, x: Tensor<'t, T>, activation: Activation) -> Tensor<'t, T> {
        if let (Some(draws), Some(w), Some(b)) = (
            self.chance.weights.filter(|own| own.local),
            layer.weight.rho,
            layer.bias.rho,
        ) {
            return self.local(layer, (w, b), draws, x, activation);
        }
        let (w, b) = (self.weight(layer.weight), self.weight(layer.bias));
        x.linear(w, b, activation)
    }

    /// f(m + s eps) with m = x mu_W + mu_b and s^2 = x^2 sigma_W^2 + sigma_b^2: what random weights would give, drawn at once (Kingma, Salimans &
    /// Welling 2015, equation 6).
    fn local(
        &mut self,
        layer: &Layer,
        (w, b): (Parameter, Parameter),
        draws: Draws,
        x: Tensor<'t, T>,
        activation: Activation,
    ) -> Tensor<'t, T> {
        let tape = self.tape;
        let variance = |rho: Parameter| tape.parameter(rho).softplus().square();
        let mean = x.linear(
            tape.parameter(layer.weight.mean),
            tape.parameter(layer.bias.mean),
            Activation::Identity,
        );
        let spread = x.square().linear(variance(w), variance(b), Activation::Identity);
        let noise = tape.normal(mean.shape().lengths(), self.stream(draws.stream));
        self.drawn.push((layer.weight, None));
        self.drawn.push((layer.bias, None));
        // The root has no slope at 0.
        let z = mean + spread.affine(1.0, 1e-12).sqrt() * noise;
        match activation {
            Activation::Identity => z,
            Activation::Tanh => z.tanh(),
            Activation::Sigmoid => z.sigmoid(),
            Activation::Relu => z.relu(),
        }
    }

    /// f(x W + b) of polynomials side by side, whose weights are (order + 1, inputs, outputs).
    fn filtered(&mut self, layer: &Layer, x: Tensor<'t, T>, activation: Activation) -> Tensor<'t, T> {
        let (w, b) = (self.weight(layer.weight), self.weight(layer.bias));
        let outputs = w.shape().last();
        x.linear(w.reshape(&[x.shape().last(), outputs]), b, activation)
    }

    fn convolve(&mut self, layer: &Layer, x: Tensor<'t, T>, activation: Activation) -> Tensor<'t, T> {
        let (w, b) = (self.weight(layer.weight), self.weight(layer.bias));
        let y = x.conv2d(w, b, Stride::square(1, 1), activation);
        let odd = |side: usize| y.shape().lengths().get(side).map_or(0, |n| n % 2);
        let halves = Stride {
            stride: [2, 2],
            padding: [odd(1), odd(2)],
        };
        y.max_pool2d([2, 2], halves)
    }
}
