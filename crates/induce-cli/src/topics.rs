//! Topics of the lines of a text.

use induce::core::model::{Data, Embedding, Model, Text};
use induce::learn::topic::lda::{self, Counts};
use induce::{Error, Result};

/// The topics of every line.
///
/// # Errors
/// If the model has none.
pub fn of_lines(model: &dyn Model, text: String, threads: usize) -> Result<Embedding> {
    let own: &lda::Model = model.downcast().ok_or_else(|| {
        let what = format!("the model `{}` places no texts", model.name());
        Error::data(what, "`-m lda` finds topics of texts")
    })?;
    let counts = Counts::read(&own.schema, &Data::Text(Text::new(text)))?;
    Ok(Embedding {
        values: own.proportions(&counts, threads),
        names: (0..own.topics.count).map(|k| format!("topic{k}")).collect(),
    })
}
