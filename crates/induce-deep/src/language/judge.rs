//! How well a model foretells a text.

use induce_core::parallel::Team;
use induce_core::{Error, Result, Run};

use super::open::Language;
use super::reader::{Decoder, known};
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
    judge_tokens(language, &language.tokens.encode_all(text)?, run)
}

/// As [`judge`], of a text that is cut already.
///
/// # Errors
/// If there are fewer than two tokens, or one that is none of the model's.
pub fn judge_tokens(language: &Language, tokens: &[u32], run: &mut Run) -> Result<Judged> {
    let mut judged = Judged::default();
    foretell(language, tokens, run, &mut |surprises| {
        let sums = surprises.chunks(PART).map(|part| part.iter().sum::<f64>());
        judged.groups.push((sums.sum(), surprises.len() as f64));
        judged.mean()
    })?;
    Ok(judged)
}

/// -ln p(token | those before it in its window) of every one of `tokens` but the first, as [`judge`] sums them up: as many
/// as there are tokens, less one, or less if the run was stopped.
///
/// # Errors
/// If there are fewer than two tokens, or one that is none of the model's.
pub fn surprises(language: &Language, tokens: &[u32], run: &mut Run) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    let mut sum = 0.0;
    foretell(language, tokens, run, &mut |surprises| {
        sum += surprises.iter().sum::<f64>();
        all.extend_from_slice(surprises);
        sum / all.len() as f64
    })?;
    Ok(all)
}

/// Read `tokens` window by window; `hear` gets the surprises of each and gives the mean so far.
fn foretell(
    language: &Language,
    tokens: &[u32],
    run: &mut Run,
    hear: &mut dyn FnMut(&[f64]) -> f64,
) -> Result<()> {
    if tokens.len() < 2 {
        return Err(Error::data(
            format!(
                "the text has {} tokens: there is nothing to predict",
                tokens.len()
            ),
            "give a longer text",
        ));
    }
    known(tokens, language.model.vocabulary())?;
    let window = language.model.context().unwrap_or(WINDOW);
    let windows = (tokens.len() - 1).div_ceil(window);
    run.monitor().begin("judging", windows as u64);
    let mut decoder = Decoder::new(&language.model, window);
    let ended = Team::with(run.threads(), |team| {
        for (i, start) in (0..tokens.len() - 1).step_by(window).enumerate() {
            let end = (start + window).min(tokens.len() - 1);
            decoder.go_on();
            let loss = hear(&window_of(&mut decoder, team, &tokens[start..=end])?);
            run.monitor().step(i as u64 + 1, &[("loss".to_owned(), loss)]);
            if run.stop_reason().is_some() {
                break;
            }
        }
        Ok(())
    });
    run.monitor().end();
    ended
}

/// -ln p of all tokens but the first.
fn window_of(decoder: &mut Decoder, team: &mut Team, tokens: &[u32]) -> Result<Vec<f64>> {
    let vocabulary = decoder.vocabulary();
    let mut surprises = Vec::with_capacity(tokens.len());
    for start in (0..tokens.len() - 1).step_by(PART) {
        let end = (start + PART).min(tokens.len() - 1);
        let logits = decoder.read(team, &tokens[start..end], end - start)?;
        let rows = logits.chunks_exact(vocabulary).zip(&tokens[start + 1..=end]);
        surprises.extend(rows.map(|(row, next)| surprise(row, *next)));
    }
    Ok(surprises)
}

/// ln sum e^x - x_token
fn surprise(row: &[f32], token: u32) -> f64 {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = row.iter().map(|x| f64::from(x - most).exp()).sum();
    sum.ln() - f64::from(row[token as usize] - most)
}
