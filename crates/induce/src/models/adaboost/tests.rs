use induce_core::Column;

use super::*;
use crate::problem::ProblemOptions;
use crate::settings::Settings;

fn quantities() -> Problem {
    let x: Vec<f64> = (0..200).map(|i| f64::from(i) / 20.0).collect();
    let y = x
        .iter()
        .map(|x| x.sin() + if *x > 9.0 { 3.0 } else { 0.0 })
        .collect();
    let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
    Problem::new(&table, &ProblemOptions::default()).unwrap()
}

#[test]
fn losses_of_a_share() {
    for (loss, half) in [
        (Loss::Linear, 0.5),
        (Loss::Square, 0.25),
        (Loss::Exponential, 1.0 - (-0.5_f64).exp()),
    ] {
        assert_eq!(loss.of(0.0), 0.0);
        assert!((loss.of(0.5) - half).abs() < 1e-15);
    }
}

#[test]
fn every_loss_learns_and_each_in_its_own_way() {
    let problem = quantities();
    let predictions = ["linear", "square", "exponential"].map(|loss| {
        let settings = Settings::new("adaboost").and_then(|s| s.with(&format!("loss={loss}")));
        let fitted = settings.unwrap().fit(&problem, None, &mut Run::new(0)).unwrap();
        fitted.model.predict(&problem.features, 1).unwrap().values
    });
    for own in &predictions {
        let misses = own.iter().zip(&problem.target).map(|(p, y)| (p - y).abs());
        assert!(misses.sum::<f64>() / 200.0 < 0.3);
    }
    assert!(predictions[0] != predictions[1] && predictions[1] != predictions[2]);
    assert!(
        Settings::new("adaboost")
            .unwrap()
            .with("loss=cubic")
            .unwrap()
            .fit(&problem, None, &mut Run::new(0))
            .is_err()
    );
}

/// Earlier versions kept the members' seeds, which nobody read.
#[test]
fn files_with_seeds_open() {
    let problem = quantities();
    let settings = Settings::new("adaboost").and_then(|s| s.with("members=5"));
    let fitted = settings.unwrap().fit(&problem, None, &mut Run::new(0)).unwrap();
    let mut old = fitted.model.store().unwrap();
    assert!(!old.metadata.contains_key("seeds"));
    old.put_json("seeds", &[1, 2, 3, 4, 5]).unwrap();
    let again = open(&old).unwrap().predict(&problem.features, 1).unwrap();
    assert_eq!(again, fitted.model.predict(&problem.features, 1).unwrap());
}

#[test]
fn only_boosting_goes_on_from_a_model() {
    let settings = Settings::new("tree").unwrap();
    let beginning = induce_learn::boost::InitModel::default();
    let problem = quantities();
    let fitted = settings.fit_from(
        &beginning,
        &problem,
        None,
        None,
        &mut Run::new(0),
        &mut |_| Ok(()),
    );
    assert!(fitted.is_err());
}
