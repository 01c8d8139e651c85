//! Images: learnt from, judged, drawn and placed.

use induce::core::picture::{Picture, png_bytes};
use serde_json::Value;

use crate::house::House;

/// Sixty images of 4 x 4 pixels, two patterns and their greys, as an IDX file with labels beside it.
fn with_images() -> House {
    let house = House::new();
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 4, 0, 0, 0, 4];
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 60];
    for i in 0..60_u8 {
        images.extend((0..16_u8).map(|j| if (j / 4 + i) % 2 == 0 { 250 - i } else { i % 7 }));
        labels.push(i % 2);
    }
    house.write("small-images-idx3-ubyte", &images);
    house.write("small-labels-idx1-ubyte", &labels);
    house
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

const TRAIN: &str = "train small-images-idx3-ubyte --set latent=2 --set hidden=8 --set epochs=40 --set batch=10 --set learning_rate=0.01";

#[test]
fn every_auto_encoder_learns_and_is_judged() {
    let house = with_images();
    for (model, bound) in [("vae", "elbo"), ("iwae", "iwae_5"), ("jvi", "jvi_1")] {
        let said = json(
            &house
                .ok(&format!("{TRAIN} -m {model} --out m.induce --format json"))
                .out,
        );
        let own = &said["metrics"]["train"][bound]["value"];
        assert!(own.as_f64().unwrap() > -8.0, "{model}: {own}");
        let said = json(
            &house
                .ok("evaluate m.induce small-images-idx3-ubyte --samples 20 --format json")
                .out,
        );
        assert_eq!(
            (said["classes"].as_u64(), said["samples"].as_u64()),
            (Some(2), Some(20))
        );
        let of = |name: &str| said["metrics"]["test"][name]["value"].as_f64().unwrap();
        assert!(of("elbo") <= of("iwae_20") && of("iwae_20") < 0.0);
        assert_eq!(of("log_likelihood"), of("iwae_20"));
        assert!(of("ess") >= 1.0 && of("ess") <= 20.0 && of("bits_per_dimension") > 0.0);
        assert!(of("active_units") <= 2.0 && of("jvi_2").is_finite());
    }
    let error = house.fault("evaluate m.induce small-images-idx3-ubyte --samples 0");
    assert!(error.contains("--samples"), "{error}");
}

/// Rows were held out, and what the model says of them was not.
#[test]
fn rows_held_out_are_judged() {
    let house = House::new();
    let rows: String = (0..80).map(|i| format!("{},{}\n", i % 7, (i * i) % 11)).collect();
    house.write("rows.csv", format!("a,b\n{rows}").as_bytes());
    let train =
        "train rows.csv -m vae --set latent=1 --set hidden=4 --set steps=30 --out m.induce --format json";
    let said = json(&house.ok(&format!("{train} --holdout 0.25")).out);
    let of = |split: &str, name: &str| said["metrics"][split][name]["value"].as_f64().unwrap();
    assert!(of("train", "elbo") < 0.0 && of("holdout", "elbo") < 0.0);
    assert_eq!(said["rows_judged"], 20);
}

#[test]
fn images_are_drawn_placed_and_shown() {
    let house = with_images();
    let done = house.ok(&format!("{TRAIN} -m vae --out m.induce --report page.html"));
    assert!(
        done.err.contains("2 classes") && done.err.contains("induce sample m.induce"),
        "{}",
        done.err
    );
    let page = String::from_utf8(house.read("page.html")).unwrap();
    for title in [
        "Reconstructions",
        "Samples",
        "Latent variables",
        "data:image/png;base64,",
    ] {
        assert!(page.contains(title), "{title}");
    }
    house.ok("sample m.induce -n 9 --out samples.png");
    house.ok("sample m.induce -n 9 --out again.png");
    assert_eq!(house.read("samples.png"), house.read("again.png"));
    let placed = house
        .ok("embed m.induce small-images-idx3-ubyte --keep class")
        .out;
    assert!(
        placed.starts_with("class,z1,z2\n") && placed.lines().count() == 61,
        "{placed}"
    );
    assert!(house.fault("sample m.induce -n 9").contains("-o samples.png"));
    assert!(
        house
            .fault("sample m.induce -n 9 --out samples.csv")
            .contains(".png")
    );
    let other = house.fault("embed m.induce small-images-idx3-ubyte --keep nothing");
    assert!(other.contains("--keep"), "{other}");
}

#[test]
fn an_auto_encoder_has_no_density() {
    let house = with_images();
    house.ok(&format!(
        "{TRAIN} -m autoencoder --set corruption=0.2 --out m.induce"
    ));
    house.ok("evaluate m.induce small-images-idx3-ubyte");
    assert!(
        house
            .fault("evaluate m.induce small-images-idx3-ubyte --samples 5")
            .contains("--samples")
    );
    assert!(
        house
            .fault("sample m.induce -n 4 --out s.png")
            .contains("draws nothing")
    );
}

#[test]
fn damaged_images_and_labels_are_named() {
    let house = with_images();
    house.write(
        "short-images-idx3-ubyte",
        &[0, 0, 8, 3, 0, 0, 0, 9, 0, 0, 0, 4, 0, 0, 0, 4, 1, 2],
    );
    assert!(
        house
            .fault("train short-images-idx3-ubyte -m vae")
            .contains("9 images of 4 x 4")
    );
    house.write("small-labels-idx1-ubyte", &[0, 0, 8, 1, 0, 0, 0, 2, 0, 1]);
    let error = house.fault("train small-images-idx3-ubyte -m vae");
    assert!(error.contains("do not fit 60 images"), "{error}");
    house.write("text.npz", b"PK\x03\x04nothing");
    house.fault("train text.npz -m vae");
}

