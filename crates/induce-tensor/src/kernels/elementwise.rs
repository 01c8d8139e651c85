//! One value in, one value out.

use induce_core::multiversion;

use crate::element::Element;
use crate::number::Number;

/// A function of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unary {
    /// x itself.
    Identity,
    /// e^x.
    Exp,
    /// ln x.
    Ln,
    /// tanh x.
    Tanh,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// max(x, 0).
    Relu,
    /// x Phi(x), by tanh (Hendrycks & Gimpel 2016): x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2.
    Gelu,
    /// x / (1 + e^-x).
    Silu,
    /// ln(1 + e^x).
    Softplus,
    /// x^2.
    Square,
    /// sqrt x.
    Sqrt,
    /// |x|.
    Abs,
}

const GELU_SCALE: f64 = 0.797_884_560_802_865_4;
const GELU_CUBE: f64 = 0.044_715;

#[inline(always)]
fn map<T: Element>(x: &[T], y: &mut [T], f: impl Fn(T) -> T) {
    x.iter().zip(y).for_each(|(x, y)| *y = f(*x));
}

/// dx += dy f'(x), given x and y = f(x); without what dx held unless `add`.
#[inline(always)]
fn gradient<T: Element>(x: &[T], y: &[T], dy: &[T], dx: &mut [T], add: bool, f: impl Fn(T, T) -> T) {
    let all = x.iter().zip(y).zip(dy).zip(dx);
    if add {
        all.for_each(|(((x, y), dy), dx)| *dx += *dy * f(*x, *y));
    } else {
        all.for_each(|(((x, y), dy), dx)| *dx = *dy * f(*x, *y));
    }
}

#[inline(always)]
fn gelu<T: Element>(x: T) -> (T, T) {
    let inner = T::of(GELU_SCALE) * (x + T::of(GELU_CUBE) * x * x * x);
    (
        inner.tanh(),
        T::of(GELU_SCALE) * (T::ONE + T::of(3.0 * GELU_CUBE) * x * x),
    )
}

/// x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
#[inline(always)]
pub fn gelu_of<T: Element>(x: T) -> T {
    T::of(0.5) * x * (T::ONE + gelu(x).0)
}

#[inline(always)]
pub fn softplus<T: Element>(x: T) -> T {
    let e = (-x.abs()).exp();
    // ln(1 + e) loses the digits of a small e.
    let small = if e < T::of(1e-4) {
        e - T::of(0.5) * e * e
    } else {
        (T::ONE + e).ln()
    };
    x.largest(T::ZERO) + small
}

multiversion! {
    /// y = f(x)
    pub fn unary<T: Element>(f: Unary, x: &[T], y: &mut [T]) {
        match f {
            Unary::Identity => map(x, y, |x| x),
            Unary::Exp => map(x, y, Number::exp),
            Unary::Ln => map(x, y, Number::ln),
            Unary::Tanh => map(x, y, Number::tanh),
            Unary::Sigmoid => map(x, y, Number::sigmoid),
            Unary::Relu => map(x, y, |x| x.largest(T::ZERO)),
            Unary::Gelu => map(x, y, gelu_of),
            Unary::Silu => map(x, y, |x| x * x.sigmoid()),
            Unary::Softplus => map(x, y, |x| softplus(x)),
            Unary::Square => map(x, y, |x| x * x),
            Unary::Sqrt => map(x, y, Number::sqrt),
            Unary::Abs => map(x, y, Number::abs),
        }
    }
}

