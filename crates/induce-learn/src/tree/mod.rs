//! Trees: the engine of boosting and forests.
//!
//! Values become small integer codes ([`bins`]), a [`grow::Grower`] builds one
//! tree on fixed-point derivatives, a [`Tree`] is the result in terms of values
//! again, and [`mask`] applies trees to 64 rows at a time.

pub mod bins;
pub mod boost;
mod directions;
mod drawn;
mod ensemble;
mod follow;
pub mod forest;
pub mod grow;
pub mod histogram;
pub mod interchange;
pub mod mask;
mod node;
mod shap;
pub mod split;
pub mod store;

pub use ensemble::Ensemble;
pub use node::{Branch, Test, Tree};

use std::borrow::Cow;

use induce_core::model::Model;

/// The trees that a model is made of, if it is made of trees; one score per class if there are more than two.
pub fn trees_of(model: &dyn Model) -> Option<Cow<'_, Ensemble>> {
    if let Some(boosted) = model.downcast::<boost::Model>() {
        return Some(Cow::Borrowed(&boosted.ensemble));
    }
    model.downcast::<forest::Trees>().map(forest::Trees::ensemble)
}
