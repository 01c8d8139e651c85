//! The training workloads of the bench: `workloads NAME STEPS THREADS` prints the milliseconds of every step and the last loss.
//!
//! `bench/tensor.py` runs them beside PyTorch, which does the same.
#![allow(clippy::print_stdout, reason = "the bench reads it")]

use std::time::Instant;

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_core::{Error, Result};
use induce_tensor::{
    Activation, Adam, Gradients, Parameter, Parameters, Recurrent, Stride, Tape, Tensor, Workspace,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |i: usize| words.get(i).map_or("", String::as_str);
    let steps = word(1).parse().unwrap_or(20);
    let threads = word(2).parse().unwrap_or(2);
    match word(0) {
        "vae" => run(steps, threads, 1e-3, |p| Vae::new(p, 1)),
        "iwae" => run(steps, threads, 1e-3, |p| Vae::new(p, 50)),
        "lstm" => run(steps, threads, 1e-3, Lstm::new),
        "gpt" => run(steps, threads, 3e-4, Gpt::new),
        "conv" => run(steps, threads, 1e-3, Conv::new),
        "tiny" => run(steps, threads, 1e-3, Tiny::new),
        other => Err(Error::data(
            format!("there is no workload `{other}`"),
            "vae, iwae, lstm, gpt, conv or tiny",
        )),
    }
}

/// A model that knows the loss of a step.
trait Workload {
    fn loss<'t>(&self, tape: &'t Tape<'t>, step: u64) -> Tensor<'t>;
}

fn run<W: Workload>(
    steps: u64,
    threads: usize,
    rate: f64,
    make: impl FnOnce(&mut Parameters) -> W,
) -> Result<()> {
    let mut parameters = Parameters::default();
    let model = make(&mut parameters);
    let (mut workspace, mut gradients) = (Workspace::default(), Gradients::of(&parameters));
    let mut adam = Adam::new(rate);
    Team::with(threads, |team| {
        for step in 0..steps {
            let start = Instant::now();
            let tape = Tape::new(&mut workspace, &parameters, team);
            let loss = model.loss(&tape, step);
            tape.backward(loss, &mut gradients)?;
            let value = loss.item()?;
            drop(tape);
            adam.step(&mut parameters, &mut gradients, team);
            println!("{:.4} {value}", start.elapsed().as_secs_f64() * 1e3);
        }
        Ok(())
    })
}

/// Uniform values within 1 / sqrt(inputs), as PyTorch's layers begin.
fn uniform(parameters: &mut Parameters, name: &str, lengths: &[usize], inputs: usize) -> Parameter {
    let stream = Stream::new(1, name);
    let most = 1.0 / (inputs as f64).sqrt();
    parameters.add(name, lengths, |i| {
        ((2.0 * stream.uniform(i as u64) - 1.0) * most) as f32
    })
}

#[derive(Clone, Copy)]
struct Layer(Parameter, Parameter);

impl Layer {
    fn new(p: &mut Parameters, name: &str, inputs: usize, outputs: usize) -> Self {
        let weight = uniform(p, &format!("{name}.weight"), &[inputs, outputs], inputs);
        Self(weight, uniform(p, &format!("{name}.bias"), &[outputs], inputs))
    }

    fn of<'t>(self, x: Tensor<'t>, tape: &'t Tape<'t>, f: Activation) -> Tensor<'t> {
        x.linear(tape.parameter(self.0), tape.parameter(self.1), f)
    }

    fn onto<'t>(self, z: Tensor<'t>, x: Tensor<'t>, tape: &'t Tape<'t>) -> Tensor<'t> {
        x.linear_onto(tape.parameter(self.0), Some(tape.parameter(self.1)), z)
    }
}

/// VAE (Kingma & Welling 2014) with k = 1, IWAE (Burda, Grosse & Salakhutdinov 2016) with more: 784-200-200-50, batch 100.
struct Vae {
    samples: usize,
    data: Vec<f32>,
    encoder: [Layer; 2],
    mean: Layer,
    log_variance: Layer,
    decoder: [Layer; 3],
}

const BATCH: usize = 100;
const PIXELS: usize = 784;
const LATENT: usize = 50;

impl Vae {
    fn new(p: &mut Parameters, samples: usize) -> Self {
        let stream = Stream::new(3, "pixels");
        let pixel = |i: usize| f32::from(u8::from(stream.uniform(i as u64) < 0.2));
        Self {
            samples,
            data: (0..BATCH * PIXELS).map(pixel).collect(),
            encoder: [Layer::new(p, "e1", PIXELS, 200), Layer::new(p, "e2", 200, 200)],
            mean: Layer::new(p, "mean", 200, LATENT),
            log_variance: Layer::new(p, "log_variance", 200, LATENT),
            decoder: [
                Layer::new(p, "d1", LATENT, 200),
                Layer::new(p, "d2", 200, 200),
                Layer::new(p, "d3", 200, PIXELS),
            ],
        }
    }
}

