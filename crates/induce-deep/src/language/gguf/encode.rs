//! Weights into blocks of small integers, number for number as ggml's reference does (`ggml-quants.c`, `quantize_row_*_ref`).

use half::f16;

/// Weights of a block of the `_K` types.
const WIDE: usize = 256;
/// Factors below which a block is 0 (`GROUP_MAX_EPS`).
const NOTHING: f32 = 1e-15;

fn inverse(x: f32) -> f32 {
    if x == 0.0 { 0.0 } else { 1.0 / x }
}

fn halves(numbers: &[f32]) -> Vec<u8> {
    let bytes = |x: &f32| f16::from_f32(*x).to_le_bytes();
    numbers.iter().flat_map(bytes).collect()
}

/// The number of the largest size.
fn largest(numbers: &[f32]) -> f32 {
    let larger = |most: f32, x: &f32| if x.abs() > most.abs() { *x } else { most };
    numbers.iter().fold(0.0, larger)
}

/// What is left of a factor in half precision.
fn kept(factor: f32) -> f32 {
    f16::from_f32(factor).to_f32()
}

/// d = max |w| / 127, in half precision, and w / d, of which ggml takes the d before it was rounded.
pub fn q8_0(block: &[f32]) -> Vec<u8> {
    let d = largest(block).abs() / 127.0;
    let share = inverse(d);
    let codes = block.iter().map(|w| (w * share).round() as i8 as u8);
    halves(&[d]).into_iter().chain(codes).collect()
}

/// d (q - 8), where the weight of the largest size has the code 0.
pub fn q4_0(block: &[f32]) -> Vec<u8> {
    let d = largest(block) / -8.0;
    let share = inverse(d);
    let code = |w: &f32| ((w * share + 8.5) as u8).min(15);
    halves(&[d]).into_iter().chain(pairs(block, code)).collect()
}

/// d q + m, from the least weight to the largest.
pub fn q4_1(block: &[f32]) -> Vec<u8> {
    let (least, most) = range(block);
    let d = (most - least) / 15.0;
    let share = inverse(d);
    let code = |w: &f32| (((w - least) * share + 0.5) as u8).min(15);
    halves(&[d, least])
        .into_iter()
        .chain(pairs(block, code))
        .collect()
}

fn range(weights: &[f32]) -> (f32, f32) {
    let (least, most) = (f32::INFINITY, f32::NEG_INFINITY);
    weights
        .iter()
        .fold((least, most), |(least, most), w| (w.min(least), w.max(most)))
}

/// Codes of 4 bits: those of the first half of a block below those of the second.
fn pairs(block: &[f32], code: impl Fn(&f32) -> u8) -> Vec<u8> {
    let (low, high) = block.split_at(block.len() / 2);
    low.iter()
        .zip(high)
        .map(|(low, high)| code(low) | code(high) << 4)
        .collect()
}

/// d s q - m t: parts of 32 with factors s and t of 6 bits.
pub fn q4_k(block: &[f32]) -> Vec<u8> {
    let parts: Vec<Span> = block.chunks(32).map(Span::of).collect();
    let most = |of: fn(&Span) -> f32| parts.iter().map(of).fold(0.0, f32::max);
    let (scale, low) = (most(|part| part.scale), most(|part| part.low));
    let six = |most: f32, x: f32| ((63.0 * inverse(most) * x).round_ties_even() as u8).min(63);
    let factors: Vec<(u8, u8)> = parts
        .iter()
        .map(|part| (six(scale, part.scale), six(low, part.low)))
        .collect();
    let (d, m) = (scale / 63.0, low / 63.0);
    let code = |i: usize| {
        let (s, t) = factors[i / 32];
        let (d, m) = (kept(d) * f32::from(s), kept(m) * f32::from(t));
        // Where a part has no factor, its codes say nothing.
        if d == 0.0 {
            parts[i / 32].codes[i % 32]
        } else {
            nearest((block[i] + m) / d, 0, 15) as u8
        }
    };
    let mut out = halves(&[d, m]);
    out.extend(six_bits(&factors));
    for first in (0..WIDE).step_by(64) {
        out.extend((first..first + 32).map(|i| code(i) | code(i + 32) << 4));
    }
    out
}

/// The factors of eight parts in 12 bytes; see `six_bits` of the reader.
fn six_bits(factors: &[(u8, u8)]) -> [u8; 12] {
    let mut out = [0; 12];
    for (j, (s, t)) in factors.iter().copied().enumerate() {
        if j < 4 {
            (out[j], out[j + 4]) = (s, t);
        } else {
            out[j + 4] = (s & 15) | (t & 15) << 4;
            out[j - 4] |= s >> 4 << 6;
            out[j] |= t >> 4 << 6;
        }
    }
    out
}

fn nearest(x: f32, least: i32, most: i32) -> i32 {
    (x.round_ties_even() as i32).clamp(least, most)
}

/// Weights of a part as scale q - low, q of 4 bits.
struct Span {
    scale: f32,
    low: f32,
    codes: Vec<u8>,
}