multiversion! {
    /// dx (+)= dy f'(x), given x and y = f(x)
    pub fn unary_gradient<T: Element>(f: Unary, x: &[T], y: &[T], dy: &[T], dx: &mut [T], add: bool) {
        let (one, half) = (T::ONE, T::of(0.5));
        match f {
            Unary::Identity => gradient(x, y, dy, dx, add, |_, _| one),
            Unary::Exp => gradient(x, y, dy, dx, add, |_, y| y),
            Unary::Ln => gradient(x, y, dy, dx, add, |x, _| one / x),
            Unary::Tanh => gradient(x, y, dy, dx, add, |_, y| one - y * y),
            Unary::Sigmoid => gradient(x, y, dy, dx, add, |_, y| y * (one - y)),
            Unary::Relu => gradient(x, y, dy, dx, add, |_, y| if y > T::ZERO { one } else { T::ZERO }),
            Unary::Gelu => gradient(x, y, dy, dx, add, |x, _| {
                let (t, bend) = gelu(x);
                half * (one + t) + half * x * (one - t * t) * bend
            }),
            Unary::Silu => gradient(x, y, dy, dx, add, |x, y| {
                let s = x.sigmoid();
                s + y * (one - s)
            }),
            Unary::Softplus => gradient(x, y, dy, dx, add, |x, _| x.sigmoid()),
            Unary::Square => gradient(x, y, dy, dx, add, |x, _| x + x),
            Unary::Sqrt => gradient(x, y, dy, dx, add, |_, y| half / y),
            Unary::Abs => gradient(x, y, dy, dx, add, |x, _| {
                if x > T::ZERO {
                    one
                } else if x < T::ZERO {
                    -one
                } else {
                    T::ZERO
                }
            }),
        }
    }
}

multiversion! {
    /// In place: a gradient by y alone, for activations fused into a product. f must be one that `is_invertible` names.
    pub fn activation_gradient<T: Element>(f: Unary, y: &[T], dy: &[T], out: &mut [T]) {
        let one = T::ONE;
        match f {
            Unary::Tanh => gradient(y, y, dy, out, false, |_, y| one - y * y),
            Unary::Sigmoid => gradient(y, y, dy, out, false, |_, y| y * (one - y)),
            Unary::Relu => gradient(y, y, dy, out, false, |_, y| if y > T::ZERO { one } else { T::ZERO }),
            _ => gradient(y, y, dy, out, false, |_, _| one),
        }
    }
}

/// y = f(y + b) for a row, within kernels that know their instruction set.
#[inline(always)]
pub fn bias_and_activate<T: Element>(f: Unary, b: &[T], row: &mut [T]) {
    let all = row.iter_mut().zip(b);
    match f {
        Unary::Tanh => all.for_each(|(y, b)| *y = (*y + *b).tanh()),
        Unary::Sigmoid => all.for_each(|(y, b)| *y = (*y + *b).sigmoid()),
        Unary::Relu => all.for_each(|(y, b)| *y = (*y + *b).largest(T::ZERO)),
        _ => all.for_each(|(y, b)| *y += *b),
    }
}

/// A function of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// a + b
    Add,
    /// a - b
    Sub,
    /// a b
    Mul,
    /// a / b
    Div,
}

#[inline(always)]
fn pairs<T: Element>(a: &[T], b: &[T], y: &mut [T], f: impl Fn(T, T) -> T) {
    if b.len() == 1 {
        let b = b[0];
        a.iter().zip(y).for_each(|(a, y)| *y = f(*a, b));
    } else if a.len() == 1 {
        let a = a[0];
        b.iter().zip(y).for_each(|(b, y)| *y = f(a, *b));
    } else {
        a.iter().zip(b).zip(y).for_each(|((a, b), y)| *y = f(*a, *b));
    }
}

multiversion! {
    /// y = f(a, b); either may be one value for all
    pub fn binary<T: Element>(f: Binary, a: &[T], b: &[T], y: &mut [T]) {
        match f {
            Binary::Add => pairs(a, b, y, |a, b| a + b),
            Binary::Sub => pairs(a, b, y, |a, b| a - b),
            Binary::Mul => pairs(a, b, y, |a, b| a * b),
            Binary::Div => pairs(a, b, y, |a, b| a / b),
        }
    }
}

multiversion! {
    /// y = x a + b
    pub fn affine<T: Element>(x: &[T], a: T, b: T, y: &mut [T]) {
        map(x, y, |x| x * a + b);
    }
}

multiversion! {
    /// y (+)= a x
    pub fn add_scaled<T: Element>(x: &[T], a: T, y: &mut [T], add: bool) {
        if add {
            x.iter().zip(y).for_each(|(x, y)| *y += *x * a);
        } else {
            map(x, y, |x| x * a);
        }
    }
}

multiversion! {
    /// y (+)= sign a b
    pub fn add_product<T: Element>(a: &[T], b: &[T], sign: T, y: &mut [T], add: bool) {
        let all = a.iter().zip(b).zip(y);
        if add {
            all.for_each(|((a, b), y)| *y += sign * *a * *b);
        } else {
            all.for_each(|((a, b), y)| *y = sign * *a * *b);
        }
    }
}
