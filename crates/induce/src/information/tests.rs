use super::*;
use induce_core::Column;
use induce_prob::information::Inference;

fn table() -> Table {
    let words = ["a", "b", "c"];
    let class: Vec<Option<&str>> = (0..300).map(|i| (i % 50 != 7).then(|| words[i % 3])).collect();
    let text: Vec<Option<&str>> = (0..300).map(|_| Some("free text")).collect();
    let number = |i: usize| {
        if i % 40 == 3 {
            f64::NAN
        } else {
            (i % 3) as f64 + ((i * 7919) % 101) as f64 / 200.0
        }
    };
    Table::new(vec![
        Column::from_text("class", &class),
        Column::from_f64("number", (0..300).map(number).collect()),
        Column::from_f64("other", (0..300).map(|i| ((i * 31) % 97) as f64).collect()),
        Column::from_f64("same", vec![0.1; 300]),
        Column::from_free_text("text", &text),
    ])
    .unwrap()
}

#[test]
fn columns_are_ranked_by_estimators_of_their_kinds() {
    let own = rank(&table(), "class", &[], &Options::default(), &Run::new(0)).unwrap();
    let names: Vec<&str> = own.columns.iter().map(|own| own.columns[0].as_str()).collect();
    assert_eq!(names[0], "number");
    assert_eq!(own.columns[0].estimate.estimator, "ross");
    assert_eq!(own.columns[0].missing, 14);
    let same = own.columns.iter().find(|own| own.columns[0] == "same").unwrap();
    assert_eq!((same.estimate.value, same.estimate.p_value), (0.0, Some(1.0)));
    assert_eq!(own.unused, [("text".to_owned(), "it is free text".to_owned())]);
    assert!((own.entropy.unwrap().value - 3.0_f64.ln()).abs() < 0.01);
}

#[test]
fn what_is_given_is_taken_out() {
    let given = rank(
        &table(),
        "class",
        &["number".into()],
        &Options::default(),
        &Run::new(0),
    )
    .unwrap();
    assert!(given.columns.iter().all(|own| own.columns[0] != "number"));
    assert!(
        rank(
            &table(),
            "class",
            &["class".into()],
            &Options::default(),
            &Run::new(0)
        )
        .is_err()
    );
    assert!(rank(&table(), "clas", &[], &Options::default(), &Run::new(0)).is_err());
    assert!(rank(&table(), "text", &[], &Options::default(), &Run::new(0)).is_err());
}

#[test]
fn a_table_without_a_target_has_entropies_and_pairs() {
    let options = Options {
        inference: Inference::none(),
        ..Options::default()
    };
    let own = overview(&table(), &options, &Run::new(0)).unwrap();
    assert_eq!((own.entropies.len(), own.pairs.len()), (4, 6));
    assert_eq!(own.pairs[0].columns, ["class", "number"]);
    assert_eq!(own.total.unwrap().columns, ["number", "other", "same"]);
}
