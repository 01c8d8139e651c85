//! Ratings y_ui of items by users: what recommendation learns from.
//!
//! A table has a row per rating. [`Roles`] says which of its columns names the user and which the item; [`Ratings`] are the
//! rows as a sparse matrix (users, items), and what is known of users and items besides, [`Sides`]. [`Baselines`] are what a
//! model has to beat. A model that [recommends](crate::model::Recommend) says how it rates; lists of items, and how good they are, follow from that.
//!
//! An entry learns from ratings if its settings name a user and an item column: [`learns_from_ratings`].

mod baseline;
mod join;
mod lists;
mod rater;
mod recommend;
pub mod report;
mod roles;
mod sides;
mod store;
mod table;

pub use baseline::{Baselines, Biases};
pub use join::{Joined, join};
pub use lists::{largest, ranked};
pub use rater::Rater;
pub use recommend::{Recommended, baselines, evaluate, learns_from_ratings, recommend, unknown};
pub use roles::Roles;
pub use sides::Sides;
pub use table::{Learnt, Pair, Ratings, Relevant};
