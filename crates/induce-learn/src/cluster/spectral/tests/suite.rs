//! The clustering suite of Gagolewski (clustering-data-v1), where it is there.

use std::path::{Path, PathBuf};

use induce_core::Run;
use induce_core::metrics::{Predictions, Task, scores};
use induce_core::read::text;

use crate::cluster::kmeans::Clusters;

use super::super::{Spec, fit};
use super::rows;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/clustering")
}

fn numbers(path: &Path) -> (Vec<f64>, usize) {
    let text = text(path, &Run::new(0)).unwrap();
    let words = |line: &str| {
        line.split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect::<Vec<f64>>()
    };
    let width = text.lines().next().map_or(0, |line| words(line).len());
    (text.lines().flat_map(words).collect(), width)
}

/// The adjusted Rand index of a partition with the rows that a reference partition calls no noise.
fn agreement(truth: &[f64], labels: &[u32]) -> f64 {
    let known: Vec<usize> = (0..truth.len()).filter(|&i| truth[i] > 0.0).collect();
    let truth: Vec<f64> = known.iter().map(|&i| truth[i]).collect();
    let labels: Vec<f64> = known.iter().map(|&i| f64::from(labels[i])).collect();
    let all = scores(Task::Clustering, &Predictions::clustering(&truth, &labels)).unwrap();
    all.iter()
        .find(|score| score.name == "adjusted_rand")
        .unwrap()
        .value
}

/// The best agreement with any reference partition, at its number of clusters.
fn best(base: &Path, spec: &Spec, run: &mut Run) -> f64 {
    let (values, p) = numbers(&base.with_extension("data.gz"));
    let data = rows(&values, p);
    let mut best = f64::NEG_INFINITY;
    let mut done: Vec<(usize, Vec<u32>)> = Vec::new();
    for number in 0.. {
        let path = base.with_extension(format!("labels{number}.gz"));
        if !path.exists() {
            break;
        }
        let truth = numbers(&path).0;
        let k = truth.iter().copied().fold(0.0, f64::max) as usize;
        if !done.iter().any(|(other, _)| *other == k) {
            let own = fit(
                &Spec {
                    n_clusters: Clusters::Fixed(k),
                    ..spec.clone()
                },
                &data,
                run,
            )
            .unwrap();
            done.push((k, own.model.division.labels));
        }
        let labels = &done.iter().find(|(other, _)| *other == k).unwrap().1;
        best = best.max(agreement(&truth, labels));
    }
    best
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for battery in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(battery.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().ends_with(".data.gz") {
                all.push(path.with_extension("").with_extension(""));
            }
        }
    }
    all.sort();
    all
}

/// At the default settings, with the number of clusters of the reference. Settings were chosen on every other data set, the
/// first, third, ... in the order of their names.
#[test]
#[ignore = "minutes; needs the data beside the repository"]
fn mean_agreement_over_the_suite() {
    let spec: Spec = std::env::var("SPECTRAL")
        .map_or_else(|_| Spec::default(), |json| serde_json::from_str(&json).unwrap());
    let most: u64 = std::env::var("MOST").map_or(u64::MAX, |most| most.parse().unwrap());
    let (mut chosen, mut others) = (Vec::new(), Vec::new());
    for (i, base) in names(&folder()).into_iter().enumerate() {
        if std::fs::metadata(base.with_extension("data.gz")).unwrap().len() > most {
            continue;
        }
        let begun = std::time::Instant::now();
        let own = best(&base, &spec, &mut Run::new(0));
        println!(
            "{:.3} {:6.2}s {}",
            own,
            begun.elapsed().as_secs_f64(),
            base.display()
        );
        if i % 2 == 0 {
            chosen.push(own);
        } else {
            others.push(own);
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let all: Vec<f64> = chosen.iter().chain(&others).copied().collect();
    println!(
        "chosen on {:.3} ({}), others {:.3} ({}), all {:.3}",
        mean(&chosen),
        chosen.len(),
        mean(&others),
        others.len(),
        mean(&all)
    );
    assert!(mean(&all) >= 0.70);
}

fn pictures(folder: &Path) -> (Vec<f64>, Vec<f64>) {
    let (mut pixels, mut classes) = (Vec::new(), Vec::new());
    for name in ["train", "t10k"] {
        let content = |kind: &str| {
            let path = folder.join(format!("{name}-{kind}-ubyte.gz"));
            induce_core::read::read(&path, &Default::default(), &Run::new(0))
                .unwrap()
                .0
        };
        let (images, labels) = (content("images-idx3"), content("labels-idx1"));
        let n = images.rows();
        let mut block = vec![0.0; n * 784];
        for (d, column) in images.columns().iter().enumerate().take(784) {
            let mut values = vec![0.0; n];
            column.read_f64(0, &mut values);
            values
                .iter()
                .enumerate()
                .for_each(|(i, x)| block[i * 784 + d] = *x);
        }
        let mut values = vec![0.0; n];
        labels.columns()[0].read_f64(0, &mut values);
        pixels.extend(block);
        classes.extend(values.iter().map(|class| class + 1.0));
    }
    (pixels, classes)
}

/// 70 000 pictures, of which scikit-learn's default would need 39 GB.
#[test]
#[ignore = "minutes; needs MNIST beside the repository"]
fn mnist_is_divided_within_memory() {
    let begun = std::time::Instant::now();
    let (pixels, classes) = pictures(&folder().join("../mnist"));
    let data = rows(&pixels, 784);
    println!("read {:.1}s", begun.elapsed().as_secs_f64());
    let spec: Spec = std::env::var("SPECTRAL")
        .map_or_else(|_| Spec::default(), |json| serde_json::from_str(&json).unwrap());
    let begun = std::time::Instant::now();
    let spec = Spec {
        n_clusters: Clusters::Fixed(10),
        ..spec
    };
    let model = fit(&spec, &data, &mut Run::new(0).with_threads(2)).unwrap().model;
    let own = agreement(&classes, &model.division.labels);
    println!(
        "fit {:.1}s, agreement {own:.3}, {:?}",
        begun.elapsed().as_secs_f64(),
        model.division.notes
    );
    println!(
        "sizes {:?}, eigenvalues {:?}, {:?}",
        model.division.partition.nodes, model.division.values, model.division.outcome
    );
    assert!(own > 0.3);
}
