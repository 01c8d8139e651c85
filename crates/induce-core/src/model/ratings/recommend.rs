//! What any model of ratings does: pairs, lists of items for users, and how good both are.

use super::table::Pair;
use super::{Rater, Ratings, largest, ranked};
use crate::metrics::{NORMAL_975, Predictions, Score, Task, scores};
use crate::model::{Beaten, Data, Entry, Evaluation, Fact, Recommend, Rows, Setting};
use crate::parallel;
use crate::words::{are, counted, have, number};
use crate::{Column, Error, Result, Run, Table};

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

/// The `top` items of the highest ratings for each different user of a table, without those that the user rated in training. Users that training had
/// not are rated by what the table says of them, if the model reads that.
///
/// # Errors
/// If the table has no column of users.
pub fn recommend(model: &dyn Recommend, table: &Table, top: usize, threads: usize) -> Result<Recommended> {
    let ratings = model.ratings();
    let (table, note) = only_column(ratings, table)?;
    let users = different(ratings, &table)?;
    let strangers: Vec<&User> = users.iter().filter(|own| own.number.is_none()).collect();
    let rows: Vec<usize> = strangers.iter().map(|own| own.row).collect();
    let embedded = match rows.is_empty() {
        true => None,
        false => model.embed_users(&table.take(&rows), threads)?,
    };
    let rater = |own: &User| match (own.number, &embedded) {
        (Some(number), _) => Rater::Known(number),
        (None, None) => Rater::Unknown,
        (None, Some(values)) => {
            let width = values.len() / rows.len();
            let place = rows.binary_search(&own.row).unwrap_or(0);
            Rater::Embedded(&values[place * width..][..width])
        }
    };
    let lists: Vec<Vec<(usize, f64)>> = each(&users, threads, ratings.items().len(), |user, values| {
        model.rate_items(rater(user), values);
        let own = rated(ratings, user.number);
        largest(values, top, |i| own.binary_search(&(i as u32)).is_ok())
            .into_iter()
            .map(|i| (i, values[i]))
            .collect()
    });
    let (mut name, mut rank, mut item, mut score) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (user, list) in users.iter().zip(&lists) {
        for (place, (i, y)) in list.iter().enumerate() {
            name.push(Some(user.name.as_str()));
            rank.push(place as i64 + 1);
            item.push(Some(ratings.items()[*i].as_str()));
            score.push(*y);
        }
    }
    let mut notes: Vec<String> = note.into_iter().collect();
    if let Some(first) = strangers.first() {
        notes.push(format!(
            "{} had no rating in training, such as `{}`: items are listed for them {}",
            counted(strangers.len(), "user"),
            first.name,
            match embedded {
                Some(_) => "by what the table says of them",
                None => "that are rated best by all",
            }
        ));
    }
    let short = lists.iter().filter(|list| list.len() < top).count();
    if short > 0 {
        notes.push(format!(
            "{} fewer than {top} items left that they did not rate in training",
            have(short, "user")
        ));
    }
    let (low, high) = ratings.scale();
    let beyond = score.iter().filter(|y| !(low..=high).contains(*y)).count();
    if beyond > 0 {
        notes.push(format!(
            "{} beyond the scale of ratings, {} to {}: not clipped, so that they keep their order",
            are(beyond, "score"),
            number(low),
            number(high)
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

/// A table whose only column names users, whatever it is called, unless it is called as items are.
fn only_column(ratings: &Ratings, table: &Table) -> Result<(Table, Option<String>)> {
    let user = ratings.user();
    match table.columns() {
        [only] if only.name() == ratings.item() => Err(Error::data(
            format!(
                "lists are those of users, and the table has items only, `{}`",
                only.name()
            ),
            format!("give a table with a column `{user}`"),
        )),
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

/// A user of a table.
struct User {
    name: String,
    /// Its number, if training had it.
    number: Option<u32>,
    /// The first row of the table that names it.
    row: usize,
}

/// The different users of a table in the order in which they come.
fn different(ratings: &Ratings, table: &Table) -> Result<Vec<User>> {
    let numbers = ratings.users_of(table)?;
    let column = table.column(ratings.user())?.to_category();
    let (names, mut codes) = (column.categories(), vec![0; column.len()]);
    column.read_codes(0, &mut codes);
    let (mut seen, mut users) = (vec![false; names.len()], Vec::new());
    for (row, (code, number)) in codes.iter().zip(numbers).enumerate() {
        // Rows without a user ask for nothing.
        if let Some(seen) = seen.get_mut(*code as usize).filter(|seen| !**seen) {
            *seen = true;
            let name = names[*code as usize].clone();
            users.push(User { name, number, row });
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
    let relevant = model.judged_by().0;
    let lists = judge_lists(model, rows, run.threads(), &|user, values| {
        model.rate_items(Rater::Known(user), values);
    })?;
    let mut facts: Vec<Fact> = vec![
        ("rows", rows.rows().into()),
        ("relevant", relevant.into()),
        ("users_ranked", lists.len().into()),
    ];
    all.extend(shares(&lists, model.judged_by().1));
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

/// Means over users of recall and NDCG at rank k; nothing without a user.
fn shares(lists: &[(f64, f64)], k: usize) -> Vec<Score> {
    if lists.is_empty() {
        return Vec::new();
    }
    let of = |which: fn(&(f64, f64)) -> f64| lists.iter().map(which).collect::<Vec<f64>>();
    vec![
        share(format!("recall@{k}"), &of(|own| own.0)),
        share(format!("ndcg@{k}"), &of(|own| own.1)),
    ]
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

/// Recall and NDCG of every user that has a relevant pair, whose items are in the order of what `rate` makes of them.
fn judge_lists(
    model: &dyn Recommend,
    rows: &Rows,
    threads: usize,
    rate: &(dyn Fn(u32, &mut [f64]) + Sync),
) -> Result<Vec<(f64, f64)>> {
    let (ratings, target, (relevant, k)) = (model.ratings(), rows.target()?, model.judged_by());
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
        rate(user, values);
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

/// What predictions without any interaction score on data, by their names, and lists of the items that most users rated; and what else is to be
/// said before a model's metrics.
///
/// # Errors
/// As [`evaluate`].
pub fn baselines(model: &dyn Recommend, data: &Data, run: &Run) -> Result<Beaten> {
    let rows = data.rows()?;
    let (ratings, known) = (model.ratings(), model.known_baselines());
    let pairs = ratings.pairs(rows.table()?)?;
    let judged = |name: &str, rate: &dyn Fn(Pair) -> f64| {
        let values: Vec<f64> = pairs.iter().map(|pair| rate(*pair)).collect();
        let judged = Predictions::regression(&rows.target()?.values, &values);
        let judged = judged.with_weights(rows.weight.as_deref());
        Ok((name.to_owned(), scores(Task::Regression, &judged)?))
    };
    let raters: Vec<f64> = (0..ratings.items().len())
        .map(|i| ratings.by_item.row(i).count() as f64)
        .collect();
    let popular = judge_lists(model, rows, run.threads(), &|_, values| {
        values.copy_from_slice(&raters);
    })?;
    let mut baselines = vec![
        judged("(mean of the user + mean of the item) / 2", &|pair| {
            known.mean_of_means(pair)
        })?,
        judged("mu + b_user + b_item", &|pair| known.biases.rate(pair))?,
    ];
    let popular = shares(&popular, model.judged_by().1);
    let listed = !popular.is_empty();
    if listed {
        baselines.push(("lists of the items with most ratings".to_owned(), popular));
    }
    Ok(Beaten {
        baselines,
        notes: remarks(model, rows, listed)?,
    })
}

/// What people should know of data to be judged on.
fn remarks(model: &dyn Recommend, rows: &Rows, listed: bool) -> Result<Vec<String>> {
    let (relevant, k) = model.judged_by();
    let (low, high) = model.ratings().scale();
    let mut notes = Vec::new();
    if listed {
        notes.push(format!(
            "lists: recall@{k} and ndcg@{k} rank what a user did not rate in training, a rating of at least {} being relevant (--set relevant, --set at)",
            number(relevant)
        ));
    }
    notes.extend(unknown(model, rows.table()?)?);
    let outside = outside(model.ratings(), rows)?;
    if outside > 0 {
        notes.push(format!(
            "note: {} outside of the scale of training, {} to {}: they count as they are",
            are(outside, "rating"),
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
            are(rows, "row"),
            model.rates_unknown()
        )
    }))
}

/// Whether an entry learns from ratings: it lets people say which columns name users and items.
pub fn learns_from_ratings(entry: &Entry) -> bool {
    let has = |name: &str| entry.settings.iter().any(|own: &Setting| own.name == name);
    has("user") && has("item")
}