#[test]
fn codes_are_learnt_judged_drawn_and_placed() {
    let house = with_images();
    const CODES: &str = "train small-images-idx3-ubyte --set codebook=4 --set width=3 --set channels=4 --set blocks=1 --set epochs=8 --set batch=10";
    for model in ["vqvae", "dvae"] {
        house.ok(&format!("{CODES} -m {model} --out m.induce --report page.html"));
        let page = String::from_utf8(house.read("page.html")).unwrap();
        for title in ["Reconstructions", "Samples", "Use of the codebook"] {
            assert!(page.contains(title), "{title}");
        }
        let said = json(
            &house
                .ok("evaluate m.induce small-images-idx3-ubyte --format json")
                .out,
        );
        let of = |name: &str| said["metrics"]["test"][name]["value"].as_f64().unwrap();
        assert!((1.0..=4.0).contains(&of("codebook_perplexity")) && of("codes_used") <= 4.0);
        assert!(of("elbo").is_finite() && of("bits_per_dimension") > 0.0 && of("mse") < 0.3);
        assert!(said["metrics"]["test"]["elbo"]["error"].as_f64().unwrap() > 0.0);
        house.ok("sample m.induce -n 9 --out samples.png");
        house.ok("sample m.induce -n 8 --reconstruct small-images-idx3-ubyte --out again.png");
        let placed = house.ok("embed m.induce small-images-idx3-ubyte").out;
        assert!(placed.starts_with("c1,c2,c3,c4\n"), "{placed}");
        let error = house.fault("sample m.induce --interpolate small-images-idx3-ubyte --out b.png");
        assert!(error.contains("between two codes"), "{error}");
    }
    let error = house.fault(&format!("{CODES} -m vqvae --set channels=4,4,4"));
    assert!(error.contains("halves the sides"), "{error}");
}

#[test]
fn images_come_back_and_lines_lie_between_them() {
    let house = with_images();
    house.ok(&format!("{TRAIN} -m vae --set architecture=conv --set channels=4 --set likelihood=categorical --set levels=4 --out m.induce"));
    house.ok("sample m.induce -n 8 --reconstruct small-images-idx3-ubyte --out again.png");
    house.ok("sample m.induce -n 16 --interpolate small-images-idx3-ubyte --out between.png");
    let error = house.fault("sample m.induce --reconstruct small-images-idx3-ubyte --interpolate small-images-idx3-ubyte --out b.png");
    assert!(error.contains("exclude each other"), "{error}");
    house.write("one.csv", b"a,b\n1,2\n2,3\n3,5\n4,4\n5,7\n6,5\n");
    house.ok("train one.csv -m gmm --set n_components=1 --out g.induce");
    let error = house.fault("sample g.induce --reconstruct one.csv --out b.csv");
    assert!(error.contains("draws nothing again"), "{error}");
}

fn folder(house: &House, name: &str, classes: &[(&str, u8)]) {
    for (class, level) in classes {
        for i in 0..12_u8 {
            let level = |j: usize| {
                if j % 4 == usize::from(level % 4) {
                    250 - i
                } else {
                    i
                }
            };
            let picture = Picture::new(4, 4, 1, (0..16).map(level).collect()).unwrap();
            house.write(
                &format!("{name}/{class}/{i:02}.png"),
                &png_bytes(&picture).unwrap(),
            );
        }
    }
}

/// The classes of a file were numbered by the file: a part of them was judged as the first ones.
#[test]
fn classes_of_images_are_matched_by_name() {
    let house = House::new();
    folder(&house, "all", &[("cat", 0), ("dog", 1), ("owl", 2)]);
    folder(&house, "some", &[("dog", 1), ("owl", 2)]);
    folder(&house, "strange", &[("dog", 1), ("yak", 3)]);
    folder(&house, "one", &[("dog", 1)]);
    let accuracy = |said: &Value, split: &str| said["metrics"][split]["accuracy"]["value"].as_f64().unwrap();
    let train = "train all -m mlp --set epochs=40 --set learning_rate=0.01 --out m.induce --format json";
    let said = json(&house.ok(&format!("{train} --valid some")).out);
    assert!(accuracy(&said, "valid") > 0.9, "{said}");
    let said = json(&house.ok("evaluate m.induce some --format json").out);
    assert!(accuracy(&said, "test") > 0.9, "{said}");
    let said = house.fault("evaluate m.induce strange");
    assert!(said.contains("`yak`") && said.contains("cat, dog, owl"), "{said}");
    let said = house.fault("train one -m cnn --out o.induce");
    assert!(said.contains("of the class `dog`"), "{said}");
    assert!(house.fault("explain m.induce some").contains("columns of tables"));
    assert!(
        house
            .fault("train all -m mlp --task regression")
            .contains("no quantity")
    );
    assert!(
        house
            .fault("sample m.induce -n 0 --out s.png")
            .contains("from 1 to 100,000")
    );
}

/// Settings that another one overrides were taken without a word.
#[test]
fn steps_and_passes_are_not_set_at_once() {
    let house = with_images();
    let said = house.fault("train small-images-idx3-ubyte -m cnn --set steps=5");
    assert!(said.contains("`steps` has no effect with epochs=5"), "{said}");
    house.ok("train small-images-idx3-ubyte -m cnn --set steps=5 --set epochs=0 --out m.induce");
    let said = house.fault("train small-images-idx3-ubyte -m vae --set min_deviation=0.5");
    assert!(said.contains("that is of tables"), "{said}");
    house.write("rows.csv", b"a,b\n1,2\n3,4\n");
    let said = house.fault("train rows.csv -m cnn");
    assert!(said.contains("holds no images"), "{said}");
}
