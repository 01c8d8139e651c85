//! A graph divided by the eigenvectors of its Laplacian.

use induce_core::linalg::Csr;
use induce_core::words::counted;
use induce_core::{Error, Outcome, Result, Run};

use crate::graph::{Components, Partition, Spectrum, degrees};

use super::assign::assign;
use super::drawing::Drawing;
use super::spec::{Kind, Spec};

/// A division of a graph, and what it was read off.
#[derive(Debug, Clone)]
pub struct Division {
    /// The cluster of each node; clusters are numbered by their first nodes. // (n)
    pub labels: Vec<u32>,
    /// How many clusters there are.
    pub clusters: usize,
    /// The smallest eigenvalues, one more than there are clusters where there are as many.
    pub values: Vec<f64>,
    /// Residuals of their vectors.
    pub residuals: Vec<f64>,
    /// Where each node is placed. // (n, width)
    pub embedding: Vec<f64>,
    /// Coordinates of a place.
    pub width: usize,
    /// Connected components of the graph.
    pub components: usize,
    /// What is cut.
    pub partition: Partition,
    /// The graph as it is drawn.
    pub drawing: Drawing,
    /// What was found out, in sentences.
    pub notes: Vec<String>,
    /// How the eigenvectors ended.
    pub outcome: Outcome,
}

/// Divide a graph of symmetric weights without loops ([`undirected`](crate::graph::undirected) makes them so).
///
/// ```
/// use induce_core::{Run, linalg::Csr};
/// use induce_learn::cluster::spectral::{Spec, divide};
/// // Two triangles that an edge joins.
/// let edges = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)];
/// let both = edges.iter().flat_map(|&(i, j)| [(i, j, 1.0), (j, i, 1.0)]).collect();
/// let division = divide(&Csr::from_entries(6, 6, both)?, &Spec::default(), &Run::new(0))?;
/// assert_eq!(division.labels, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), induce_core::Error>(())
/// ```
///
/// # Errors
/// If there are fewer nodes than clusters, or none.
pub fn divide(weights: &Csr, spec: &Spec, run: &Run) -> Result<Division> {
    let n = weights.rows();
    if n == 0 {
        return Err(Error::data(
            "there are no nodes",
            "check the file and the filters",
        ));
    }
    if let Some(k) = spec.asked().filter(|k| *k > n) {
        return Err(Error::setting(
            "n_clusters",
            k,
            format!("there are only {} to divide; ask for fewer", counted(n, "node")),
        ));
    }
    let components = Components::of(weights);
    let most = spec.asked().unwrap_or(spec.max_clusters);
    let m = (most + 1).max(spec.n_components).min(n);
    // Vectors of a graph in parts say which is which; two more have something to draw.
    let drawn = m.max(components.count.min(most) + 2).min(n);
    let mut spectrum = Spectrum::of(
        weights,
        spec.kind(),
        drawn,
        spec.regularization,
        spec.tolerance,
        run,
    )?;
    let drawing = Drawing::of(weights, &spectrum, drawn, components.count);
    spectrum.keep(m);
    let mut notes = Vec::new();
    let k = match spec.asked() {
        None => chosen(&spectrum, &components, spec, n, &mut notes),
        Some(k) => k,
    };
    notes.extend(unsettled(&spectrum));
    let width = if spec.n_components > 0 {
        spec.n_components
    } else {
        k
    }
    .min(m);
    let embedding = placed(&spectrum, m, width, spec);
    let labels = match components.count {
        _ if k == 1 => vec![0; n],
        c if c >= k && spec.regularization == 0.0 => of_components(weights, &components, k, &mut notes),
        _ => assign(&embedding, width, k, spec, run)?,
    };
    let (labels, clusters) = numbered(&labels);
    if clusters < k {
        notes.push(format!(
            "{} of {k} clusters {} empty: the eigenvectors tell no more apart",
            k - clusters,
            if k - clusters == 1 { "is" } else { "are" }
        ));
    }
    Ok(Division {
        partition: Partition::of(weights, &labels, clusters),
        drawing,
        labels,
        clusters,
        values: spectrum.values,
        residuals: spectrum.residuals,
        embedding,
        width,
        components: components.count,
        notes,
        outcome: spectrum.outcome,
    })
}

