use induce_core::Run;
use induce_core::model::{Data, Images, Model};
use induce_core::parallel::Team;
use induce_core::random::Stream;
use induce_tensor::{Gradients, Parameters, Tape, Workspace};
use serde_json::{Value, json};

use super::book::{Book, perplexity};
use super::prior::Prior;
use super::quantize::{Moment, kl_to_uniform};
use super::*;

fn moment() -> Moment {
    Moment {
        temperature: 0.7,
        beta: 1.0,
        noise: Stream::new(3, "noise"),
    }
}

/// Stripes and their opposites: few codes say them.
fn stripes(n: usize) -> Images {
    let image = |i: usize| (0..64).map(move |j| if (j / 8 + i).is_multiple_of(2) { 230 } else { 20 });
    Images::new(8, 8, 1, (0..n).flat_map(image).collect()).unwrap()
}

fn small(more: &Value) -> Value {
    let mut all =
        json!({ "codebook": 8, "width": 4, "channels": [4, 8], "blocks": 1, "batch": 16, "epochs": 4 });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    all
}

#[test]
fn the_nearest_code_is_nearest_and_the_gradient_goes_straight_through() {
    let mut parameters = Parameters::<f64>::default();
    let values = [0.1, 0.2, 2.0, 1.9, -3.0, 0.4];
    let x = parameters.add("x", &[3, 2], |i| values[i]);
    let codes = [0.0, 0.0, 2.0, 2.0, -2.0, 0.0, 9.0, 9.0];
    let book = parameters.add("book", &[4, 2], |i| codes[i]);
    for update in [Update::Average, Update::Gradient] {
        let spec = Spec {
            update,
            commitment: 0.5,
            ..Spec::default()
        };
        let (team, mut workspace) = (Team::alone(), Workspace::default());
        let mut gradients = Gradients::of(&parameters);
        let tape = Tape::new(&mut workspace, &parameters, &team);
        let own = spec
            .quantizer()
            .quantize(tape.parameter(x), tape.parameter(book), moment())
            .unwrap();
        assert_eq!(own.codes, [0, 1, 2]);
        let z = tape.values(own.z).unwrap();
        for (place, code) in own.codes.iter().enumerate() {
            let wanted = &codes[2 * *code as usize..][..2];
            assert!(
                z[2 * place..][..2]
                    .iter()
                    .zip(wanted)
                    .all(|(a, b)| (a - b).abs() < 1e-12)
            );
        }
        // The loss sum z_i c_i has the gradient c at x, besides that of the commitment.
        let c = [1.0, -2.0, 3.0, 4.0, -5.0, 6.0];
        let loss = (own.z * tape.input(&[3, 2], &c)).sum() + own.penalty;
        tape.backward(loss, &mut gradients).unwrap();
        let found = gradients.get(&parameters, x).unwrap();
        for i in 0..6 {
            let code = codes[2 * own.codes[i / 2] as usize + i % 2];
            assert!((found[i] - c[i] - (values[i] - code)).abs() < 1e-12);
        }
        let of_book: f64 = gradients
            .get(&parameters, book)
            .unwrap_or_default()
            .iter()
            .map(|g| g.abs())
            .sum();
        assert_eq!(of_book > 0.0, update == Update::Gradient);
    }
}

#[test]
fn kl_of_equal_logits_is_nothing_and_of_one_code_the_logarithm_of_their_number() {
    let parameters = Parameters::<f64>::default();
    let (team, mut workspace) = (Team::alone(), Workspace::default());
    let tape = Tape::new(&mut workspace, &parameters, &team);
    let logits = tape.input(
        &[3, 4],
        &[[7.0; 4], [900.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, -800.0]].concat(),
    );
    let kl = tape.values(kl_to_uniform(logits)).unwrap();
    assert!(kl[0].abs() < 1e-12 && (kl[1] - 4.0_f64.ln()).abs() < 1e-12);
    assert!(kl[2] > 0.0 && kl[2] < 4.0_f64.ln());
}

/// Cold, the relaxation is the code that was drawn; its gradient is that of its differences.
#[test]
fn a_cold_relaxation_is_a_code_and_gradients_are_differences() {
    let mut parameters = Parameters::<f64>::default();
    let draws = Stream::new(8, "logits");
    let logits = parameters.add("logits", &[5, 4], |i| draws.uniform(i as u64) * 3.0);
    let book = parameters.add("book", &[4, 2], |i| draws.uniform(100 + i as u64));
    let loss =
        |parameters: &Parameters<f64>, spec: &Spec, at: Moment, gradients: Option<&mut Gradients<f64>>| {
            let (team, mut workspace) = (Team::alone(), Workspace::default());
            let tape = Tape::new(&mut workspace, parameters, &team);
            let own = spec
                .quantizer()
                .quantize(tape.parameter(logits), tape.parameter(book), at)
                .unwrap();
            let z = tape.values(own.z).unwrap();
            let loss = own.z.square().sum() + own.penalty;
            let value = loss.item().unwrap();
            if let Some(gradients) = gradients {
                tape.backward(loss, gradients).unwrap();
            }
            (value, z, own.codes)
        };
    let spec = Spec {
        quantization: Quantization::Gumbel,
        ..Spec::default()
    };
    let cold = Moment {
        temperature: 1e-4,
        ..moment()
    };
    let (_, z, codes) = loss(&parameters, &spec, cold, None);
    let straight = Spec {
        straight_through: true,
        ..spec.clone()
    };
    assert_eq!(loss(&parameters, &straight, moment(), None).2, codes);
    for (i, z) in z.iter().enumerate() {
        assert!((z - parameters.values(book)[2 * codes[i / 2] as usize + i % 2]).abs() < 1e-9);
    }
    let mut gradients = Gradients::of(&parameters);
    loss(&parameters, &spec, moment(), Some(&mut gradients));
    let found = gradients.all(&parameters).to_vec();
    for i in 0..parameters.count() {
        let (own, step) = (parameters.all()[i], 1e-6);
        let mut at = |x: f64| {
            parameters.all_mut()[i] = x;
            loss(&parameters, &spec, moment(), None).0
        };
        let wanted = (at(own + step) - at(own - step)) / (2.0 * step);
        at(own);
        assert!((found[i] - wanted).abs() < 1e-6, "{i}: {} {wanted}", found[i]);
    }
}

