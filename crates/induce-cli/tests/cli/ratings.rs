//! Ratings of items by users.

use std::fmt::Write;

use serde_json::Value;

use crate::house::House;

/// Users of two kinds, items of two kinds, all but some pairs; and a column that belongs to neither.
fn ratings() -> String {
    let mut text = String::new();
    for user in 0..24 {
        for item in (0..16).filter(|item| (user + item) % 5 != 0) {
            let like = if (user % 2 == 0) == (item % 2 == 0) { 5 } else { 1 };
            let y = if (user * item) % 7 == 1 { 3 } else { like };
            writeln!(text, "u{user},m{item},{y},{}", user * 31 + item * 17).unwrap();
        }
    }
    text
}

fn with_ratings() -> House {
    let house = House::new();
    house.write(
        "ratings.csv",
        format!("user_id,movie,rating,time\n{}", ratings()).as_bytes(),
    );
    // Headerless, other separators, and a table of users.
    house.write("bare.csv", ratings().replace(',', "\t").as_bytes());
    let users: String = (0..24)
        .map(|user| {
            format!(
                "u{user}|{}|{}\n",
                20 + user,
                if user % 2 == 0 { "F" } else { "M" }
            )
        })
        .collect();
    house.write("users.txt", users.as_bytes());
    house
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

const SMALL: &str =
    "--set hidden=20 --set embedding=8 --set epochs=200 --set dropout=0.3 --set ema_decay=0.9";

/// Columns are guessed and said, baselines stand beside the metrics, and what is learnt beats them.
#[test]
fn ratings_are_foretold_better_than_by_means() {
    let house = with_ratings();
    for model in ["mf", &format!("gcmc {SMALL}")] {
        let done = house.ok(&format!("train ratings.csv -m {model} -o m.induce --format json"));
        for said in [
            "users: `user_id` (--user COL",
            "items: `movie` (--item COL",
            "target: `rating`|rating",
            "baseline: (mean of the user + mean of the item) / 2: rmse",
            "baseline: mu + b_user + b_item: rmse",
            "left out, for they change within users and within items: `time`",
            "a rating of at least 4",
        ] {
            assert!(
                said.split('|').any(|said| done.err.contains(said)),
                "{model}: {said}\n{}",
                done.err
            );
        }
        let found = json(&done.out);
        let rmse = found["metrics"]["holdout"]["rmse"]["value"].as_f64().unwrap();
        for (name, scores) in found["baselines"].as_object().unwrap() {
            let least = scores["rmse"].as_f64().map_or(f64::INFINITY, |own| 0.8 * own);
            assert!(rmse < least, "{model}, {name}: {rmse}");
        }
        assert!(
            done.err
                .contains("baseline: lists of the items with most ratings: recall@10"),
            "{}",
            done.err
        );
        assert!(
            found["metrics"]["holdout"]["recall@10"]["value"]
                .as_f64()
                .unwrap()
                > 0.5,
            "{model}"
        );
        let again = house.ok("evaluate m.induce ratings.csv --require rmse<=1 --format json");
        assert!(json(&again.out)["baselines"].is_object());
    }
}

/// A row per recommendation, without what was rated; somebody unknown gets what all like.
#[test]
fn lists_are_of_what_was_not_rated() {
    let house = with_ratings();
    house.write("users.csv", b"user_id\nu1\nu2\nu1\nnobody\n");
    for model in ["mf", &format!("gcmc {SMALL}")] {
        house.ok(&format!("train ratings.csv -m {model} --holdout 0 -o m.induce"));
        let done = house.ok("predict m.induce users.csv --top 2");
        let lines: Vec<&str> = done.out.lines().collect();
        assert_eq!(lines[0], "user_id,rank,movie,score", "{model}");
        assert_eq!(lines.len(), 7, "{model}: {}", done.out);
        // User 1 has not rated the items 4, 9 and 14, and likes odd ones.
        assert!(lines[1].starts_with("u1,1,m9,"), "{model}: {}", done.out);
        assert!(
            done.err
                .contains("1 user had no rating in training, such as `nobody`"),
            "{}",
            done.err
        );
        house.write("only.csv", b"who\nu1\n");
        assert!(
            house
                .ok("predict m.induce only.csv --top 1")
                .err
                .contains("the only column")
        );
        house.write("pairs.csv", b"movie,user_id\nm9,u1\nm9,nobody\nnothing,u1\n");
        let done = house.ok("predict m.induce pairs.csv --interval 0.8");
        assert_eq!(done.out.lines().count(), 4, "{}", done.out);
        assert!(
            done.err
                .contains("2 rows are of a user or an item that training had not"),
            "{}",
            done.err
        );
    }
    house.write("items.csv", b"movie\nm9\n");
    let fault = house.fault("train ratings.csv -m mf --group user_id");
    assert!(fault.contains("nothing would be known"), "{fault}");
    // Rows that are not judged were counted, and left out in silence.
    house.write("some.csv", b"movie,user_id,rating\nm9,u1,5\nm9,u2,\n");
    let done = house.ok("evaluate m.induce some.csv");
    assert!(
        done.err.contains("1 row without a value of `rating` is left out"),
        "{}",
        done.err
    );
    let fault = house.fault("predict m.induce items.csv --top 1");
    assert!(fault.contains("items only, `movie`"), "{fault}");
    let fault = house.fault("predict m.induce pairs.csv --top 0");
    assert!(fault.contains("--top"), "{fault}");
}

/// A table without names, and one of users with another separator.
#[test]
fn tables_beside_ratings_are_joined() {
    let house = with_ratings();
    let line = format!(
        "train bare.csv -m gcmc {SMALL} --user x0 --item x1 --target x2 --users users.txt -o m.induce"
    );
    let done = house.ok(&line);
    assert!(
        done.err.contains("users: `x0` of their table") || done.err.contains("features of users"),
        "{}",
        done.err
    );
    assert!(
        done.err.contains("features of users: users x1, users x2"),
        "{}",
        done.err
    );
    house.write("twice.txt", b"u1|3\nu1|4\n");
    let fault = house.fault(&line.replace("users.txt", "twice.txt"));
    assert!(fault.contains("in several rows"), "{fault}");
    let fault = house.fault("train bare.csv -m mf --target x2");
    assert!(fault.contains("--user COL --item COL"), "{fault}");
    let fault = house.fault("train bare.csv -m boost --user x0 --target x2");
    assert!(fault.contains("`--user` is about ratings"), "{fault}");
    let fault = house.fault("train bare.csv -m gcmc --user x0 --item x1 --target x3");
    assert!(fault.contains("-m mf"), "{fault}");
}
