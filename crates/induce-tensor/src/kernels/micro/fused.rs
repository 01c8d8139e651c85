//! A product and a sum with one rounding, on machines without an instruction for it.
//!
//! The other kernels fuse, and a training must have the same bits on every machine: with two roundings those of language
//! models differed from the first step on.

/// `sum + x y`, rounded once.
#[inline(always)]
pub fn add_product(sum: f32, x: f32, y: f32) -> f32 {
    if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
        return x.mul_add(y, sum);
    }
    by_odd(sum, x, y)
}

/// By double precision, where the product is exact. The sum is rounded to odd there (Boldo & Melquiond 2008, *Emulation of
/// FMA and correctly rounded sums*): an inexact one gets a last bit of 1, so that it is no tie of single precision which it
/// was not before.
#[inline(always)]
fn by_odd(sum: f32, x: f32, y: f32) -> f32 {
    let (product, addend) = (f64::from(x) * f64::from(y), f64::from(sum));
    let total = product + addend;
    // What the addition lost (Knuth 1969); no number if the total is none.
    let part = total - product;
    let lost = (product - (total - part)) + (addend - part);
    let bits = total.to_bits();
    let away = (lost > 0.0) == (total > 0.0);
    let moved = if away {
        bits.wrapping_add(1)
    } else {
        bits.wrapping_sub(1)
    };
    let inexact = lost.abs() > 0.0;
    let odd = if inexact && bits & 1 == 0 { moved } else { bits };
    f64::from_bits(odd) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of all sizes, and some whose sums end in ties, cancel, vanish or overflow.
    #[test]
    fn the_bits_are_those_of_the_instruction() {
        let stream = induce_core::random::Stream::new(3, "fused");
        let any = |i: u64| f32::from_bits((stream.uniform(i) * 4_294_967_296.0) as u32);
        // Few digits, so that products and sums meet in the middle.
        let short = |i: u64| {
            let digits = (stream.uniform(i) * 4096.0).floor() as f32 - 2048.0;
            digits * (((stream.child(1).uniform(i) * 50.0) as i32 - 25) as f32).exp2()
        };
        let edges = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            f32::MIN_POSITIVE,
            1e-45,
            f32::MAX,
            f32::INFINITY,
            f32::NAN,
            1.0 + f32::EPSILON,
            16_777_217.0,
            0.5 + f32::EPSILON,
        ];
        let same = |sum: f32, x: f32, y: f32| {
            let (own, right) = (by_odd(sum, x, y), x.mul_add(y, sum));
            assert!(
                own.to_bits() == right.to_bits() || (own.is_nan() && right.is_nan()),
                "{sum} + {x} {y}: {own} {right}"
            );
        };
        for i in 0..300_000 {
            same(any(3 * i), any(3 * i + 1), any(3 * i + 2));
            same(short(3 * i), short(3 * i + 1), short(3 * i + 2));
        }
        for sum in edges {
            for x in edges {
                edges.into_iter().for_each(|y| same(sum, x, y));
            }
        }
    }
}
