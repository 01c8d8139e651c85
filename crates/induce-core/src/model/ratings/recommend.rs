//! What any model of ratings does: pairs, lists of items for users, and how good both are.

use super::table::Pair;
use super::{Ratings, largest, ranked};
use crate::metrics::{NORMAL_975, Predictions, Score, Task, scores};
use crate::model::{Beaten, Data, Entry, Evaluation, Fact, Recommend, Rows, Setting};
use crate::parallel;
use crate::words::{counted, number};
use crate::{Column, Result, Run, Table};

/// Lists of items for users, as a table, and what is to be said of it.
#[derive(Debug)]
pub struct Recommended {
    /// User, rank from 1, item, score, a row each.
    pub table: Table,
    /// In sentences.
    pub notes: Vec<String>,
}

/// Users whose ratings of all items are made together: room for one row each thread.
const TOGETHER: usize = 64;

/// The `top` items of the highest ratings for each different user of a table, without those that the user rated in training.
///
/// # Errors
/// If the table has no column of users.
pub fn recommend(model: &dyn Recommend, table: &Table, top: usize, threads: usize) -> Result<Recommended> {
    let ratings = model.ratings();
    let (table, note) = only_column(ratings.user(), table)?;
    let users = different(ratings, &table)?;
    let lists: Vec<Vec<(usize, f64)>> = each(&users, threads, ratings.items().len(), |(_, user), values| {
        model.rate_items(*user, values);
        let own = rated(ratings, *user);
        largest(values, top, |i| own.binary_search(&(i as u32)).is_ok())
            .into_iter()
            .map(|i| (i, values[i]))
            .collect()
    });
    let (mut name, mut rank, mut item, mut score) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((user, _), list) in users.iter().zip(&lists) {
        for (place, (i, y)) in list.iter().enumerate() {
            name.push(Some(user.as_str()));
            rank.push(place as i64 + 1);
            item.push(Some(ratings.items()[*i].as_str()));
            score.push(*y);
        }
    }
    let mut notes: Vec<String> = note.into_iter().collect();
    let unknown: Vec<&String> = users
        .iter()
        .filter(|own| own.1.is_none())
        .map(|own| &own.0)
        .collect();
    if let Some(first) = unknown.first() {
        notes.push(format!(
            "{} had no rating in training, such as `{first}`: items are listed for them that are rated best by all",
            counted(unknown.len(), "user")
        ));
    }
    let short = lists.iter().filter(|list| list.len() < top).count();
    if short > 0 {
        notes.push(format!(
            "{} have fewer than {top} items left that they did not rate in training",
            counted(short, "user")
        ));
    }
    Ok(Recommended {
        table: Table::new(vec![
            Column::from_text(ratings.user(), &name),
            Column::from_whole("rank", rank),
            Column::from_text(ratings.item(), &item),
            Column::from_f64("score", score),
        ])?,
        notes,
    })
}

/// A table whose only column names users, whatever it is called.
fn only_column(user: &str, table: &Table) -> Result<(Table, Option<String>)> {
    match table.columns() {
        [only] if only.name() != user => Ok((
            Table::new(vec![only.renamed(user)])?,
            Some(format!(
                "`{}`, the only column, is taken for `{user}`",
                only.name()
            )),
        )),
        _ => Ok((table.clone(), None)),
    }
}

/// The different users of a table in the order in which they come, by name, and by number if training had them.
fn different(ratings: &Ratings, table: &Table) -> Result<Vec<(String, Option<u32>)>> {
    let numbers = ratings.users_of(table)?;
    let column = table.column(ratings.user())?.to_category();
    let (names, mut codes) = (column.categories(), vec![0; column.len()]);
    column.read_codes(0, &mut codes);
    let (mut seen, mut users) = (vec![false; names.len()], Vec::new());
    for (code, number) in codes.iter().zip(numbers) {
        // Rows without a user ask for nothing.
        if let Some(seen) = seen.get_mut(*code as usize).filter(|seen| !**seen) {
            *seen = true;
            users.push((names[*code as usize].clone(), number));
        }
    }
    Ok(users)
}

/// The items that a user rated in training.
fn rated(ratings: &Ratings, user: Option<u32>) -> &[u32] {
    let (starts, index) = (ratings.by_user.starts(), ratings.by_user.index());
    match user {
        Some(user) => &index[starts[user as usize]..starts[user as usize + 1]],
        None => &[],
    }
}

/// `f(one, values)` of each, with room for values of `width`, in order.
fn each<T: Sync, R: Send>(
    all: &[T],
    threads: usize,
    width: usize,
    f: impl Fn(&T, &mut [f64]) -> R + Sync,
) -> Vec<R> {
    let blocks: Vec<&[T]> = all.chunks(TOGETHER).collect();
    let done = parallel::map(threads, blocks.len(), |block| {
        let mut values = vec![0.0; width];
        blocks[block]
            .iter()
            .map(|one| f(one, &mut values))
            .collect::<Vec<R>>()
    });
    done.into_iter().flatten().collect()
}

