//! What the crate promises besides right gradients: the same bits on any number of threads, no allocation once warm, errors that
//! say where.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_tensor::inference::{Angles, Kind, RecurrentLayer, RecurrentRoom, Rope, RopeLayout};
use induce_tensor::{
    Activation, Adam, Direction, Gradients, Heads, Parameter, Parameters, Recurrent, Reduction, ScatterIndex,
    Stride, Tape, Workspace, clip,
};

thread_local! {
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

/// Counts what this thread asks for.
struct Counting;

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends has no counter any more.
        let _ = BYTES.try_with(|bytes| bytes.set(bytes.get() + layout.size()));
        // SAFETY: the caller's promise is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn noise(n: usize, seed: u64) -> Vec<f32> {
    let stream = Stream::new(seed, "test");
    (0..n as u64)
        .map(|i| (2.0 * stream.uniform(i) - 1.0) as f32 * 0.1)
        .collect()
}

/// A network with an operation of every kind, large enough to be shared out.
struct Network {
    parameters: Parameters,
    table: Parameter,
    norm: [Parameter; 2],
    attention: [Parameter; 2],
    memory: Recurrent<Parameter>,
    out: [Parameter; 2],
}

const TIME: usize = 48;
const BATCH: usize = 16;
const WIDTH: usize = 64;
const CLASSES: usize = 90;

impl Network {
    fn new() -> Self {
        let mut parameters = Parameters::default();
        let mut add = |name: &str, lengths: &[usize]| {
            let values = noise(lengths.iter().product(), name.len() as u64);
            parameters.add(name, lengths, |i| values[i])
        };
        Self {
            table: add("table", &[CLASSES, WIDTH]),
            norm: [add("gain", &[WIDTH]), add("shift", &[WIDTH])],
            attention: [
                add("attention", &[WIDTH, 3 * WIDTH]),
                add("attention bias", &[3 * WIDTH]),
            ],
            memory: Recurrent {
                into: add("into", &[WIDTH, 4 * WIDTH]),
                across: add("across", &[WIDTH, 4 * WIDTH]),
                bias: add("bias", &[4 * WIDTH]),
            },
            out: [add("out", &[WIDTH, CLASSES]), add("out bias", &[CLASSES])],
            parameters,
        }
    }

    /// Loss and parameters after some steps, and the bytes that the last of them asked for on this thread.
    fn train(mut self, threads: usize, steps: u64) -> (f32, Vec<f32>, usize) {
        let indices: Vec<u32> = (0..TIME * BATCH).map(|i| (i * 31 % CLASSES) as u32).collect();
        let targets: Vec<u32> = (0..TIME * BATCH).map(|i| (i * 17 % CLASSES) as u32).collect();
        let (mut workspace, mut gradients) = (Workspace::default(), Gradients::of(&self.parameters));
        let mut adam = Adam::new(1e-2);
        let (mut value, mut bytes) = (0.0, 0);
        Team::with(threads, |team| {
            for step in 0..steps {
                let before = BYTES.get();
                let tape = Tape::new(&mut workspace, &self.parameters, team);
                let p = |parameter: Parameter| tape.parameter(parameter);
                let x = p(self.table)
                    .rows(&indices)
                    .layer_norm(p(self.norm[0]), p(self.norm[1]), 1e-5);
                let x = x + tape
                    .normal(&[TIME * BATCH, WIDTH], Stream::new(step, "noise"))
                    .affine(0.01, 0.0);
                let qkv = x.linear(p(self.attention[0]), p(self.attention[1]), Activation::Identity);
                let h = qkv.reshape(&[BATCH, TIME, 3 * WIDTH]).causal_attention(4);
                let h = h.reshape(&[TIME, BATCH, WIDTH]).gelu().lstm(Recurrent {
                    into: p(self.memory.into),
                    across: p(self.memory.across),
                    bias: p(self.memory.bias),
                });
                let logits = h.reshape(&[TIME * BATCH, WIDTH]).linear(
                    p(self.out[0]),
                    p(self.out[1]),
                    Activation::Identity,
                );
                let loss =
                    logits.cross_entropy(&targets).mean() + logits.softmax().square().sum().affine(1e-3, 0.0);
                tape.backward(loss, &mut gradients).unwrap();
                value = loss.item().unwrap();
                drop(tape);
                let (scale, _) = clip(&self.parameters, &mut gradients, 1.0, team);
                adam.step_scaled(&mut self.parameters, &mut gradients, scale, team);
                bytes = BYTES.get() - before;
            }
        });
        let all = self
            .parameters
            .iter()
            .flat_map(|(p, _, _)| self.parameters.values(p).to_vec())
            .collect();
        (value, all, bytes)
    }
}

