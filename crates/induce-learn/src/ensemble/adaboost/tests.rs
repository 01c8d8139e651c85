use induce_core::model::{InitModel, Rows, RowsOptions, Settings};
use induce_core::{Column, Run, Table};

use super::*;
use crate::boost::BOOST;
use crate::forest::TREE;

const REGISTRY: Registry = Registry(&[&TREE, &BOOST, &ADABOOST]);

fn settings(name: &str, assignments: &[&str]) -> Result<Settings> {
    Settings::new(REGISTRY, name)?.with_all(assignments)
}

fn predict(model: &dyn Model, data: &Data) -> Prediction {
    let features = &data.rows().unwrap().features;
    model.predict(features, 1).unwrap()
}

fn quantities() -> Data {
    let x: Vec<f64> = (0..200).map(|i| f64::from(i) / 20.0).collect();
    let y = x
        .iter()
        .map(|x| x.sin() + if *x > 9.0 { 3.0 } else { 0.0 })
        .collect();
    let table = Table::new(vec![Column::from_f64("x", x), Column::from_f64("y", y)]).unwrap();
    Data::Rows(Rows::new(&table, &RowsOptions::default()).unwrap())
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
    let data = quantities();
    let predictions = ["linear", "square", "exponential"].map(|loss| {
        let settings = settings("adaboost", &[&format!("loss={loss}")]);
        let fitted = settings.unwrap().fit(&data, &mut Run::new(0)).unwrap();
        predict(fitted.model.as_ref(), &data).values
    });
    let truth = &data.rows().unwrap().target().unwrap().values;
    for own in &predictions {
        let misses = own.iter().zip(truth).map(|(p, y)| (p - y).abs());
        assert!(misses.sum::<f64>() / 200.0 < 0.3);
    }
    assert!(predictions[0] != predictions[1] && predictions[1] != predictions[2]);
    assert!(settings("adaboost", &["loss=cubic"]).is_err());
}

/// Earlier versions kept the members' seeds, which nobody read, and called weights `says`.
#[test]
fn files_of_earlier_versions_open() {
    let data = quantities();
    let settings = settings("adaboost", &["members=5"]).unwrap();
    let fitted = settings.fit(&data, &mut Run::new(0)).unwrap();
    let mut old = fitted.model.store().unwrap();
    assert!(!old.metadata.contains_key("seeds"));
    old.put_json("seeds", &[1, 2, 3, 4, 5]).unwrap();
    let weights = old.tensors.remove(WEIGHTS).unwrap();
    old.tensors.insert(OLD_WEIGHTS.into(), weights);
    let again = open(&old, &REGISTRY).unwrap();
    assert_eq!(predict(&again, &data), predict(fitted.model.as_ref(), &data));
}

#[test]
fn only_boosting_goes_on_from_boosted_trees() {
    let data = quantities();
    let settings_of = |name| settings(name, &[]).unwrap();
    let first = settings("boost", &["rounds=3"])
        .unwrap()
        .fit(&data, &mut Run::new(0))
        .unwrap();
    for name in ["tree", "adaboost"] {
        let mut run = Run::new(0);
        let mut fit = Fit::new(&mut run, REGISTRY);
        fit.init = InitModel {
            model: Some(first.model.as_ref()),
            ..InitModel::default()
        };
        assert!(settings_of(name).fit_in(&data, &mut fit).is_err(), "{name}");
    }
}
