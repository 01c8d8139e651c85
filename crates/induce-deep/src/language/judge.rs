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
    by_windows(language, tokens, run, &mut |surprises| {
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
    by_windows(language, tokens, run, &mut |surprises| {
        sum += surprises.iter().sum::<f64>();
        all.extend_from_slice(surprises);
        sum / all.len() as f64
    })?;
    Ok(all)
}

/// Read `tokens` window by window; `hear` gets the surprises of each and gives the mean so far.
fn by_windows(
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
fn window_of(decoder: &mut Decoder, team: &Team, tokens: &[u32]) -> Result<Vec<f64>> {
    let mut surprises = Vec::with_capacity(tokens.len());
    foretell(decoder, team, tokens, &mut |row, next| {
        surprises.push(surprise(row, next));
    })?;
    Ok(surprises)
}

/// Read `tokens`; `each` is told the logits after every one but the last, and which token came.
pub(super) fn foretell(
    decoder: &mut Decoder,
    team: &Team,
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
