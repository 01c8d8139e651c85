//! How much is said, where it goes, and exit codes.

use crate::house::{House, data};

#[test]
fn quiet_says_nothing_and_verbose_pins_every_guess() {
    let house = House::with_table();
    let quiet = house.ok("train good.csv --set rounds=5 --quiet");
    assert_eq!(quiet.err, "");
    assert!(quiet.out.contains("r2"));
    let usual = house.ok("train good.csv --set rounds=5");
    for said in [
        "read `good.csv`",
        "target: `y` (--target",
        "task: regression",
        "split: 160 rows",
        "model: good.induce",
    ] {
        assert!(usual.err.contains(said), "{said}: {}", usual.err);
    }
    assert!(!usual.err.contains("pinned by"));
    let verbose = house.ok("train good.csv --set rounds=5 --verbose");
    assert!(
        verbose
            .err
            .contains("pinned by: --delimiter comma --header --type a=number"),
        "{}",
        verbose.err
    );
}

#[test]
fn requirements_decide_the_exit_code() {
    let house = House::with_table();
    assert_eq!(
        house
            .run("train good.csv --set rounds=50 --require r2>=0.1 --require rmse<=9")
            .code,
        0
    );
    let unmet = house.run("train good.csv --set rounds=50 --require r2>=0.99999");
    assert_eq!(unmet.code, 1);
    assert!(unmet.err.contains("not met: r2 is"), "{}", unmet.err);
    assert_eq!(
        house
            .run("evaluate good.induce.safetensors good.csv --require r2>=1.1")
            .code,
        1
    );
    assert_eq!(
        house
            .run("evaluate good.induce.safetensors good.csv --require r2<=1.1")
            .code,
        0
    );
    assert_eq!(house.run("train").code, 2);
    assert_eq!(house.run("frobnicate").code, 2);
}

#[test]
fn what_is_printed_again_pins_what_was_read() {
    let house = House::with_table();
    let flags = house.ok("data show good.csv").err;
    let flags = flags.lines().find_map(|l| l.strip_prefix("pinned by: ")).unwrap();
    house.ok(&format!("data show good.csv {flags}"));
}

#[test]
fn the_first_model_of_the_readme() {
    let house = House::new();
    std::fs::copy(data("credit.csv"), house.path("credit.csv")).unwrap();
    let done = house.ok("train credit.csv --target Status --report credit.html --require roc_auc>=0.8");
    assert!(done.out.contains("roc_auc"), "{}", done.out);
    let page = String::from_utf8(house.read("credit.html")).unwrap();
    assert!(page.matches("<svg").count() > 8);
    assert!(
        !page.contains("<script src") && !page.contains("<link"),
        "the page is self-contained"
    );
    house.ok("report credit.induce.safetensors credit.csv --out again.html");
    house.ok("explain credit.induce.safetensors credit.csv --shap shap.parquet");
    house.ok("data split credit.csv --train a.csv --test b.csv --stratify Status");
}