#[test]
fn the_same_bits_at_one_two_and_four_threads() {
    let one = Network::new().train(1, 3);
    assert!(one.0.is_finite() && one.0 > 1.0);
    for threads in [2, 4] {
        let other = Network::new().train(threads, 3);
        assert_eq!((one.0, &one.1), (other.0, &other.1), "{threads} threads");
    }
}

#[test]
fn a_warm_step_allocates_nothing() {
    assert_eq!(Network::new().train(1, 4).2, 0);
}

#[test]
fn a_warm_recurrent_layer_allocates_nothing() {
    const WIDE: usize = 24;
    let kinds = [
        (Kind::Lstm, [4, 4, 4]),
        (Kind::Gru, [3, 3, 4]),
        (Kind::Rnn, [1, 1, 1]),
    ];
    for (kind, [into, across, bias]) in kinds {
        let weights = [into * WIDE * WIDE, across * WIDE * WIDE, bias * WIDE].map(|count| noise(count, 1));
        let layer = RecurrentLayer::new(kind, WIDE, weights.each_ref().map(|w| &w[..])).unwrap();
        let (x, before) = (noise(5 * WIDE, 2), vec![0.0; layer.state()]);
        let (mut room, mut states) = (RecurrentRoom::default(), vec![0.0; 5 * layer.state()]);
        let mut read = || layer.read(&Team::alone(), &mut room, &x, &before, &mut states);
        read();
        let cold = BYTES.get();
        read();
        assert_eq!(BYTES.get(), cold, "{kind:?}");
    }
}

#[test]
fn a_loss_falls_as_it_should() {
    let (first, _, _) = Network::new().train(2, 1);
    let (last, _, _) = Network::new().train(2, 60);
    assert!(last < 0.5 * first, "{first} {last}");
}

#[test]
fn a_mistake_says_what_and_where() {
    let (mut workspace, parameters) = (Workspace::<f32>::default(), Parameters::default());
    let team = Team::alone();
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let x = tape.input(&[2, 3], &[0.0; 6]);
    let y = {
        let _layer = tape.scope("layer 3");
        let _part = tape.scope("attention");
        x.matmul(tape.input(&[2, 2], &[0.0; 4]))
    };
    // What follows is skipped, and does not hide the first mistake.
    let z = (y + x).reshape(&[100]).tanh();
    let error = z.values().unwrap_err().to_string();
    assert!(
        error.contains("`matmul` in `layer 3/attention`: (2, 3) and (2, 2) have no matrix product"),
        "{error}"
    );
    let poisoned = tape.backward(z, &mut Gradients::of(&parameters)).unwrap_err();
    assert_eq!(poisoned.to_string(), error);
}

