//! How well a model foretells a text.

use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};

use super::open::Language;
use super::reader::Decoder;
use crate::train::Judged;

/// Tokens of a group of losses where there is no window.
const WINDOW: usize = 64;
/// Tokens whose logits are in memory together.
const PART: usize = 64;

/// -ln p(token | those before it in its window) of every token of `text` but the first, a group per window.
///
/// Windows follow each other and are as long as the model's context: the first tokens of each have little to go by, so that
/// a longer context gives a lower loss. Recurrent models carry their states on. Stopping keeps the windows that were read.
///
/// # Errors
/// If the text has fewer than two tokens, or what no token stands for.
pub fn judge(language: &Language, text: &str, run: &mut Run) -> Result<Judged> {
    let tokens = language.tokens.encode_all(text)?;
    if tokens.len() < 2 {
        return Err(Error::data(
            format!(
                "the text has {} tokens: there is nothing to predict",
                tokens.len()
            ),
            "give a longer text",
        ));
    }
    let window = language.model.context().unwrap_or(WINDOW);
    let windows = (tokens.len() - 1).div_ceil(window);
    run.monitor().begin("judging", windows as u64);
    let mut judged = Judged::default();
    let mut decoder = Decoder::new(&language.model, window);
    let ended = Team::with(run.threads(), |team| {
        for (i, start) in (0..tokens.len() - 1).step_by(window).enumerate() {
            let end = (start + window).min(tokens.len() - 1);
            decoder.go_on();
            let sum = foretold(&mut decoder, team, &tokens[start..=end])?;
            judged.groups.push((sum, (end - start) as f64));
            let metrics = [("loss".to_owned(), judged.mean())];
            run.monitor().step(i as u64 + 1, &metrics);
            if run.stop_reason().is_some() {
                break;
            }
        }
        Ok(())
    });
    run.monitor().end();
    ended.map(|()| judged)
}

/// The sum of -ln p over all tokens but the first.
fn foretold(decoder: &mut Decoder, team: &mut Team, tokens: &[u32]) -> Result<f64> {
    let mut sum = 0.0;
    foretell(decoder, team, tokens, &mut |row, next| sum += surprise(row, next))?;
    Ok(sum)
}

/// Read `tokens`; `each` is told the logits after every one but the last, and which token came.
pub(super) fn foretell(
    decoder: &mut Decoder,
    team: &mut Team,
    tokens: &[u32],
    each: &mut dyn FnMut(&[f32], u32),
) -> Result<()> {
    let vocabulary = decoder.vocabulary();
    let last = tokens.len().saturating_sub(1);
    for start in (0..last).step_by(PART) {
        let end = (start + PART).min(last);
        let logits = decoder.read(team, &tokens[start..end], end - start)?;
        let rows = logits.chunks_exact(vocabulary).zip(&tokens[start + 1..=end]);
        rows.for_each(|(row, next)| each(row, *next));
    }
    Ok(())
}

/// ln sum e^x - x_token
fn surprise(row: &[f32], token: u32) -> f64 {
    let (most, sum) = largest(row);
    sum.ln() - f64::from(row[token as usize] - most)
}

/// The largest logit x, and sum e^(y - x) over all logits y: 1 over the probability of the likeliest token.
pub(super) fn largest(row: &[f32]) -> (f32, f64) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (most, row.iter().map(|x| f64::from(x - most).exp()).sum())
}
