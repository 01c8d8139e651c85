//! The right singular vector of the least singular value, by Householder's QR and one-sided Jacobi rotations.
//!
//! Jacobi finds small singular values to high relative precision, where A' A would have squared them out of sight.

/// v of length 1 that minimises |A v|; of several that are equally good, their sum. // a: (rows, columns)
pub(super) fn least(a: &[f64], columns: usize) -> Vec<f64> {
    let rows = a.len() / columns;
    // By columns: a rotation takes two of them.
    let mut by_column: Vec<Vec<f64>> = (0..columns)
        .map(|c| (0..rows).map(|r| a[r * columns + c]).collect())
        .collect();
    if rows > columns {
        triangle(&mut by_column);
    }
    let mut basis: Vec<Vec<f64>> = (0..columns)
        .map(|c| (0..columns).map(|r| f64::from(u8::from(r == c))).collect())
        .collect();
    rotate_all(&mut by_column, &mut basis);
    let norm = |c: usize| by_column[c].iter().map(|x| x * x).sum::<f64>();
    let least = (0..columns).map(norm).fold(f64::INFINITY, f64::min);
    let tied: Vec<usize> = (0..columns).filter(|&c| norm(c) == least).collect();
    let length = (tied.len() as f64).sqrt();
    (0..columns)
        .map(|r| tied.iter().map(|&c| basis[c][r]).sum::<f64>() / length)
        .collect()
}

/// Householder's reflections: what is left are the first `columns` entries of every column, an upper triangle.
fn triangle(columns: &mut [Vec<f64>]) {
    let n = columns.len();
    for k in 0..n {
        let tail = &columns[k][k..];
        let length = tail.iter().map(|x| x * x).sum::<f64>().sqrt();
        if length == 0.0 {
            continue;
        }
        let mut mirror = tail.to_vec();
        mirror[0] += length.copysign(mirror[0]);
        let square: f64 = mirror.iter().map(|x| x * x).sum();
        for column in &mut columns[k..] {
            let along: f64 = mirror.iter().zip(&column[k..]).map(|(m, x)| m * x).sum();
            let by = 2.0 * along / square;
            column[k..]
                .iter_mut()
                .zip(&mirror)
                .for_each(|(x, m)| *x -= by * m);
        }
    }
    for (k, column) in columns.iter_mut().enumerate() {
        column.truncate(n);
        column[k + 1..].fill(0.0);
    }
}

/// Rotate pairs of columns until all are orthogonal (Hestenes 1958).
fn rotate_all(columns: &mut [Vec<f64>], basis: &mut [Vec<f64>]) {
    for _ in 0..60 {
        let mut rotated = false;
        for p in 0..columns.len() {
            for q in p + 1..columns.len() {
                rotated |= rotate(columns, basis, p, q);
            }
        }
        if !rotated {
            break;
        }
    }
}

fn rotate(columns: &mut [Vec<f64>], basis: &mut [Vec<f64>], p: usize, q: usize) -> bool {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (pp, qq, pq) = (
        dot(&columns[p], &columns[p]),
        dot(&columns[q], &columns[q]),
        dot(&columns[p], &columns[q]),
    );
    if pq == 0.0 || pq.abs() <= 1e-16 * (pp * qq).sqrt() {
        return false;
    }
    let zeta = (qq - pp) / (2.0 * pq);
    let t = 1.0_f64.copysign(zeta) / (zeta.abs() + zeta.hypot(1.0));
    let cos = 1.0 / t.hypot(1.0);
    let sin = cos * t;
    for matrix in [columns, basis] {
        let (head, tail) = matrix.split_at_mut(q);
        for (a, b) in head[p].iter_mut().zip(&mut tail[0]) {
            (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_a_known_matrix_is_found() {
        // Rows orthogonal to (1, 2, 2) / 3.
        let a = [2.0, -1.0, 0.0, 2.0, 0.0, -1.0, 0.0, 1.0, -1.0, 4.0, -1.0, -1.0];
        let v = least(&a, 3);
        let sign = v[0].signum();
        for (own, expected) in v.iter().zip([1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0]) {
            assert!((own * sign - expected).abs() < 1e-15, "{v:?}");
        }
        // Fewer rows than columns: a null vector.
        let v = least(&[1.0, 1.0, 1.0], 3);
        assert!(
            v.iter().sum::<f64>().abs() < 1e-15 && (v.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-15
        );
    }
}
