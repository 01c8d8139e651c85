//! Report pages of models of tables: what a reader missed, or was told wrongly.

use std::fmt::Write;

use crate::house::House;

/// A table of two classes with a yes or no, a category and missing values, of which `x` and `kind` matter.
fn house() -> House {
    let house = House::new();
    let mut text = String::from("x,noise,flag,kind,outcome\n");
    for i in 0..400_u32 {
        let x = f64::from(i * 37 % 100) / 10.0;
        let noise = f64::from(i * 53 % 97);
        let kind = ["red", "green", "blue"][i as usize % 3];
        let flag = if i % 14 == 0 { "yes" } else { "no" };
        let score = x + if kind == "red" { 3.0 } else { 0.0 } + f64::from(i * 29 % 11) / 4.0;
        let outcome = if score > 7.0 { "bad" } else { "good" };
        let x = if i % 50 == 3 { String::new() } else { x.to_string() };
        writeln!(text, "{x},{noise},{flag},{kind},{outcome}").unwrap();
    }
    house.write("loans.csv", text.as_bytes());
    house
}

fn page(house: &House, line: &str) -> String {
    house.ok(line);
    String::from_utf8(house.read("page.html")).unwrap()
}

const TRAIN: &str = "train loans.csv --target outcome --quiet --report page.html";

/// The page named neither how many rows taught the model nor its target, called yes and no `0 to 1, median 0`, and listed
/// `objective` as changed, which the data had decided.
#[test]
fn a_page_says_what_was_learnt_from_and_what_a_person_changed() {
    let house = house();
    let page = page(&house, &format!("{TRAIN} -m boost --set rounds=20"));
    for said in [
        "400 read: 320 learnt from, 80 held out",
        "The rows that the model learnt from: 320 rows, 5 columns",
        "<span class=\"tag target\">target</span>",
        "no (",
        "without columns",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let (_, settings) = page.split_once("<section id=\"settings\">").unwrap();
    let (settings, _) = settings.split_once("</section>").unwrap();
    let (changed, _) = settings.split_once("<details").unwrap();
    assert!(changed.contains("rounds") && !changed.contains("objective"));
    assert!(!settings.contains('`'), "backquotes are shown as code");
}

/// Confusion was at a threshold that nobody named, and nothing could be looked at more closely.
#[test]
fn a_page_of_two_classes_has_thresholds_dependence_contributions_and_its_worst_rows() {
    let house = house();
    let page = page(&house, &format!("{TRAIN} -m boost --set rounds=20"));
    for said in [
        "from a probability of 0.5 on",
        "type=\"range\"",
        "Partial dependence",
        "rows that were predicted worst",
        "What moved it most",
        "data:application/json;base64,",
        "data-along=\"threshold\"",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.len() < 500_000, "{}", page.len());
}

/// A closed form had a course of two points, coefficients of all scales had one axis, and odds ratios were nowhere.
#[test]
fn linear_pages_have_effects_and_ratios_and_no_course() {
    let house = house();
    let logistic = page(&house, &format!("{TRAIN} -m logistic"));
    assert!(logistic.contains("Odds ratio") && logistic.contains("effect of a standard deviation"));
    let line = "train loans.csv --target x --drop outcome -m linear --quiet --report page.html";
    let linear = page(&house, line);
    assert!(!linear.contains("Learning curve") && linear.contains("AIC"));
}

/// Of several classes there was no number for a single one, no calibration, and no contribution.
#[test]
fn a_page_of_several_classes_tells_them_apart() {
    let house = house();
    let line = "train loans.csv --target kind -m boost --set rounds=10 --quiet --report page.html";
    let page = page(&house, line);
    for said in [
        "Class by class",
        "Calibration: the likeliest class",
        "score of green",
        "Mean size",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("type=\"range\""));
}

/// A page could not be matched with its model, and its command left out where the model went.
#[test]
fn a_page_names_its_model_file() {
    let house = house();
    let first = page(&house, &format!("{TRAIN} -m tree"));
    assert!(first.contains("--out loans.induce.safetensors"));
    let sum = |page: &str| {
        page.split_once("SHA-256")
            .unwrap()
            .1
            .split_once("</dd>")
            .unwrap()
            .0
            .to_owned()
    };
    let second = page_of(&house);
    assert_eq!(sum(&first), sum(&second));
    assert!(second.contains("Written (UTC)"));
}

fn page_of(house: &House) -> String {
    page(
        house,
        "report loans.induce.safetensors loans.csv --out page.html --quiet",
    )
}

/// A model that is worse than the mean was drawn, and not called so.
#[test]
fn a_model_that_the_mean_beats_is_told_so() {
    let house = House::new();
    let mut text = String::from("a,b,y\n");
    for i in 0..120_u32 {
        writeln!(text, "{},{},{}", i * 37 % 101, i * 53 % 97, i * 7919 % 89).unwrap();
    }
    house.write("noise.csv", text.as_bytes());
    let line = "train noise.csv --target y --task regression -m tree --quiet --report page.html";
    assert!(page(&house, line).contains("worse than the mean of the training rows alone"));
}

/// Comparing and tuning had no picture.
#[test]
fn comparisons_and_searches_have_a_chart() {
    let house = house();
    house.ok("compare loans.csv --target outcome -m tree,logistic --cv 3 --plot c.svg --quiet");
    house.ok("tune loans.csv --target outcome -m tree --trials 4 --plot t.svg --report page.html -o m.safetensors --quiet");
    let text = |name: &str| String::from_utf8(house.read(name)).unwrap();
    assert!(text("c.svg").contains("log loss behind") && text("c.svg").contains("tree"));
    assert!(text("t.svg").contains("mean log loss of 3 folds"));
    assert!(text("page.html").contains("outcome in loans.csv"));
    house.fault("compare loans.csv --target outcome -m tree --plot c.png");
}