/// Metrics of predicted ratings of pairs, and of the lists that users would get.
///
/// Lists: for each user with a pair among `data` whose rating is at least what counts as relevant, all items that the user did not rate in
/// training, in the order of the predicted ratings. Users without such a pair are left out. Recall and NDCG at rank k are means over users, with the
/// interval of a mean.
///
/// # Errors
/// If the data are no rows, have no target, or lack a column.
pub fn evaluate(model: &dyn Recommend, data: &Data, run: &Run) -> Result<Evaluation> {
    let rows = data.rows()?;
    let prediction = model.predict((&rows.features).into(), run.threads())?;
    let mut all = scores(Task::Regression, &rows.judge(&prediction)?)?;
    let (relevant, k) = model.judged_by();
    let lists = judge_lists(model, rows, (relevant, k), run.threads())?;
    let mut facts: Vec<Fact> = vec![
        ("rows", rows.rows().into()),
        ("relevant", relevant.into()),
        ("users_ranked", lists.len().into()),
    ];
    if !lists.is_empty() {
        let of = |which: fn(&(f64, f64)) -> f64| lists.iter().map(which).collect::<Vec<f64>>();
        all.push(share(format!("recall@{k}"), &of(|own| own.0)));
        all.push(share(format!("ndcg@{k}"), &of(|own| own.1)));
    }
    let outside = outside(model.ratings(), rows)?;
    if outside > 0 {
        facts.push(("rows_outside_of_scale", outside.into()));
    }
    Ok(Evaluation {
        scores: all,
        prediction: Some(prediction),
        facts,
    })
}

/// The mean of parts of 1, with its interval within 0 and 1.
fn share(name: String, values: &[f64]) -> Score {
    let own = Score::mean_of(name, values);
    let end = |sign: f64| {
        own.error
            .map(|error| (own.value + sign * NORMAL_975 * error).clamp(0.0, 1.0))
    };
    Score {
        low: end(-1.0),
        high: end(1.0),
        ..own
    }
}

/// Recall and NDCG of every user that has a relevant pair.
fn judge_lists(
    model: &dyn Recommend,
    rows: &Rows,
    (relevant, k): (f64, usize),
    threads: usize,
) -> Result<Vec<(f64, f64)>> {
    let (ratings, target) = (model.ratings(), rows.target()?);
    let mut wanted: Vec<(u32, usize)> = ratings
        .pairs(rows.table()?)?
        .into_iter()
        .zip(&target.values)
        .filter(|(_, y)| **y >= relevant)
        .filter_map(|(pair, _)| Some((pair.0?, pair.1? as usize)))
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    let users: Vec<&[(u32, usize)]> = wanted.chunk_by(|a, b| a.0 == b.0).collect();
    let found = each(&users, threads, ratings.items().len(), |own, values| {
        let user = own[0].0;
        let known = rated(ratings, Some(user));
        let left_out = |i: usize| known.binary_search(&(i as u32)).is_ok();
        let items: Vec<usize> = own.iter().map(|pair| pair.1).collect();
        // What is left out is not ranked, however it is rated.
        if items.iter().all(|&i| left_out(i)) {
            return None;
        }
        model.rate_items(Some(user), values);
        ranked(values, &items, left_out, k)
    });
    Ok(found.into_iter().flatten().collect())
}

/// Ratings beyond those of training.
fn outside(ratings: &Ratings, rows: &Rows) -> Result<usize> {
    let (low, high) = ratings.scale();
    let values = rows.target()?.values.iter();
    Ok(values.filter(|y| !(low..=high).contains(*y)).count())
}

/// What predictions without any interaction score on data, by their names, and what else is to be said before a model's metrics.
///
/// # Errors
/// As [`evaluate`].
pub fn baselines(model: &dyn Recommend, data: &Data) -> Result<Beaten> {
    let rows = data.rows()?;
    let (ratings, known) = (model.ratings(), model.known_baselines());
    let pairs = ratings.pairs(rows.table()?)?;
    let judged = |name: &str, rate: &dyn Fn(Pair) -> f64| {
        let values: Vec<f64> = pairs.iter().map(|pair| rate(*pair)).collect();
        let judged = Predictions::regression(&rows.target()?.values, &values);
        let judged = judged.with_weights(rows.weight.as_deref());
        Ok((name.to_owned(), scores(Task::Regression, &judged)?))
    };
    let baselines = vec![
        judged("(mean of the user + mean of the item) / 2", &|pair| {
            known.mean_of_means(pair)
        })?,
        judged("mu + b_user + b_item", &|pair| known.biases.rate(pair))?,
    ];
    Ok(Beaten {
        baselines,
        notes: remarks(model, rows)?,
    })
}

/// What people should know of data to be judged on.
fn remarks(model: &dyn Recommend, rows: &Rows) -> Result<Vec<String>> {
    let (relevant, k) = model.judged_by();
    let (low, high) = model.ratings().scale();
    let mut notes = vec![format!(
        "lists: recall@{k} and ndcg@{k} rank what a user did not rate in training, a rating of at least {} being relevant (--set relevant, --set at)",
        number(relevant)
    )];
    notes.extend(unknown(model, rows.table()?)?);
    let outside = outside(model.ratings(), rows)?;
    if outside > 0 {
        notes.push(format!(
            "note: {} outside of the scale of training, {} to {}: they count as they are",
            match outside {
                1 => "1 rating is".to_owned(),
                n => format!("{} are", counted(n, "rating")),
            },
            number(low),
            number(high)
        ));
    }
    Ok(notes)
}

/// That rows have users or items that training had not, and how these are rated; nothing if there are none.
///
/// # Errors
/// If the table lacks users or items.
pub fn unknown(model: &dyn Recommend, table: &Table) -> Result<Option<String>> {
    let pairs = model.ratings().pairs(table)?;
    let rows = pairs
        .iter()
        .filter(|pair| pair.0.is_none() || pair.1.is_none())
        .count();
    Ok((rows > 0).then(|| {
        format!(
            "note: {} of a user or an item that training had not, rated {}",
            match rows {
                1 => "1 row is".to_owned(),
                n => format!("{} are", counted(n, "row")),
            },
            model.rates_unknown()
        )
    }))
}

/// Whether an entry learns from ratings: it lets people say which columns name users and items.
pub fn learns_from_ratings(entry: &Entry) -> bool {
    let has = |name: &str| entry.settings.iter().any(|own: &Setting| own.name == name);
    has("user") && has("item")
}
