//! Tensors, a reverse-mode tape, and the kernels under them.
//!
//! A [`Tape`] records what is computed from [`Parameters`] and inputs, and [`Tape::backward`] walks it backwards (reverse
//! accumulation: Griewank & Walther 2008, chapter 3). Everything is dense, row-major and in single precision; gradient
//! checks run the same code in double. Three ideas make it fast on a processor:
//!
//! - operations are fused where models need them: a linear layer with its activation, a loss with its gradient, a recurrent
//!   layer over a whole sequence, attention without its matrix of scores;
//! - buffers come from a pool: once warm, a training step allocates nothing;
//! - kernels choose the instruction set at run time, and cut their work by shape, never by the number of threads: the same
//!   bits on one thread and on sixteen.
//!
//! ```
//! use induce_core::parallel::Team;
//! use induce_tensor::{Adam, Gradients, Parameters, Tape, Workspace};
//!
//! // y = 3 x - 1 by gradient descent
//! let mut parameters = Parameters::<f32>::default();
//! let slope = parameters.add("slope", &[1], |_| 0.0);
//! let shift = parameters.add("shift", &[1], |_| 0.0);
//! let (mut workspace, mut gradients) = (Workspace::default(), Gradients::of(&parameters));
//! let mut adam = Adam::new(0.1);
//! let x: Vec<f32> = (0..20).map(|i| i as f32 / 10.0).collect();
//! let y: Vec<f32> = x.iter().map(|x| 3.0 * x - 1.0).collect();
//! for _ in 0..500 {
//!     let team = Team::alone();
//!     let tape = Tape::new(&mut workspace, &parameters, &team);
//!     let error = tape.input(&[20], &x) * tape.parameter(slope) + tape.parameter(shift) - tape.input(&[20], &y);
//!     let loss = error.square().mean();
//!     tape.backward(loss, &mut gradients)?;
//!     drop(tape);
//!     adam.step(&mut parameters, &mut gradients, &team);
//! }
//! assert!((parameters.values(slope)[0] - 3.0).abs() < 1e-2);
//! # Ok::<(), induce_core::Error>(())
//! ```

mod element;
pub mod inference;
mod kernels;
mod math;
mod number;
mod ops;
mod optimizer;
mod parameters;
mod pool;
mod shape;
mod sparse;
mod tape;
mod tensor;
mod threads;

pub use element::Element;
pub use kernels::matmul::{Matrix, MatrixMut, product};
pub use number::Number;
pub use ops::{
    Activation, ConvOptions, Direction, Heads, Pairs, Recurrent, Reduction, ScaleMixture, ScatterIndex,
    Stride,
};
pub use optimizer::{Adam, Schedule, Sgd, Warmup, clip};
pub use parameters::{Gradients, Parameter, Parameters};
pub use pool::Pool;
pub use shape::Shape;
pub use sparse::Sparse;
pub use tape::{Tape, Workspace};
pub use tensor::Tensor;