#[test]
fn a_codebook_by_averages_finds_the_centres_and_revives_the_dead() {
    let spec = Spec {
        codebook: 2,
        width: 1,
        codebook_decay: 0.5,
        revive: 0.2,
        ..Spec::default()
    };
    let mut book = Book::new(&spec);
    let mut codes = [100.0, -50.0];
    let vectors: Vec<f32> = (0..40).map(|i| if i % 2 == 0 { 1.0 } else { 3.0 }).collect();
    for step in 0..60 {
        let chosen = vectors
            .iter()
            .map(|x| u32::from((x - codes[1]).abs() < (x - codes[0]).abs()));
        book.see(&vectors, &chosen.collect::<Vec<_>>());
        book.step(&mut codes, Stream::new(1, "revive").child(step));
    }
    codes.sort_by(f32::total_cmp);
    assert!(
        (codes[0] - 1.0).abs() < 1e-3 && (codes[1] - 3.0).abs() < 1e-3,
        "{codes:?}"
    );
    let state = book.state();
    assert!(Book::new(&spec).go_on(&state) && !Book::new(&spec).go_on(&state[1..]));
}

#[test]
fn perplexity_is_between_one_and_the_number_of_codes() {
    assert!((perplexity(&[5.0, 5.0, 5.0, 5.0]) - 4.0).abs() < 1e-12);
    assert!((perplexity(&[7.0, 0.0, 0.0]) - 1.0).abs() < 1e-12);
}

/// What a prior says of all images that there can be adds up to one, and it draws what it says.
#[test]
fn the_prior_is_normalized_and_draws_as_it_says() {
    let images = stripes(40);
    let fitted = fit(&VQVAE, &small(&json!({})), &images, None, None, &mut Run::new(2)).unwrap();
    let model = &fitted.model;
    let prior = Prior::of(&model.network, &model.parameters);
    let ln = |code: u32| prior.ln_density(&[code; 4]) / 4.0;
    let one: f64 = (0..8).map(|code| prior.ln_density(&[code]).exp()).sum();
    assert!((one - 1.0).abs() < 1e-6, "{one}");
    assert!((0..8).all(|code| ln(code).is_finite()));
    let stream = Stream::new(1, "draw");
    let drawn: Vec<u32> = (0..4000).map(|i| prior.draw(0, stream.uniform(i))).collect();
    for code in 0..8 {
        let share = drawn.iter().filter(|own| **own == code).count() as f64 / 4000.0;
        assert!((share - prior.ln_density(&[code]).exp()).abs() < 0.04);
    }
}

#[test]
fn threads_and_a_file_change_nothing() {
    let images = stripes(60);
    for (entry, more) in [
        (&VQVAE, json!({})),
        (
            &DVAE,
            json!({ "model": "dvae", "quantization": "gumbel", "likelihood": "bernoulli" }),
        ),
        (&VQVAE, json!({ "update": "gradient", "likelihood": "gaussian" })),
    ] {
        let trained = |threads: usize| {
            let mut run = Run::new(4).with_threads(threads);
            fit(entry, &small(&more), &images, Some(&images), None, &mut run)
                .unwrap()
                .model
        };
        let bytes = |model: &Trained| model.store().unwrap().to_bytes().unwrap();
        let one = trained(1);
        assert_eq!(bytes(&one), bytes(&trained(2)));
        assert_eq!(bytes(&one), bytes(&trained(4)));
        let file = induce_core::model_file::ModelFile::read_bytes("file", &bytes(&one)).unwrap();
        let again = (entry.open)(&file, &induce_core::model::Registry(&[])).unwrap();
        assert_eq!(again.name(), entry.info.name);
        let data = Data::Images(images.clone());
        let (a, b) = (
            one.evaluate(&data, &mut Run::new(1)).unwrap(),
            again.evaluate(&data, &mut Run::new(1)).unwrap(),
        );
        assert_eq!(a.scores, b.scores);
        assert!(a.scores.iter().all(|score| score.value.is_finite()));
    }
}

#[test]
fn what_cannot_be_is_refused_with_the_setting() {
    let images = stripes(8);
    let refused = |settings: Value| {
        fit(&VQVAE, &settings, &images, None, None, &mut Run::new(0))
            .err()
            .unwrap()
            .to_string()
    };
    assert!(refused(json!({ "channels": [4, 4, 4, 4] })).contains("channels"));
    assert!(refused(json!({ "temperature": 0.01 })).contains("final_temperature"));
    assert!(refused(json!({ "codebook": 1 })).contains("codebook"));
    let far = small(&json!({ "codebook": 60_000, "width": 60_000 }));
    assert!(refused(far).contains("needs about"));
}
