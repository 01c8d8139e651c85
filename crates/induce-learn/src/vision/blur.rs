//! Gaussian blur, both directions in one pass over the rows.

use induce_core::multiversion;

use super::grey::Grey;
use super::workspace::Workspace;

/// Columns that are summed side by side in registers.
const BLOCK: usize = 64;

/// Rows per share; fixed, so that shares do not depend on threads (nor would the result).
const STRIP: usize = 32;

/// Convolve with a Gaussian of standard deviation `sigma`, the picture mirrored at its edges.
///
/// Separable: each output row is a vertical sum of rows, kept in a buffer that the horizontal sum reads at once, so
/// that the intermediate picture never reaches memory. The kernel ends at four standard deviations.
pub(super) fn blur(source: &Grey, sigma: f32, workspace: &mut Workspace) -> Grey {
    let kernel = half_kernel(sigma);
    let (width, height) = (source.width, source.height);
    let mut pixels = workspace.take(width * height);
    workspace.for_each_chunk(&mut pixels, STRIP * width, |strip, out| {
        blur_rows(&source.pixels, width, height, &kernel, strip * STRIP, out);
    });
    Grey {
        width,
        height,
        pixels,
    }
}

/// The kernel from its middle outwards.
fn half_kernel(sigma: f32) -> Vec<f32> {
    let radius = (4.0 * sigma).round().max(1.0) as usize;
    let weight = |i: usize| (-0.5 * (i as f64 / f64::from(sigma)).powi(2)).exp();
    let total = weight(0) + 2.0 * (1..=radius).map(weight).sum::<f64>();
    (0..=radius).map(|i| (weight(i) / total) as f32).collect()
}

/// Index `i` mirrored into `0..n` at the outer pixels' middles.
fn mirror(i: isize, n: usize) -> usize {
    let period = 2 * (n as isize - 1).max(1);
    let i = i.rem_euclid(period);
    (if i < n as isize { i } else { period - i }).min(n as isize - 1) as usize
}

multiversion! {
    /// Blurred rows from `first` on, as many as `out` holds.
    fn blur_rows(source: &[f32], width: usize, height: usize, kernel: &[f32], first: usize, out: &mut [f32]) {
        let radius = kernel.len() - 1;
        let mut padded = vec![0.0_f32; width + 2 * radius + BLOCK];
        for (i, out) in out.chunks_exact_mut(width).enumerate() {
            let y = (first + i) as isize;
            let rows: Vec<(&[f32], &[f32])> = (0..=radius as isize)
                .map(|t| {
                    let up = mirror(y - t, height) * width;
                    let down = mirror(y + t, height) * width;
                    (&source[up..up + width], &source[down..down + width])
                })
                .collect();
            vertical(&rows, kernel, &mut padded[radius..radius + width]);
            for t in 1..=radius as isize {
                padded[radius - t as usize] = padded[radius + mirror(-t, width)];
                padded[radius + width - 1 + t as usize] = padded[radius + mirror(width as isize - 1 + t, width)];
            }
            horizontal(&padded, kernel, out);
        }
    }
}

#[inline(always)]
fn vertical(rows: &[(&[f32], &[f32])], kernel: &[f32], out: &mut [f32]) {
    let width = out.len();
    for start in blocks(width) {
        if width < BLOCK {
            for x in 0..width {
                let side = rows[1..]
                    .iter()
                    .zip(&kernel[1..])
                    .map(|((up, down), k)| (up[x] + down[x]) * k);
                out[x] = rows[0].0[x] * kernel[0] + side.sum::<f32>();
            }
            return;
        }
        let block = |row: &[f32]| -> [f32; BLOCK] { std::array::from_fn(|j| row[start..start + BLOCK][j]) };
        let mut sums = block(rows[0].0);
        sums.iter_mut().for_each(|s| *s *= kernel[0]);
        for ((up, down), k) in rows[1..].iter().zip(&kernel[1..]) {
            let (up, down) = (&up[start..start + BLOCK], &down[start..start + BLOCK]);
            for j in 0..BLOCK {
                sums[j] += (up[j] + down[j]) * k;
            }
        }
        out[start..start + BLOCK].copy_from_slice(&sums);
    }
}

/// `padded` holds the row between two mirrored margins of the kernel's radius.
#[inline(always)]
fn horizontal(padded: &[f32], kernel: &[f32], out: &mut [f32]) {
    let (width, radius) = (out.len(), kernel.len() - 1);
    for start in blocks(width) {
        let end = BLOCK.min(width - start);
        let mut sums = [0.0_f32; BLOCK];
        let middle = &padded[start + radius..start + radius + BLOCK];
        for j in 0..BLOCK {
            sums[j] = middle[j] * kernel[0];
        }
        for (t, k) in kernel.iter().enumerate().skip(1) {
            let left = &padded[start + radius - t..start + radius - t + BLOCK];
            let right = &padded[start + radius + t..];
            let right = &right[..BLOCK.min(right.len())];
            if right.len() < BLOCK {
                for j in 0..end {
                    sums[j] += (left[j] + right[j]) * k;
                }
                continue;
            }
            for j in 0..BLOCK {
                sums[j] += (left[j] + right[j]) * k;
            }
        }
        out[start..start + end].copy_from_slice(&sums[..end]);
    }
}

/// Where blocks start: the last one overlaps the one before it rather than end short.
#[inline(always)]
fn blocks(width: usize) -> impl Iterator<Item = usize> {
    let last = width.saturating_sub(BLOCK);
    (0..width.div_ceil(BLOCK)).map(move |b| (b * BLOCK).min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the definition, a double sum, on odd sizes and both threads.
    #[test]
    fn it_is_a_convolution_with_a_gaussian() {
        for (width, height) in [(1, 1), (7, 3), (64, 5), (150, 20), (131, 70)] {
            let pixels = (0..width * height)
                .map(|i| ((i * i * 31 + i * 7) % 255) as f32)
                .collect();
            let source = Grey {
                width,
                height,
                pixels,
            };
            let got = Workspace::with(2, |workspace| blur(&source, 1.7, workspace));
            let kernel = half_kernel(1.7);
            let weight = |i: isize| f64::from(kernel[i.unsigned_abs()]);
            let r = kernel.len() as isize - 1;
            for (x, y) in [(0, 0), (width - 1, height / 2), (width / 2, height - 1)] {
                let mut sum = 0.0;
                for (dx, dy) in (-r..=r).flat_map(|dx| (-r..=r).map(move |dy| (dx, dy))) {
                    let (u, v) = (mirror(x as isize + dx, width), mirror(y as isize + dy, height));
                    sum += weight(dx) * weight(dy) * f64::from(source.at(u, v));
                }
                assert!(
                    (f64::from(got.at(x, y)) - sum).abs() < 1e-3,
                    "{width} {height} {x} {y}"
                );
            }
        }
    }
}
