//! Levels by how often they are: what is said of a user or an item that training had not.
//!
//! P(r) = (n_ir + c f_r) / (n_i + c), the frequencies of the other side's ratings, drawn to those of all with the weight of c ratings.

use induce_core::linalg::Csr;
use induce_core::model::ratings::Pair;

/// Ratings that the frequencies of all count as.
const WEIGHT: f64 = 10.0;

/// Frequencies of levels.
#[derive(Debug, Clone)]
pub struct Frequencies {
    all: Vec<f64>,
    users: Vec<f64>,
    items: Vec<f64>,
}

impl Frequencies {
    /// Of ratings by the codes of their levels, in the order of users.
    pub fn new(by_user: &Csr, codes: &[u32], levels: usize) -> Self {
        let mut all = vec![0.0; levels];
        codes
            .iter()
            .for_each(|code| all[*code as usize] += 1.0 / codes.len() as f64);
        let prior = |n: usize| -> Vec<f64> { (0..n).flat_map(|_| all.iter().map(|f| WEIGHT * f)).collect() };
        let (mut users, mut items) = (prior(by_user.rows()), prior(by_user.columns()));
        for user in 0..by_user.rows() {
            for k in by_user.starts()[user]..by_user.starts()[user + 1] {
                users[user * levels + codes[k] as usize] += 1.0;
                items[by_user.index()[k] as usize * levels + codes[k] as usize] += 1.0;
            }
        }
        for own in users
            .chunks_exact_mut(levels)
            .chain(items.chunks_exact_mut(levels))
        {
            let sum: f64 = own.iter().sum();
            own.iter_mut().for_each(|f| *f /= sum);
        }
        Self { all, users, items }
    }

    /// Those of an item by an unknown user, of a user for an unknown item, or of all. // (levels)
    pub fn of(&self, (user, item): Pair) -> &[f64] {
        let n = self.all.len();
        match (user, item) {
            (None, Some(i)) => &self.items[i as usize * n..][..n],
            (Some(u), None) => &self.users[u as usize * n..][..n],
            _ => &self.all,
        }
    }
}
