//! What a model of ratings has to beat: means, and biases.
//!
//! (mean_u + mean_i) / 2, the mean of the user's and of the item's mean; and mu + b_u + b_i by least squares with
//! lambda_u b_u^2 + lambda_i b_i^2 (Koren 2010, section 2.1; lambda_u = 15, lambda_i = 10 and ten rounds are Surprise's).
//! Many published networks do not beat the first.

use super::Ratings;
use super::table::Pair;
use crate::linalg::Csr;

/// Ratings at 0 that shrink the bias of a user.
const OF_USERS: f64 = 15.0;
/// The same of items.
const OF_ITEMS: f64 = 10.0;
/// Rounds of alternating least squares.
const ROUNDS: usize = 10;

/// mu + b_u + b_i.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Biases {
    /// The mean of all ratings.
    pub mean: f64,
    /// b_u. // (users)
    pub users: Vec<f64>,
    /// b_i. // (items)
    pub items: Vec<f64>,
}

/// Predictions without any interaction of user and item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Baselines {
    /// mu + b_u + b_i.
    pub biases: Biases,
    /// The mean rating of each user. // (users)
    user_means: Vec<f64>,
    /// The same of items. // (items)
    item_means: Vec<f64>,
}

impl Biases {
    /// By alternating least squares, from b = 0.
    pub fn of(ratings: &Ratings) -> Self {
        let values = ratings.by_user.value();
        let mut own = Self {
            // Halves, lest a sum overflow.
            mean: values.iter().map(|y| y / values.len().max(1) as f64).sum(),
            users: vec![0.0; ratings.by_user.rows()],
            items: vec![0.0; ratings.by_item.rows()],
        };
        for _ in 0..ROUNDS {
            own.items = shrunk(&ratings.by_item, own.mean, &own.users, OF_ITEMS);
            own.users = shrunk(&ratings.by_user, own.mean, &own.items, OF_USERS);
        }
        own
    }

    /// mu + b_u + b_i, without what is not known.
    pub fn rate(&self, (user, item): Pair) -> f64 {
        let of = |all: &[f64], at: Option<u32>| at.and_then(|i| all.get(i as usize).copied()).unwrap_or(0.0);
        self.mean + of(&self.users, user) + of(&self.items, item)
    }
}

/// b = sum (y - mu - other) / (lambda + n) for every row.
fn shrunk(matrix: &Csr, mean: f64, other: &[f64], lambda: f64) -> Vec<f64> {
    let bias = |i: usize| {
        let (sum, n) = matrix.row(i).fold((0.0, lambda), |(sum, n), (j, y)| {
            (sum + (y - mean - other[j]), n + 1.0)
        });
        sum / n
    };
    (0..matrix.rows()).map(bias).collect()
}

fn means(matrix: &Csr, mean: f64) -> Vec<f64> {
    let of = |i: usize| {
        let n = matrix.row(i).count();
        if n == 0 {
            return mean;
        }
        matrix.row(i).map(|(_, y)| y / n as f64).sum()
    };
    (0..matrix.rows()).map(of).collect()
}

impl Baselines {
    /// Those of ratings.
    pub fn of(ratings: &Ratings) -> Self {
        let biases = Biases::of(ratings);
        Self {
            user_means: means(&ratings.by_user, biases.mean),
            item_means: means(&ratings.by_item, biases.mean),
            biases,
        }
    }

    /// (mean_u + mean_i) / 2; one of them alone where the other is not known, and else the mean of all.
    pub fn mean_of_means(&self, (user, item): Pair) -> f64 {
        let of = |all: &[f64], at: Option<u32>| at.and_then(|i| all.get(i as usize).copied());
        match (of(&self.user_means, user), of(&self.item_means, item)) {
            (Some(a), Some(b)) => 0.5 * a + 0.5 * b,
            (Some(own), None) | (None, Some(own)) => own,
            (None, None) => self.biases.mean,
        }
    }
}