impl Span {
    /// The best of 21 steps between codes and least squares for each, where large weights count more (`make_qkx2_quants`).
    fn of(x: &[f32]) -> Self {
        let mean = (x.iter().map(|x| x * x).sum::<f32>() / 32.0).sqrt();
        let weights: Vec<f32> = x.iter().map(|x| mean + x.abs()).collect();
        let (least, most) = range(x);
        let least = least.min(0.0);
        if most == least {
            return Self {
                scale: 0.0,
                low: -least,
                codes: vec![0; x.len()],
            };
        }
        let codes_at = |share: f32, least: f32| -> Vec<u8> {
            let code = |x: &f32| nearest(share * (x - least), 0, 15) as u8;
            x.iter().map(code).collect()
        };
        let error = |scale: f32, low: f32, codes: &[u8]| -> f32 {
            let rows = x.iter().zip(codes).zip(&weights);
            rows.map(|((x, q), w)| w * (scale * f32::from(*q) - low - x).powi(2))
                .sum()
        };
        let share = 15.0 / (most - least);
        let codes = codes_at(share, least);
        let mut best = Self {
            scale: 1.0 / share,
            low: -least,
            codes,
        };
        let mut smallest = error(best.scale, best.low, &best.codes);
        for step in 0..=20 {
            // From the least weight of the best so far, as ggml does.
            let least = -best.low;
            let codes = codes_at((-1.0 + 0.1 * step as f32 + 15.0) / (most - least), least);
            let Some((scale, low)) = least_squares(x, &weights, &codes) else {
                continue;
            };
            let own = error(scale, low, &codes);
            if own < smallest {
                (smallest, best) = (own, Self { scale, low, codes });
            }
        }
        best
    }
}

/// scale and low >= 0 of the smallest sum w (scale q - low - x)^2.
fn least_squares(x: &[f32], weights: &[f32], codes: &[u8]) -> Option<(f32, f32)> {
    let [mut w0, mut x0, mut q1, mut q2, mut xq] = [0.0_f32; 5];
    for ((x, w), q) in x.iter().zip(weights).zip(codes) {
        let q = f32::from(*q);
        w0 += w;
        x0 += w * x;
        q1 += w * q;
        q2 += w * q * q;
        xq += w * q * x;
    }
    let d = w0 * q2 - q1 * q1;
    if d <= 0.0 {
        return None;
    }
    let low = (q2 * x0 - q1 * xq) / d;
    if low > 0.0 {
        return Some((xq / q2, 0.0));
    }
    Some(((w0 * xq - x0 * q1) / d, -low))
}

/// d s (q - 32): parts of 16 with factors s of 8 bits.
pub fn q6_k(block: &[f32]) -> Vec<u8> {
    let (scales, codes): (Vec<f32>, Vec<Vec<i32>>) = block.chunks(16).map(around_zero).unzip();
    let most = largest(&scales);
    if most.abs() < NOTHING {
        return vec![0; 210];
    }
    let share = -128.0 / most;
    let d = 1.0 / share;
    let factors: Vec<i8> = scales
        .iter()
        .map(|s| (share * s).round_ties_even().min(127.0) as i8)
        .collect();
    let code = |i: usize| {
        let d = kept(d) * f32::from(factors[i / 16]);
        let q = if d == 0.0 {
            codes[i / 16][i % 16]
        } else {
            nearest(block[i] / d, -32, 31)
        };
        (q + 32) as u8
    };
    let (mut low, mut high) = (Vec::with_capacity(128), Vec::with_capacity(64));
    for half in (0..WIDE).step_by(128) {
        let rows = |l: usize| [0, 32, 64, 96].map(|row| code(half + row + l));
        low.extend((0..64).map(|l| (code(half + l) & 15) | (code(half + 64 + l) & 15) << 4));
        high.extend((0..32).map(|l| {
            let [a, b, c, d] = rows(l).map(|q| q >> 4);
            a | b << 2 | c << 4 | d << 6
        }));
    }
    let factors = factors.iter().map(|s| *s as u8);
    low.into_iter()
        .chain(high)
        .chain(factors)
        .chain(halves(&[d]))
        .collect()
}

/// The factor s of s q, q from -32 to 31, and the codes: the best of 19 steps and least squares for each, where weights count
/// by their squares (`make_qx_quants`).
fn around_zero(x: &[f32]) -> (f32, Vec<i32>) {
    let most = largest(x);
    if most.abs() < NOTHING {
        return (0.0, vec![-32; x.len()]);
    }
    let at = |step: i32| {
        let share = -(32.0 + 0.1 * step as f32) / most;
        let codes: Vec<i32> = x.iter().map(|x| nearest(share * x, -32, 31)).collect();
        let (mut xq, mut qq) = (0.0_f32, 0.0_f32);
        for (x, q) in x.iter().zip(&codes) {
            let (w, q) = (x * x, *q as f32);
            xq += w * x * q;
            qq += w * q * q;
        }
        (codes, xq, qq)
    };
    let (mut codes, xq, qq) = at(0);
    let mut scale = if qq > 0.0 { xq / qq } else { 0.0 };
    let mut best = scale * xq;
    for step in (-9..=9).filter(|step| *step != 0) {
        let (own, xq, qq) = at(step);
        if qq > 0.0 && xq * xq > best * qq {
            (codes, scale) = (own, xq / qq);
            best = scale * xq;
        }
    }
    (scale, codes)
}

#[cfg(test)]
mod tests {
    use super::super::Type;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks_exact(2);
        digits
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    /// `tests/golden/encode.py`: normal, heavy-tailed, one-sided, constant, tiny, sparse weights and zeros.
    #[test]
    fn blocks_are_written_as_ggml_writes_them() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/golden/encode.json")).unwrap();
        let kinds = [
            ("Q4_0", Type::Q4_0),
            ("Q4_1", Type::Q4_1),
            ("Q8_0", Type::Q8_0),
            ("Q4_K", Type::Q4K),
            ("Q6_K", Type::Q6K),
        ];
        for case in golden.as_array().unwrap() {
            let values = case["values"].as_array().unwrap();
            let values: Vec<f32> = values.iter().map(|x| x.as_f64().unwrap() as f32).collect();
            for (name, kind) in kinds {
                let theirs = bytes(case["types"][name].as_str().unwrap());
                assert_eq!(kind.write(&values), theirs, "{name} {:?}", &values[..4]);
            }
        }
    }
}
