//! Linear models: intervals, quantiles, margins, contributions.

use crate::house::House;

/// Tables of `a`, `b` and a target that their file is named after.
fn house() -> House {
    let house = House::new();
    let number = |i: usize, a: f64, b: f64| 2.0 * a - b + (i * 37 % 101) as f64 / 20.0;
    house.table("y.csv", "a,b,target", 150, |i, a, b| {
        format!("{a},{b},{}", number(i, a, b))
    });
    house.table("count.csv", "a,b,target", 150, |i, a, b| {
        format!("{a},{b},{}", i % 7)
    });
    let class = |i: usize| if i % 5 == 4 { "many" } else { "few" };
    house.table("class.csv", "a,b,target", 150, |i, a, b| {
        format!("{a},{b},{}", class(i))
    });
    let kind = |i: usize| ["x", "y", "z"][i * 7 % 3];
    house.table("kind.csv", "a,b,target", 150, |i, a, b| {
        format!("{a},{b},{}", kind(i))
    });
    house.table("mixed.csv", "a,b,kind,target", 150, |i, a, b| {
        format!("{a},{b},{},{}", kind(i), i % 7)
    });
    house
}

/// The columns of a CSV file.
fn columns(text: &str) -> Vec<(String, Vec<String>)> {
    let mut lines = text
        .lines()
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<Vec<String>> = lines.collect();
    let column = |(k, name): (usize, String)| (name, rows.iter().map(|row| row[k].clone()).collect());
    header.into_iter().enumerate().map(column).collect()
}

fn numbers(columns: &[(String, Vec<String>)], name: &str) -> Vec<f64> {
    let found = columns.iter().find(|c| c.0 == name);
    found
        .unwrap()
        .1
        .iter()
        .map(|text| text.parse().unwrap())
        .collect()
}

#[test]
fn quantities_come_with_intervals_of_mean_and_of_new_rows() {
    let house = house();
    for (target, family) in [("y", "gaussian"), ("count", "poisson")] {
        house.ok(&format!(
            "train {target}.csv -m glm --set family={family} --task regression --holdout 0 --quiet --out m.safetensors"
        ));
        let line = format!("predict m.safetensors {target}.csv --interval 0.9 --quantiles 0.05,0.95 --quiet");
        let got = columns(&house.ok(&line).out);
        let names = [
            "prediction",
            "quantile_0.05",
            "quantile_0.95",
            "mean_low",
            "mean_high",
            "new_low",
            "new_high",
        ];
        assert_eq!(got.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(), names);
        let of = |name| numbers(&got, name);
        assert_eq!(of("quantile_0.05"), of("new_low"));
        assert_eq!(of("quantile_0.95"), of("new_high"));
        let (mean, low, high) = (of("prediction"), of("mean_low"), of("mean_high"));
        assert!((0..mean.len()).all(|i| low[i] < mean[i] && mean[i] < high[i]));
        assert!((0..mean.len()).all(|i| of("new_low")[i] <= low[i] && high[i] <= of("new_high")[i]));
    }
}

#[test]
fn probabilities_come_with_intervals() {
    let house = house();
    for (target, classes) in [("class", vec!["few", "many"]), ("kind", vec!["x", "y", "z"])] {
        house.ok(&format!(
            "train {target}.csv -m glm --holdout 0 --quiet --out m.safetensors"
        ));
        let line = format!("predict m.safetensors {target}.csv --interval 0.95 --quiet");
        let got = columns(&house.ok(&line).out);
        assert_eq!(got.len(), 1 + 3 * classes.len());
        for class in classes {
            let of = |end: &str| numbers(&got, &format!("probability_{class}{end}"));
            let (p, low, high) = (of(""), of("_low"), of("_high"));
            assert!((0..p.len()).all(|i| 0.0 < low[i] && low[i] < p[i] && p[i] < high[i] && high[i] < 1.0));
        }
    }
}

#[test]
fn contributions_sum_to_the_margin_and_the_margin_gives_the_mean() {
    let house = house();
    house.ok("train mixed.csv -m glm --set family=poisson --task regression --holdout 0 --quiet --out m.safetensors");
    let got = |flags: &str| {
        columns(
            &house
                .ok(&format!("predict m.safetensors mixed.csv --quiet {flags}"))
                .out,
        )
    };
    let (margin, mean) = (
        numbers(&got("--margin"), "margin"),
        numbers(&got(""), "prediction"),
    );
    house.ok("explain m.safetensors mixed.csv --shap shap.csv --quiet");
    let shap = columns(&String::from_utf8(house.read("shap.csv")).unwrap());
    assert_eq!(
        shap.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(),
        ["a", "b", "kind", "mean_score"]
    );
    for i in 0..margin.len() {
        assert!((margin[i].exp() / mean[i] - 1.0).abs() < 1e-12);
        let sum: f64 = shap.iter().map(|c| c.1[i].parse::<f64>().unwrap()).sum();
        assert!((sum - margin[i]).abs() < 1e-12 * margin[i].abs().max(1.0));
    }
}

#[test]
fn what_a_model_cannot_say_ends_in_a_hint() {
    let house = house();
    house.ok("train kind.csv -m tree --quiet --out t.safetensors");
    house.ok("train y.csv -m lasso --quiet --out l.safetensors");
    for (line, word) in [
        (
            "predict t.safetensors kind.csv --interval 0.9",
            "no intervals of its probabilities",
        ),
        (
            "predict t.safetensors kind.csv --margin",
            "no scores before a link",
        ),
        ("predict l.safetensors y.csv --interval 0.9", "no covariance"),
        ("predict l.safetensors y.csv --interval 2", "between 0 and 1"),
        (
            "explain l.safetensors y.csv --interactions i.csv",
            "need a model of trees",
        ),
    ] {
        let fault = house.fault(line);
        assert!(fault.contains(word), "{line}: {fault}");
    }
}

#[test]
fn show_has_the_classes_against_the_first() {
    let house = house();
    house.ok("train kind.csv -m glm --holdout 0 --quiet --out m.safetensors");
    let value: serde_json::Value =
        serde_json::from_str(&house.ok("show m.safetensors --format json").out).unwrap();
    let rows = value["differences"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["class"]), (6, &"y".into()));
    assert!(
        rows.iter()
            .all(|row| row["p"].as_f64().is_some_and(|p| (0.0..=1.0).contains(&p)))
    );
    assert_eq!(value["statistics"]["test"]["name"], "likelihood ratio");
}
