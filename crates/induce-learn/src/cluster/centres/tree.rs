//! A tree of pairs of centres: which cluster a row comes to, question by question.

use induce_core::model_file::ModelFile;
use induce_core::{Error, Result};

use crate::cluster::nearest::square;

/// Where a pair leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Child {
    /// To another pair.
    Pair(usize),
    /// To a cluster.
    Cluster(u32),
}

/// Pairs of centres, the first of which is asked first; none is asked of a single cluster.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tree {
    /// Where the nearer of the two leads. // (pairs)
    pub children: Vec<[Child; 2]>,
    /// The two centres of every pair. // (pairs, 2, width)
    pub centres: Vec<f64>,
}

impl Tree {
    /// The cluster that a row comes to: from pair to pair, each time by the nearer centre.
    pub fn cluster(&self, x: &[f64]) -> u32 {
        let mut at = Child::Pair(0);
        loop {
            match at {
                Child::Cluster(c) => return c,
                Child::Pair(pair) => {
                    let Some(children) = self.children.get(pair) else {
                        return 0;
                    };
                    let [left, right] = [0, 1].map(|s| &self.centres[(2 * pair + s) * x.len()..][..x.len()]);
                    at = children[usize::from(square(x, right) < square(x, left))];
                }
            }
        }
    }

    pub(super) fn store(&self, file: &mut ModelFile) {
        let code = |child: &Child| match *child {
            Child::Pair(pair) => pair as i64,
            Child::Cluster(c) => -1 - i64::from(c),
        };
        let children: Vec<i64> = self.children.iter().flatten().map(code).collect();
        file.put("tree_children", children);
        file.put("tree_centres", self.centres.clone());
    }

    /// The tree of a file of `k` clusters, checked: every pair leads further on, so that none is come back to.
    pub(super) fn read(file: &ModelFile, k: usize, width: usize) -> Result<Self> {
        let codes = file.values::<i64>("tree_children")?;
        let pairs = codes.len() / 2;
        let size = pairs.saturating_mul(2 * width);
        let centres = file.values_of::<f64>("tree_centres", size)?.to_vec();
        let child = |(at, code): (usize, &i64)| -> Result<Child> {
            match *code {
                code if code > (at / 2) as i64 && (code as usize) < pairs => Ok(Child::Pair(code as usize)),
                code if code < 0 && code >= -(k as i64) => Ok(Child::Cluster((-1 - code) as u32)),
                code => Err::<Child, Error>(file.fault(format!("a pair of its tree leads to {code}"))),
            }
        };
        let children: Vec<Child> = codes.iter().enumerate().map(child).collect::<Result<_>>()?;
        if codes.len() != 2 * pairs || centres.iter().any(|x| !x.is_finite()) {
            return Err(file.fault("its tree is not one of pairs of finite centres"));
        }
        Ok(Self {
            children: children.chunks_exact(2).map(|own| [own[0], own[1]]).collect(),
            centres,
        })
    }
}