/// The number of clusters by the eigengap.
fn chosen(
    spectrum: &Spectrum,
    components: &Components,
    spec: &Spec,
    n: usize,
    notes: &mut Vec<String>,
) -> usize {
    if components.count >= spectrum.values.len() {
        // All eigenvalues that are known are 0: no gap is among them.
        let k = components.count.min(spec.max_clusters);
        notes.push(format!(
            "{} for {} of the graph (n_clusters, max_clusters)",
            counted(k, "cluster"),
            counted(components.count, "component")
        ));
        return k;
    }
    let k = spectrum.eigengap(spec.max_clusters);
    let next = spectrum.values.get(k).map_or_else(String::new, |next| {
        format!(
            ": the eigenvalues step from {:.4} to {next:.4}",
            spectrum.values[k - 1].max(0.0)
        )
    });
    if n > 1 {
        notes.push(format!(
            "{} by the eigengap{next} (n_clusters)",
            counted(k, "cluster")
        ));
    }
    k
}

fn unsettled(spectrum: &Spectrum) -> Option<String> {
    let worst = spectrum.residuals.iter().copied().fold(0.0, f64::max);
    let settled = matches!(spectrum.outcome, Outcome::Converged { .. });
    (!settled).then(|| {
        format!(
            "the eigenvectors have not converged ({}), their residuals go up to {worst:.1e}",
            spectrum.outcome.reason()
        )
    })
}

/// The first `width` of `m` coordinates, rows of length 1 where the Laplacian is the symmetric one.
fn placed(spectrum: &Spectrum, m: usize, width: usize, spec: &Spec) -> Vec<f64> {
    let mut rows: Vec<f64> = spectrum
        .vectors
        .chunks_exact(m)
        .flat_map(|row| row[..width].to_vec())
        .collect();
    if spec.laplacian == Kind::Symmetric {
        for row in rows.chunks_exact_mut(width) {
            let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
            if length > 0.0 {
                row.iter_mut().for_each(|x| *x /= length);
            }
        }
    }
    rows
}

/// Components as clusters, which nothing is cut for; where there are more, the smallest share the last.
fn of_components(weights: &Csr, components: &Components, k: usize, notes: &mut Vec<String>) -> Vec<u32> {
    let mut volume = vec![0.0; components.count];
    let (degree, sizes) = (degrees(weights), components.sizes());
    components
        .label
        .iter()
        .zip(&degree)
        .for_each(|(&c, d)| volume[c as usize] += d);
    let mut order: Vec<usize> = (0..components.count).collect();
    order.sort_by(|&a, &b| {
        volume[b]
            .total_cmp(&volume[a])
            .then(sizes[b].cmp(&sizes[a]))
            .then(a.cmp(&b))
    });
    let mut cluster = vec![0; components.count];
    order
        .iter()
        .enumerate()
        .for_each(|(rank, &c)| cluster[c] = rank.min(k - 1) as u32);
    let more = if components.count > k {
        ", the smallest of which share one"
    } else {
        ""
    };
    notes.push(format!(
        "the graph falls into {}, which are the clusters{more}; `--set regularization=0.25` divides the larger ones too",
        counted(components.count, "component")
    ));
    components.label.iter().map(|&c| cluster[c as usize]).collect()
}

/// Labels numbered by their first places, and how many there are.
fn numbered(labels: &[u32]) -> (Vec<u32>, usize) {
    let most = labels.iter().max().map_or(0, |most| *most as usize + 1);
    let (mut number, mut next) = (vec![u32::MAX; most], 0);
    let of = |&label: &u32| {
        let number = &mut number[label as usize];
        if *number == u32::MAX {
            (*number, next) = (next, next + 1);
        }
        *number
    };
    let labels = labels.iter().map(of).collect();
    (labels, next as usize)
}