impl Workload for Vae {
    fn loss<'t>(&self, tape: &'t Tape<'t>, step: u64) -> Tensor<'t> {
        let k = self.samples;
        let x = tape.input(&[BATCH, PIXELS], &self.data);
        let h = self
            .encoder
            .iter()
            .fold(x, |h, layer| layer.of(h, tape, Activation::Tanh));
        let mean = self.mean.of(h, tape, Activation::Identity);
        let log_variance = self.log_variance.of(h, tape, Activation::Identity);
        let noise = tape.normal(&[k, BATCH, LATENT], Stream::new(7, "noise").child(step));
        let z = mean + log_variance.affine(0.5, 0.0).exp() * noise; // (samples, batch, latent)
        let h = self.decoder[..2]
            .iter()
            .fold(z, |h, layer| layer.of(h, tape, Activation::Tanh));
        let logits = self.decoder[2].of(h, tape, Activation::Identity); // (samples, batch, pixels)
        let reconstruction = logits.bernoulli_loss(x); // (samples, batch)
        if k == 1 {
            let kl = (mean.square() + log_variance.exp() - log_variance)
                .sum_last()
                .affine(0.5, -0.5 * LATENT as f64);
            return (reconstruction.reshape(&[BATCH]) + kl).mean();
        }
        // ln w = ln p(x | z) + ln p(z) - ln q(z | x); the constants of both densities cancel.
        let prior = z.square().sum_last().affine(-0.5, 0.0);
        let posterior = (log_variance + noise.square()).sum_last().affine(-0.5, 0.0);
        let log_weights = prior - posterior - reconstruction; // (samples, batch)
        -log_weights.transpose().log_sum_exp().mean()
    }
}

/// A character model: embedding, LSTM of 512, softmax over 96; 128 steps of 32 sequences.
struct Lstm {
    tokens: Vec<u32>,
    embedding: Parameter,
    weights: Recurrent<Parameter>,
    out: Layer,
}

const TIME: usize = 128;
const SEQUENCES: usize = 32;
const WIDTH: usize = 512;
const CHARACTERS: usize = 96;

fn tokens(n: usize, vocabulary: usize) -> Vec<u32> {
    let stream = Stream::new(5, "tokens");
    (0..n as u64)
        .map(|i| stream.below(i, vocabulary) as u32)
        .collect()
}

impl Lstm {
    fn new(p: &mut Parameters) -> Self {
        Self {
            tokens: tokens((TIME + 1) * SEQUENCES, CHARACTERS),
            embedding: uniform(p, "embedding", &[CHARACTERS, WIDTH], 1),
            weights: Recurrent {
                into: uniform(p, "into", &[WIDTH, 4 * WIDTH], WIDTH),
                across: uniform(p, "across", &[WIDTH, 4 * WIDTH], WIDTH),
                bias: uniform(p, "bias", &[4 * WIDTH], WIDTH),
            },
            out: Layer::new(p, "out", WIDTH, CHARACTERS),
        }
    }
}

impl Workload for Lstm {
    fn loss<'t>(&self, tape: &'t Tape<'t>, _: u64) -> Tensor<'t> {
        let count = TIME * SEQUENCES;
        let x = tape
            .parameter(self.embedding)
            .rows(&self.tokens[..count])
            .reshape(&[TIME, SEQUENCES, WIDTH]);
        let h = x.lstm(Recurrent {
            into: tape.parameter(self.weights.into),
            across: tape.parameter(self.weights.across),
            bias: tape.parameter(self.weights.bias),
        });
        let logits = self
            .out
            .of(h.reshape(&[count, WIDTH]), tape, Activation::Identity);
        logits.cross_entropy(&self.tokens[SEQUENCES..]).mean()
    }
}

/// GPT-2's block (Radford et al. 2019): 6 layers of 384, 6 heads, 256 positions of 8 sequences, 512 tokens.
struct Gpt {
    tokens: Vec<u32>,
    embedding: Parameter,
    positions: Parameter,
    blocks: Vec<Block>,
    norm: Layer,
    out: Layer,
}

struct Block {
    norms: [Layer; 2],
    attention: [Layer; 2],
    mlp: [Layer; 2],
}

const POSITIONS: usize = 256;
const TEXTS: usize = 8;
const MODEL: usize = 384;
const VOCABULARY: usize = 512;

fn norm(p: &mut Parameters, name: &str) -> Layer {
    Layer(
        p.add(format!("{name}.gain"), &[MODEL], |_| 1.0),
        p.add(format!("{name}.shift"), &[MODEL], |_| 0.0),
    )
}

