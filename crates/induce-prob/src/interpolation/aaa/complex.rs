//! The few operations on complex numbers that poles need.

use std::ops::{Add, Div, Mul, Sub};

/// re + i im.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Complex {
    /// The real part.
    pub re: f64,
    /// The imaginary part.
    pub im: f64,
}

impl Complex {
    pub(super) const ZERO: Self = Self { re: 0.0, im: 0.0 };

    pub(super) fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    /// The absolute value.
    pub fn abs(self) -> f64 {
        self.re.hypot(self.im)
    }

    pub(super) fn minus(self, real: f64) -> Self {
        Self::new(self.re - real, self.im)
    }

    pub(super) fn times(self, real: f64) -> Self {
        Self::new(self.re * real, self.im * real)
    }

    /// 1 / z, without overflow of |z|^2 (Smith 1962).
    pub(super) fn inverse(self) -> Self {
        if self.re.abs() >= self.im.abs() {
            let ratio = self.im / self.re;
            let below = self.re + self.im * ratio;
            Self::new(1.0 / below, -ratio / below)
        } else {
            let ratio = self.re / self.im;
            let below = self.re * ratio + self.im;
            Self::new(ratio / below, -1.0 / below)
        }
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.re + other.re, self.im + other.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.re - other.re, self.im - other.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(
            self.re * other.re - self.im * other.im,
            self.re * other.im + self.im * other.re,
        )
    }
}

impl Div for Complex {
    type Output = Self;
    #[expect(
        clippy::suspicious_arithmetic_impl,
        reason = "a quotient is the product with the inverse"
    )]
    fn div(self, other: Self) -> Self {
        self * other.inverse()
    }
}
