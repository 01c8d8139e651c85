//! Information of samples by nearest neighbours: one estimator for two variables, several, and given others.
//!
//! Kraskov, Stogbauer & Grassberger (2004), eq. 8, Frenzel & Pompe (2007), eq. 9, and eq. 23 of the former are the same sum:
//!
//! I = < psi(k_i) - psi(n_1) + sum over j >= 2 of (psi(n_z) - psi(n_j)) >,
//!
//! n_j rows of (X_j, Z) and n_z rows of Z strictly nearer than the k-th neighbour of row i in all variables together, row i
//! among them; without Z n_z = N.
//!
//! Ties are taken exactly instead of being broken by noise: where several rows share the distance of the k-th neighbour,
//! k_i is the first rank that has this distance; where the distance is 0, balls are closed and k_i counts the rows at the
//! very point (Gao, Kannan, Oh & Viswanath 2017). On data that are categories in disguise this is the plug-in estimate
//! with Miller's and Madow's correction, a constant shares exactly nothing, and continuous data give Kraskov's estimate
//! unchanged.

use induce_core::{Error, Result, parallel};

use super::neighbours::{KdTree, Marginal, Reach};
use super::sample::Sample;
use crate::polygamma::digamma;

/// How ties are taken, and with it whose estimator it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ties {
    /// k_i is the first rank of its distance.
    Exact,
    /// k_i = k but where the distance is 0, as Gao et al. published it.
    AsGao,
}

/// Rows that a thread takes at once.
const BLOCK: usize = 1024;

/// The variables, and what is counted of them.
pub(super) struct Geometry {
    k: usize,
    rows: usize,
    marginals: Vec<Marginal>,
    given: Option<Marginal>,
}

impl Geometry {
    /// Counts for these variables.
    pub fn new(blocks: &[&Sample], given: Option<&Sample>, k: usize) -> Result<Self> {
        let rows = check(blocks, given, k)?;
        let marginal = |block: &&Sample| match given {
            None => Marginal::new(block),
            Some(z) => {
                let (values, d) = Sample::beside(&[block, z]);
                Marginal::Tree(KdTree::new(&values, d))
            }
        };
        let marginals = blocks.iter().map(marginal).collect();
        Ok(Self {
            k,
            rows,
            marginals,
            given: given.map(Marginal::new),
        })
    }

    /// The terms of the sum by row.
    pub fn terms(&self, joint: &KdTree, ties: Ties, threads: usize) -> Vec<f64> {
        let block = |b: usize| {
            let places = b * BLOCK..((b + 1) * BLOCK).min(self.rows);
            let reaches = joint.reaches(self.k, places.clone());
            let one = |(place, reach): (usize, Reach)| {
                let row = joint.row(place);
                (row, self.term(joint, row, reach, ties))
            };
            places.zip(reaches).map(one).collect::<Vec<_>>()
        };
        let mut terms = vec![0.0; self.rows];
        for part in parallel::map(threads, self.rows.div_ceil(BLOCK), block) {
            part.into_iter().for_each(|(row, term)| terms[row] = term);
        }
        terms
    }

    fn term(&self, joint: &KdTree, row: usize, reach: Reach, ties: Ties) -> f64 {
        let (r, closed) = (reach.distance, reach.distance == 0.0);
        let k = match (closed, ties) {
            (true, _) => joint.count(row, 0.0, true),
            (false, Ties::Exact) => reach.nearer + 1,
            (false, Ties::AsGao) => self.k,
        };
        let psi = |count: usize| digamma(count as f64);
        let all = match &self.given {
            None => self.rows,
            Some(given) => given.count(row, r, closed),
        };
        let count = |marginal: &Marginal| marginal.count(row, r, closed);
        // In pairs, so that what is constant cancels to nothing.
        let first = psi(k) - psi(count(&self.marginals[0]));
        let rest = self.marginals[1..].iter().map(|own| psi(all) - psi(count(own)));
        first + rest.sum::<f64>()
    }
}

/// The tree over all variables together.
pub(super) fn joint(blocks: &[&Sample], given: Option<&Sample>) -> KdTree {
    let all: Vec<&Sample> = blocks.iter().copied().chain(given).collect();
    let (values, d) = Sample::beside(&all);
    KdTree::new(&values, d)
}

/// That the variables are of the same rows, of which there are more than k.
pub(super) fn check(blocks: &[&Sample], given: Option<&Sample>, k: usize) -> Result<usize> {
    let rows = blocks.first().map_or(0, |own| own.rows());
    let mut others = blocks.iter().copied().chain(given);
    if let Some(other) = others.find(|own| own.rows() != rows) {
        let what = format!("{rows} rows stand against {}", other.rows());
        return Err(Error::data(what, "all variables are of the same rows"));
    }
    if k == 0 {
        return Err(Error::setting(
            "neighbours",
            k,
            "at least one neighbour is needed",
        ));
    }
    if rows <= k + 1 {
        let what = format!(
            "{} too few for {k} neighbours",
            if rows == 1 {
                "1 row is".to_owned()
            } else {
                format!("{rows} rows are")
            }
        );
        return Err(Error::data(what, "give more rows, or ask for fewer neighbours"));
    }
    Ok(rows)
}