impl Gpt {
    fn new(p: &mut Parameters) -> Self {
        let block = |p: &mut Parameters, i: usize| Block {
            norms: [norm(p, &format!("{i}.norm1")), norm(p, &format!("{i}.norm2"))],
            attention: [
                Layer::new(p, &format!("{i}.qkv"), MODEL, 3 * MODEL),
                Layer::new(p, &format!("{i}.proj"), MODEL, MODEL),
            ],
            mlp: [
                Layer::new(p, &format!("{i}.up"), MODEL, 4 * MODEL),
                Layer::new(p, &format!("{i}.down"), 4 * MODEL, MODEL),
            ],
        };
        Self {
            tokens: tokens(TEXTS * (POSITIONS + 1), VOCABULARY),
            embedding: uniform(p, "embedding", &[VOCABULARY, MODEL], 2500),
            positions: uniform(p, "positions", &[POSITIONS, MODEL], 2500),
            blocks: (0..6).map(|i| block(p, i)).collect(),
            norm: norm(p, "norm"),
            out: Layer::new(p, "out", MODEL, VOCABULARY),
        }
    }
}

impl Workload for Gpt {
    fn loss<'t>(&self, tape: &'t Tape<'t>, _: u64) -> Tensor<'t> {
        let texts = || self.tokens.chunks_exact(POSITIONS + 1);
        let inputs: Vec<u32> = texts().flat_map(|text| &text[..POSITIONS]).copied().collect();
        let targets: Vec<u32> = texts().flat_map(|text| &text[1..]).copied().collect();
        let norm = |layer: Layer, x: Tensor<'t>| {
            x.layer_norm(tape.parameter(layer.0), tape.parameter(layer.1), 1e-5)
        };
        let rows = tape
            .parameter(self.embedding)
            .rows(&inputs)
            .reshape(&[TEXTS, POSITIONS, MODEL]);
        let mut x = rows + tape.parameter(self.positions);
        for block in &self.blocks {
            let h = block.attention[0]
                .of(norm(block.norms[0], x), tape, Activation::Identity)
                .causal_attention(6);
            x = block.attention[1].onto(x, h, tape);
            let h = block.mlp[0]
                .of(norm(block.norms[1], x), tape, Activation::Identity)
                .gelu();
            x = block.mlp[1].onto(x, h, tape);
        }
        let logits = self.out.of(norm(self.norm, x), tape, Activation::Identity);
        logits.cross_entropy(&targets).mean()
    }
}

/// An auto-encoder of images of 32 x 32 in 3 channels, by kernels of 4 in steps of 2: 64, 128, 128 channels and back.
struct Conv {
    images: Vec<f32>,
    layers: Vec<Layer>,
}

const IMAGES: usize = 64;
const SIDE: usize = 32;

impl Conv {
    fn new(p: &mut Parameters) -> Self {
        let stream = Stream::new(3, "images");
        let channels = [3, 64, 128, 128, 128, 64, 3];
        let layer = |(i, pair): (usize, &[usize])| {
            let (name, inputs) = (format!("conv{i}"), 16 * pair[0]);
            let weight = uniform(p, &format!("{name}.weight"), &[4, 4, pair[0], pair[1]], inputs);
            Layer(weight, uniform(p, &format!("{name}.bias"), &[pair[1]], inputs))
        };
        Self {
            images: (0..(IMAGES * SIDE * SIDE * 3) as u64)
                .map(|i| stream.uniform(i) as f32)
                .collect(),
            layers: channels.windows(2).enumerate().map(layer).collect(),
        }
    }
}

impl Workload for Conv {
    fn loss<'t>(&self, tape: &'t Tape<'t>, _: u64) -> Tensor<'t> {
        let x = tape.input(&[IMAGES, SIDE, SIDE, 3], &self.images);
        let (steps, last) = (Stride::square(2, 1), self.layers.len() - 1);
        let y = self.layers.iter().enumerate().fold(x, |h, (i, layer)| {
            let (weight, bias) = (tape.parameter(layer.0), tape.parameter(layer.1));
            match i {
                0..3 => h.conv2d(weight, bias, steps, Activation::Relu),
                _ if i < last => h.conv2d_transpose(weight, bias, steps, [0, 0], Activation::Relu),
                _ => h.conv2d_transpose(weight, bias, steps, [0, 0], Activation::Identity),
            }
        });
        (y - x).square().mean()
    }
}

/// A network of 1 185 parameters on 32 rows: what is left is overhead.
struct Tiny {
    x: Vec<f32>,
    y: Vec<f32>,
    layers: [Layer; 3],
}

impl Tiny {
    fn new(p: &mut Parameters) -> Self {
        let stream = Stream::new(3, "tiny");
        let x: Vec<f32> = (0..32 * 2).map(|i| stream.uniform(i) as f32).collect();
        Self {
            y: x.chunks_exact(2).map(|x| x[0] * x[1]).collect(),
            x,
            layers: [
                Layer::new(p, "a", 2, 32),
                Layer::new(p, "b", 32, 32),
                Layer::new(p, "c", 32, 1),
            ],
        }
    }
}

impl Workload for Tiny {
    fn loss<'t>(&self, tape: &'t Tape<'t>, _: u64) -> Tensor<'t> {
        let x = tape.input(&[32, 2], &self.x);
        let h = self.layers[..2]
            .iter()
            .fold(x, |h, layer| layer.of(h, tape, Activation::Tanh));
        let y = self.layers[2].of(h, tape, Activation::Identity);
        (y - tape.input(&[32, 1], &self.y)).square().mean()
    }
}
