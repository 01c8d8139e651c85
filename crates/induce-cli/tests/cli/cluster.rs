//! Clusters, mixtures and components of tables, without a target.

use serde_json::Value;

use crate::house::House;

/// Three clouds of points, with their names.
fn with_clouds() -> House {
    let house = House::new();
    let centres = [(0.0, 0.0), (8.0, 1.0), (3.0, 9.0)];
    let row = |i: usize| {
        let ((x, y), t) = (centres[i % 3], i as f64);
        format!(
            "{:.4},{:.4},c{}\n",
            x + (7.3 * t).sin(),
            y + (3.1 * t).cos(),
            i % 3
        )
    };
    let rows: String = (0..150).map(row).collect();
    house.write("clouds.csv", format!("x,y,kind\n{rows}").as_bytes());
    house
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Known classes judge clusters, and are not learnt: the metrics of scikit-learn, of the training rows by default.
#[test]
fn labels_judge_and_are_not_learnt() {
    let house = with_clouds();
    for model in [
        "kmeans --set n_clusters=3",
        "mini-batch-kmeans --set n_clusters=3",
        "bisecting-kmeans --set n_clusters=3 --set n_init=3",
        "dp-means",
        "gmm --set n_components=3",
        "spectral",
    ] {
        let out = house
            .ok(&format!(
                "train clouds.csv -m {model} --labels kind -o m.induce --format json"
            ))
            .out;
        let found = json(&out);
        let metrics = &found["metrics"]["train"];
        assert_eq!(metrics["adjusted_rand"]["value"], 1.0, "{model}: {metrics}");
        assert_eq!(metrics["homogeneity"]["value"], 1.0, "{model}");
        assert!(metrics["silhouette"]["value"].as_f64().unwrap() > 0.6, "{model}");
        assert_eq!(found["features"], 2, "{model}: the labels are no feature");
        assert_eq!(found["labels"], "kind");
        // The file knows which column the labels are, and needs none to predict.
        let judged = json(&house.ok("evaluate m.induce clouds.csv --format json").out);
        assert_eq!(
            judged["metrics"]["test"]["adjusted_rand"]["value"], 1.0,
            "{model}"
        );
        let cut = house.ok("predict m.induce clouds.csv --keep kind").out;
        let lines: Vec<&str> = cut.lines().collect();
        assert_eq!((lines[0], lines.len()), ("kind,cluster", 151), "{model}");
        assert!(
            lines[1].ends_with(|c: char| c.is_ascii_digit()) && !lines[1].contains('.'),
            "{}",
            lines[1]
        );
    }
}

#[test]
fn a_mixture_has_probabilities_densities_and_samples() {
    let house = with_clouds();
    house.ok("train clouds.csv -m gmm --set n_components=3 --drop kind -o m.induce");
    let table = house.ok("predict m.induce clouds.csv --proba --density").out;
    let head = "cluster,probability_0,probability_1,probability_2,log_density";
    assert_eq!(table.lines().next().unwrap(), head);
    let drawn = house.ok("sample m.induce -n 7 --seed 3").out;
    assert_eq!(drawn.lines().count(), 8);
    assert_eq!(drawn, house.ok("sample m.induce -n 7 --seed 3").out);
    let shown = house.ok("show m.induce").out;
    assert!(
        shown.contains("Components") || shown.contains("component"),
        "{shown}"
    );
}

#[test]
fn rows_that_are_far_make_new_clusters_if_asked() {
    let house = with_clouds();
    house.ok("train clouds.csv -m dp-means --drop kind -o m.induce");
    house.write("far.csv", b"x,y\n0,0\n500,0\n-400,1\n501,0\n");
    assert_eq!(
        house
            .ok("predict m.induce far.csv --new")
            .out
            .lines()
            .skip(2)
            .collect::<Vec<_>>(),
        ["3", "4", "3"]
    );
    assert!(
        house
            .ok("predict m.induce far.csv")
            .out
            .lines()
            .skip(1)
            .all(|line| line < "3")
    );
    let error = house.fault("predict m.induce far.csv --proba");
    assert!(
        error.contains("no probabilities") && error.contains("gmm"),
        "{error}"
    );
}

#[test]
fn principal_components_place_rows_and_predict_nothing() {
    let house = with_clouds();
    let out = json(
        &house
            .ok("train clouds.csv -m pca --set n_components=1 --drop kind -o m.induce --format json")
            .out,
    );
    assert!(
        out["metrics"]["train"]["explained_variance"]["value"]
            .as_f64()
            .unwrap()
            > 0.5
    );
    let placed = house.ok("embed m.induce clouds.csv --keep kind").out;
    assert_eq!(placed.lines().next().unwrap(), "kind,pc1");
    let error = house.fault("predict m.induce clouds.csv");
    assert!(error.contains("induce embed"), "{error}");
}

/// Without labels by the silhouette, with them by the adjusted Rand index, on rows that were held out.
#[test]
fn models_of_clusters_are_compared_and_tuned() {
    let house = with_clouds();
    let out = json(&house.ok("compare clouds.csv -m kmeans:n_clusters=3 -m gmm:n_components=2 --labels kind --cv 3 --format json").out);
    assert_eq!(
        (&out["metric"], &out["models"][0]["name"]),
        (&"adjusted_rand".into(), &"kmeans:n_clusters=3".into())
    );
    let out = json(&house.ok("compare clouds.csv -m kmeans:n_clusters=3 -m kmeans:n_clusters=5 --drop kind --cv 3 --format json").out);
    assert_eq!(out["metric"], "silhouette");
    let tuned = json(
        &house
            .ok("tune clouds.csv -m kmeans --drop kind --trials 12 -o m.induce --format json")
            .out,
    );
    assert_eq!(tuned["settings"]["n_clusters"], 3, "{tuned}");
    let error = house.fault("compare clouds.csv -m kmeans -m boost");
    assert!(error.contains("makes no clusters"), "{error}");
}

/// What cannot be is said, with the way that can.
#[test]
fn mistakes_have_hints() {
    let house = with_clouds();
    for (line, words) in [
        ("train clouds.csv -m kmeans --target kind", "--labels kind"),
        ("train clouds.csv -m boost --labels kind", "--target kind"),
        ("train clouds.csv -m kmeans --cv 5", "compare"),
        ("train clouds.csv -m kmeans --set n_clusters=0", "at least 1"),
        ("train clouds.csv -m pca --labels kind", "makes none"),
        ("train clouds.csv -m hard-hdp", "--group"),
        ("train clouds.csv -m kmeans --set max_clusters=5", "n_clusters"),
    ] {
        let error = house.fault(line);
        assert!(
            error.contains(words) && error.contains("hint:"),
            "{line}: {error}"
        );
    }
}

/// Categories become coordinates, and columns of other units are told.
#[test]
fn what_is_done_to_columns_is_said() {
    let house = with_clouds();
    let rows: String = (0..60)
        .map(|i| format!("{},{},{}\n", i % 7, 1000 * (i % 5), ["a", "b"][i % 2]))
        .collect();
    house.write("units.csv", format!("small,large,letter\n{rows}").as_bytes());
    let said = house
        .ok("train units.csv -m kmeans --set n_clusters=2 -o m.induce")
        .err;
    assert!(
        said.contains("standardize=true") && said.contains("`letter` holds categories"),
        "{said}"
    );
}

/// What a newcomer types on the way to clusters, and was answered wrongly.
#[test]
fn words_about_clusters_are_true() {
    let house = with_clouds();
    // A number beside the word `auto` was a text, and forty settings in JSON the answer.
    house.ok("train clouds.csv -m dp-means --set lambda=20 --drop kind -o dp.induce");
    for (set, named) in [
        ("n_clusters=three", "`n_clusters` cannot be three"),
        ("n_clusters=0", "`n_clusters` cannot be 0"),
    ] {
        let error = house.fault(&format!(
            "train clouds.csv -m kmeans --set {set} --drop kind -o m.induce"
        ));
        assert!(error.contains(named) && !error.contains("max_iter"), "{error}");
    }
    // The known classes are no prediction.
    house.ok("train clouds.csv -m kmeans --set n_clusters=3 --labels kind -o m.induce");
    let shown = house.ok("show m.induce").out;
    assert!(
        shown.contains("held against kind") && !shown.contains("predicts kind"),
        "{shown}"
    );
    // The rows that taught it: `test` of them said nothing of it.
    let judged = house.ok("evaluate m.induce clouds.csv").err;
    assert!(
        judged.contains("these are the rows that the model was trained with"),
        "{judged}"
    );
    // Clusters are no target that a flag could name.
    for verb in [
        "explain m.induce clouds.csv",
        "bias-variance clouds.csv -m kmeans",
    ] {
        let error = house.fault(verb);
        assert!(
            error.contains("predicts no target") && !error.contains("--target"),
            "{error}"
        );
    }
    let error = house.fault("tune clouds.csv -m pca --drop kind -o t.induce");
    assert!(error.contains("nothing to judge it by"), "{error}");
    house.write("gap.csv", b"x,y\n1,1\n,\n8,1\n");
    let said = house.ok("predict m.induce gap.csv").err;
    assert!(
        said.contains("1 row has no value in any column of the model"),
        "{said}"
    );
}

/// One candidate of one component has no silhouette: the whole search ended with an error about classes of folds.
#[test]
fn a_search_passes_over_candidates_of_one_cluster() {
    let house = with_clouds();
    let found = house.ok("tune clouds.csv -m gmm --drop kind --trials 8 -o t.induce");
    assert!(found.err.contains("one cluster"), "{}", found.err);
    // The best first, then the next: what is better of silhouettes is more.
    let values: Vec<f64> = found
        .err
        .lines()
        .filter_map(|line| line.split_whitespace().next()?.parse().ok())
        .collect();
    assert!(
        values.len() > 3 && values.windows(2).all(|two| two[0] >= two[1]),
        "{values:?}"
    );
    let error = house.fault("compare clouds.csv -m kmeans -m gmm:n_components=1 --drop kind");
    assert!(
        error.contains("`gmm:n_components=1`") && error.contains("one cluster"),
        "{error}"
    );
    let error = house.fault("tune clouds.csv -m gmm --set n_components=1 --drop kind --trials 2 -o t.induce");
    assert!(error.contains("every candidate"), "{error}");
}

/// One cluster has no metric: the head of an empty table was printed.
#[test]
fn where_there_is_no_metric_it_is_said() {
    let house = House::new();
    house.write("same.csv", b"x,y\n1,2\n1,2\n1,2\n");
    let found = house.ok("train same.csv -m spectral -o m.induce");
    assert!(
        found.out.contains("no metric: one cluster has none"),
        "{}",
        found.out
    );
    assert!(
        found.err.contains("all rows are the same: there is one cluster"),
        "{}",
        found.err
    );
}
