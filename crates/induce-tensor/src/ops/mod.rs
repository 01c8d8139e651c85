//! What tensors can do: each operation with its backward pass.

pub mod arrange;
pub mod attention;
pub mod axis;
pub mod binary;
pub mod chebyshev;
pub mod conv;
pub mod dropout;
pub mod gate;
pub mod linear;
pub mod lookup;
pub mod loss;
pub mod noise;
pub mod norm;
pub mod pairs;
pub mod pool;
pub mod posterior;
pub mod recurrent;
pub mod reduce;
pub mod rotate;
pub mod scatter;
pub mod sparse;
pub mod transpose;
pub mod unary;
pub mod view;

use crate::element::Element;
use crate::kernels::elementwise::{Binary, Unary};
use crate::tape::{Id, Work};
pub use attention::Heads;
pub use conv::{ConvOptions, Stride};
pub use pairs::Pairs;
pub use posterior::ScaleMixture;
pub use recurrent::{Direction, Recurrent};
pub use scatter::{Reduction, ScatterIndex};

/// What an operation that cannot be done says.
pub type Recorded = Result<Id, String>;

/// What follows a linear layer in the same pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Activation {
    /// Nothing.
    #[default]
    Identity,
    /// tanh x.
    Tanh,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// max(x, 0).
    Relu,
}

impl Activation {
    fn unary(self) -> Unary {
        match self {
            Self::Identity => Unary::Identity,
            Self::Tanh => Unary::Tanh,
            Self::Sigmoid => Unary::Sigmoid,
            Self::Relu => Unary::Relu,
        }
    }
}

/// What made a node; with it the gradients find their way back.
#[derive(Debug, Clone, Copy)]
pub enum Op {
    /// Values from outside.
    Input,
    /// The values of another node: gradients go there at once.
    View,
    Unary(Unary),
    Affine(f64),
    Binary(Binary),
    Sum,
    SumLast,
    LogSumExp,
    Softmax,
    Matmul,
    Transpose,
    Linear(Activation),
    LinearOnto,
    Bernoulli,
    CrossEntropy,
    LayerNorm,
    RmsNorm,
    Swiglu,
    Dropout(dropout::Dropout),
    Gather(scatter::Lines),
    Scatter(scatter::Scatter),
    Sparse(usize),
    Chebyshev(chebyshev::Chebyshev),
    Pairs(usize),
    Rows,
    Attention(Heads, Option<dropout::Dropout>),
    Rotate {
        heads: usize,
    },
    Recurrent(recurrent::Kind, Direction),
    Conv(conv::Conv),
    MaxPool(pool::Pool),
    MeanPool(pool::Pool),
    SumAxis(axis::Along),
    MaxAxis(axis::Along),
    Permute(arrange::Order),
    Slice(arrange::Part),
    Concat(usize),
    /// With the factors of its gradient, once they are known.
    Gate(Option<Id>),
    Draw,
    GaussianEnergy(f64),
    Mixture,
}

impl Op {
    /// Add what `dy`, the gradient by node `y`, says of the gradients by its inputs.
    pub fn backward<T: Element>(self, y: Id, dy: &[T], work: &mut Work<T>) {
        match self {
            Self::Input | Self::View => keep(y, dy, work),
            Self::Unary(f) => unary::back(f, y, dy, work),
            Self::Affine(a) => unary::affine_back(a, y, dy, work),
            Self::Binary(f) => binary::back(f, y, dy, work),
            Self::Sum => reduce::sum_back(y, dy, work),
            Self::SumLast => reduce::sum_last_back(y, dy, work),
            Self::LogSumExp => reduce::log_sum_exp_back(y, dy, work),
            Self::Softmax => reduce::softmax_back(y, dy, work),
            Self::Transpose => transpose::back(y, dy, work),
            Self::Matmul => linear::matmul_back(y, dy, work),
            Self::Linear(activation) => linear::linear_back(activation, y, dy, work),
            Self::LinearOnto => linear::linear_onto_back(y, dy, work),
            Self::Bernoulli => loss::bernoulli_back(y, dy, work),
            Self::CrossEntropy => loss::cross_entropy_back(y, dy, work),
            Self::LayerNorm => norm::layer_norm_back(y, dy, work),
            Self::RmsNorm => norm::rms_norm_back(y, dy, work),
            Self::Swiglu => norm::swiglu_back(y, dy, work),
            Self::Dropout(own) => dropout::back(own, y, dy, work),
            Self::Gather(lines) => scatter::gather_back(lines, y, dy, work),
            Self::Scatter(own) => scatter::scatter_back(own, y, dy, work),
            Self::Sparse(number) => sparse::back(number, y, dy, work),
            Self::Chebyshev(own) => chebyshev::back(own, y, dy, work),
            Self::Pairs(number) => pairs::back(number, y, dy, work),
            Self::Rows => lookup::rows_back(y, dy, work),
            Self::Attention(heads, dropout) => attention::back(heads, dropout, y, dy, work),
            Self::Rotate { heads } => rotate::back(heads, y, dy, work),
            Self::Recurrent(kind, direction) => recurrent::back(kind, direction, y, dy, work),
            Self::Conv(conv) => conv::back(conv, y, dy, work),
            Self::MaxPool(pool) => pool::max_back(pool, y, dy, work),
            Self::MeanPool(pool) => pool::mean_back(pool, y, dy, work),
            Self::SumAxis(along) => axis::sum_back(along, y, dy, work),
            Self::MaxAxis(along) => axis::max_back(along, y, dy, work),
            Self::Permute(order) => arrange::permute_back(order, y, dy, work),
            Self::Slice(part) => arrange::slice_back(part, y, dy, work),
            Self::Concat(axis) => arrange::concat_back(axis, y, dy, work),
            Self::Gate(factors) => gate::back(factors, y, dy, work),
            Self::Draw => posterior::draw_back(y, dy, work),
            Self::GaussianEnergy(precision) => posterior::energy_back(precision, y, dy, work),
            Self::Mixture => posterior::mixture_back(y, dy, work),
        }
    }
}

/// The gradient by a variable stays for who asks for it.
fn keep<T: Element>(y: Id, dy: &[T], work: &mut Work<T>) {
    let mut own = work.pool.take(dy.len());
    own.copy_from_slice(dy);
    work.gradients[y as usize] = own;
}