/// A step whose loss is not finite is done again under watch: the first operation that went wrong is named.
#[test]
fn numbers_that_are_not_finite_are_found_where_they_begin() {
    let parameters = Parameters::<f32>::default();
    let (mut workspace, team) = (Workspace::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    tape.watch();
    let _layer = tape.scope("layer 3");
    let x = tape.input(&[2], &[1.0, 200.0]);
    let y = x.exp().ln().sum();
    let error = y.item().unwrap_err();
    assert_eq!(
        error.to_string().lines().next(),
        Some("`exp` in `layer 3`: 1 of 2 values of its result of shape (2) are not finite")
    );
}

/// Keys that are shared by heads are the same as keys that are repeated.
#[test]
fn grouped_heads_are_heads_with_the_same_keys() {
    let (batch, time, head) = (2, 70, 4);
    let row = noise(batch * time * 4 * head, 3);
    let repeated: Vec<f32> = row
        .chunks_exact(4 * head)
        .flat_map(|row| {
            let (queries, keys) = row.split_at(2 * head);
            let (keys, values) = keys.split_at(head);
            [queries, keys, keys, values, values].concat()
        })
        .collect();
    let parameters = Parameters::<f32>::default();
    let (mut workspace, team) = (Workspace::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let grouped = tape
        .input(&[batch, time, 4 * head], &row)
        .grouped_attention(Heads { queries: 2, keys: 1 });
    let plain = tape
        .input(&[batch, time, 6 * head], &repeated)
        .causal_attention(2);
    assert_eq!(grouped.values().unwrap(), plain.values().unwrap());
}

/// Turned by the tape as by the decoder that only goes forwards.
#[test]
fn rotary_positions_are_those_of_decoders() {
    let (time, width) = (5, 6);
    let rope = Rope::new(100.0, width, RopeLayout::Halves);
    let angles = |t: usize| rope.frequencies().iter().map(move |speed| t as f64 * speed);
    let table: Vec<f32> = (0..time)
        .flat_map(|t| angles(t).map(f64::cos).chain(angles(t).map(f64::sin)))
        .map(|x| x as f32)
        .collect();
    let mut x = noise(time * 3 * width, 4);
    let parameters = Parameters::<f32>::default();
    let (mut workspace, team) = (Workspace::default(), Team::alone());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let turned = tape
        .input(&[1, time, 3 * width], &x)
        .rotate(tape.input(&[time, width], &table), 2);
    for (t, row) in x.chunks_exact_mut(3 * width).enumerate() {
        let mut angles = Angles::default();
        rope.angles(t, 1, &mut angles);
        rope.apply(&mut row[..2 * width], 2, width, &angles);
    }
    assert_eq!(turned.values().unwrap(), x);
}

/// Gains and shifts do not decay where they are spared; everything else as without.
#[test]
fn decay_spares_vectors_where_it_is_asked_to() {
    let of = |spare_vectors: bool, decay: f64| {
        let mut parameters = Parameters::<f32>::default();
        let gain = parameters.add("gain", &[3], |_| 1.0);
        let matrix = parameters.add("matrix", &[2, 2], |_| 1.0);
        let mut gradients = Gradients::of(&parameters);
        let mut adam = Adam::new(0.1);
        (adam.weight_decay, adam.spare_vectors) = (decay, spare_vectors);
        adam.step(&mut parameters, &mut gradients, &Team::alone());
        (parameters.values(gain)[0], parameters.values(matrix)[0])
    };
    assert_eq!(of(true, 0.5), (1.0, 0.95));
    assert_eq!(of(false, 0.5), (0.95, 0.95));
}

#[test]
fn wrong_sizes_are_told_and_not_believed() {
    type Case = (&'static str, fn(&Tape) -> String);
    let cases: [Case; 8] = [
        ("input", |t| {
            t.input(&[3], &[0.0; 2]).values().unwrap_err().to_string()
        }),
        ("axes", |t| {
            t.input(&[1; 6], &[0.0]).values().unwrap_err().to_string()
        }),
        ("reshape", |t| {
            t.input(&[2], &[0.0; 2])
                .reshape(&[3])
                .values()
                .unwrap_err()
                .to_string()
        }),
        ("narrow", |t| {
            t.input(&[2], &[0.0; 2])
                .narrow(1, usize::MAX)
                .values()
                .unwrap_err()
                .to_string()
        }),
        ("add", |t| {
            (t.input(&[2], &[0.0; 2]) + t.input(&[3], &[0.0; 3]))
                .values()
                .unwrap_err()
                .to_string()
        }),
        ("rows", |t| {
            t.input(&[2, 1], &[0.0; 2])
                .rows(&[2])
                .values()
                .unwrap_err()
                .to_string()
        }),
        ("cross_entropy", |t| {
            t.input(&[1, 2], &[0.0; 2])
                .cross_entropy(&[2])
                .values()
                .unwrap_err()
                .to_string()
        }),
        ("causal_attention", |t| {
            t.input(&[1, 1, 4], &[0.0; 4])
                .causal_attention(2)
                .values()
                .unwrap_err()
                .to_string()
        }),
    ];
    for (name, case) in cases {
        let (mut workspace, parameters) = (Workspace::<f32>::default(), Parameters::default());
        let team = Team::alone();
        let error = case(&Tape::new(&mut workspace, &parameters, &team));
        assert!(error.contains(name) && error.len() > 15, "{name}: {error}");
    }
}

/// Tensors without a number are tensors: sums of nothing are 0, and no operation falls over them.
#[test]
fn nothing_at_all_is_computed_with() {
    let (mut workspace, parameters) = (Workspace::<f32>::default(), Parameters::default());
    let team = Team::alone();
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let empty = tape.variable(&[0, 3], &[]);
    let weight = tape.variable(&[3, 2], &[0.5; 6]);
    let y = empty.tanh().matmul(weight) + tape.input(&[2], &[1.0, 2.0]);
    let loss = y.sum() + empty.softmax().sum() + empty.sum_last().sum();
    assert_eq!(loss.item().unwrap(), 0.0);
    tape.backward(loss, &mut Gradients::of(&parameters)).unwrap();
    assert!(tape.gradient(weight).iter().all(|gradient| *gradient == 0.0));
}

#[test]
fn images_sequences_and_places_allocate_nothing_once_warm() {
    let (mut parameters, mut workspace) = (Parameters::default(), Workspace::default());
    let numbers = noise(4000, 1);
    let mut add = |lengths: &[usize]| parameters.add("w", lengths, |i| numbers[i]);
    let [w, v, b] = [add(&[3, 3, 2, 18]), add(&[3, 3, 18, 2]), add(&[18])];
    let [into, across, bias, c] = [add(&[8, 12]), add(&[4, 12]), add(&[16]), add(&[2])];
    let mut gradients = Gradients::of(&parameters);
    let (images, indices) = (noise(2 * 8 * 8 * 2, 2), [1_u32; 16]);
    let mut step = || {
        let team = Team::alone();
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let [w, v, b, into, across, bias, c] = [w, v, b, into, across, bias, c].map(|p| tape.parameter(p));
        let (steps, none) = (Stride::square(2, 1), Activation::Identity);
        let x = tape.input(&[2, 8, 8, 2], &images);
        let h = x.conv2d(w, b, steps, Activation::Relu); // (2, 4, 4, 18)
        let y = h.conv2d_transpose(v, c, steps, [1, 1], none); // (2, 8, 8, 2)
        let pooled = y.max_pool2d([2, 2], Stride::square(2, 0)); // (2, 4, 4, 2)
        let sequence = pooled.permute(&[1, 0, 2, 3]).reshape(&[4, 2, 8]);
        let weights = Recurrent { into, across, bias };
        let (outputs, last) = sequence.gru(weights, None, Direction::Backwards);
        let places = ScatterIndex {
            axis: 0,
            lengths: &[4, 4],
            indices: &indices,
        };
        let rows = outputs
            .slice(1, 0, 1)
            .reshape(&[4, 4])
            .dropout(0.1, Stream::new(1, "drop"));
        let spread = rows.scatter(places, rows, Reduction::Mean, true).sum_axis(0);
        tape.backward((spread.max_axis(0) + last.sum()).sum(), &mut gradients)
            .unwrap();
        drop(tape);
        gradients.clear();
    };
    (0..3).for_each(|_| step());
    let before = BYTES.get();
    step();
    assert_eq!(BYTES.get() - before, 0);
}
