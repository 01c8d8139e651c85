//! How well a model predicts a text.

use induce_core::parallel::Team;
use induce_core::words::counted;
use induce_core::{Error, Result, Run};

use super::decoder::Decoder;
use super::fault::known;
use super::pretrained::Pretrained;
use crate::train::HeldOutLoss;

/// Tokens of a group of losses where there is no window.
const WINDOW: usize = 64;
/// Tokens whose logits are in memory together.
const CHUNK: usize = 64;

/// The negative log-likelihood of `text`, -ln p(token | those before it in its window) summed over every window: all tokens
/// but the first.
///
/// Windows follow each other and are as long as the model's context: the first tokens of each have little to go by, so that
/// a longer context gives a lower loss. Recurrent models carry their states on. Stopping keeps the windows that were read.
///
/// # Errors
/// If the text has fewer than two tokens, or what no token stands for.
pub fn evaluate(pretrained: &Pretrained, text: &str, run: &mut Run) -> Result<HeldOutLoss> {
    evaluate_tokens(pretrained, &pretrained.tokens.encode_all(text)?, run)
}

/// As [`evaluate`], of a text that is tokenized already.
///
/// # Errors
/// If there are fewer than two tokens, or one that is none of the model's.
pub fn evaluate_tokens(pretrained: &Pretrained, tokens: &[u32], run: &mut Run) -> Result<HeldOutLoss> {
    let mut loss = HeldOutLoss::default();
    by_windows(pretrained, tokens, run, &mut |window| {
        let sums = window.chunks(CHUNK).map(|part| part.iter().sum::<f64>());
        loss.groups.push((sums.sum(), window.len() as f64));
        loss.mean()
    })?;
    Ok(loss)
}

/// The negative log-likelihood -ln p(token | those before it in its window) of every one of `tokens` but the first, as
/// [`evaluate`] sums them up: as many as there are tokens, less one, or fewer if the run was stopped.
///
/// # Errors
/// If there are fewer than two tokens, or one that is none of the model's.
pub fn negative_log_likelihoods(pretrained: &Pretrained, tokens: &[u32], run: &mut Run) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    let mut sum = 0.0;
    by_windows(pretrained, tokens, run, &mut |window| {
        sum += window.iter().sum::<f64>();
        all.extend_from_slice(window);
        sum / all.len() as f64
    })?;
    Ok(all)
}

/// Read `tokens` window by window; `each` gets the losses of a window and gives the mean so far.
fn by_windows(
    pretrained: &Pretrained,
    tokens: &[u32],
    run: &mut Run,
    each: &mut dyn FnMut(&[f64]) -> f64,
) -> Result<()> {
    if tokens.len() < 2 {
        return Err(Error::data(
            format!(
                "the text has {}: there is nothing to predict",
                counted(tokens.len(), "token")
            ),
            "give a longer text",
        ));
    }
    known(tokens, pretrained.model.vocab_size())?;
    let window = pretrained.model.context().unwrap_or(WINDOW);
    let windows = (tokens.len() - 1).div_ceil(window);
    run.monitor().begin("evaluating", windows as u64);
    // A cache for the text, which may be much shorter than the context.
    let mut decoder = Decoder::new(&pretrained.model, window.min(tokens.len() - 1));
    let ended = Team::with(run.threads(), |team| {
        for (i, start) in (0..tokens.len() - 1).step_by(window).enumerate() {
            let end = (start + window).min(tokens.len() - 1);
            decoder.go_on();
            let loss = each(&window_losses(&mut decoder, team, &tokens[start..=end])?);
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
fn window_losses(decoder: &mut Decoder, team: &Team, tokens: &[u32]) -> Result<Vec<f64>> {
    let mut losses = Vec::with_capacity(tokens.len());
    predict(decoder, team, tokens, &mut |row, next| {
        losses.push(loss(row, next));
    })?;
    Ok(losses)
}

/// Read `tokens`; `each` gets the logits after every one but the last, and the token that came.
pub(super) fn predict(
    decoder: &mut Decoder,
    team: &Team,
    tokens: &[u32],
    each: &mut dyn FnMut(&[f32], u32),
) -> Result<()> {
    let vocab_size = decoder.vocab_size();
    let last = tokens.len().saturating_sub(1);
    for start in (0..last).step_by(CHUNK) {
        let end = (start + CHUNK).min(last);
        let logits = decoder.read(team, &tokens[start..end], end - start)?;
        let rows = logits.chunks_exact(vocab_size).zip(&tokens[start + 1..=end]);
        rows.for_each(|(row, next)| each(row, *next));
    }
    Ok(())
}

/// ln sum e^x - x_token
pub(super) fn loss(row: &[f32], token: u32) -> f64 {
    let (most, sum) = largest(row);
    sum.ln() - f64::from(row[token as usize] - most)
}

/// The largest logit x, and sum e^(y - x) over all logits y: 1 over the probability of the likeliest token.
pub(super) fn largest(row: &[f32]) -> (f32, f64) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (most, row.iter().map(|x| f64::from(x - most).exp()).sum())
}
