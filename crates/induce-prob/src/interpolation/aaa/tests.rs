use super::*;

fn grid(n: usize) -> Vec<f64> {
    (0..n).map(|i| 2.0 * i as f64 / (n - 1) as f64 - 1.0).collect()
}

fn of(f: impl Fn(f64) -> f64, n: usize) -> Aaa {
    let x = grid(n);
    Aaa::new(
        &x,
        &x.iter().map(|x| f(*x)).collect::<Vec<_>>(),
        Aaa::TOLERANCE,
        100,
    )
    .unwrap()
}

#[test]
fn smooth_functions_are_fitted_to_the_tolerance() {
    for f in [
        f64::exp,
        |x: f64| 1.0 / (1.0 + 25.0 * x * x),
        |x: f64| (9.0 * x).sin(),
        |x: f64| (1.1 - x).ln(),
    ] {
        let own = of(f, 200);
        assert!(own.converged() && own.form().nodes().len() < 30);
        for i in 0..500 {
            let x = f64::from(i) / 250.5 - 0.998;
            assert!((own.form().at(x).unwrap() - f(x)).abs() < 1e-10, "{x}");
        }
        assert!(own.poles_between(-1.0, 1.0).is_empty());
    }
}

/// Runge's function has its poles at +- i / 5, with residues -+ i / 10.
#[test]
fn poles_and_residues_are_those_of_the_function() {
    let own = of(|x| 1.0 / (1.0 + 25.0 * x * x), 101);
    assert_eq!(own.poles().len(), 2);
    for pole in own.poles() {
        assert!(
            pole.at.re.abs() < 1e-12 && (pole.at.im.abs() - 0.2).abs() < 1e-12,
            "{pole:?}"
        );
        assert!(
            pole.residue.re.abs() < 1e-12 && (pole.residue.im.abs() - 0.1).abs() < 1e-12,
            "{pole:?}"
        );
    }
    let tangent = of(|x| (4.0 * x).tan(), 300);
    let real = tangent.poles_between(-1.0, 1.0);
    assert_eq!(real.len(), 2, "{real:?}");
    assert!(
        real.iter()
            .all(|x| (x.abs() - std::f64::consts::PI / 8.0).abs() < 1e-10)
    );
    let zeros = tangent.zeros();
    assert!(
        zeros.iter().any(|z| z.abs() < 1e-10)
            && zeros
                .iter()
                .any(|z| (z.re - std::f64::consts::FRAC_PI_4).abs() < 1e-9)
    );
}

/// Noise of rounding size, asked for beyond what doubles hold, makes doublets, which must go.
#[test]
fn spurious_poles_are_taken_out() {
    let x = grid(400);
    let noisy: Vec<f64> = x
        .iter()
        .enumerate()
        .map(|(i, x)| x.exp() + 1e-15 * induce_core::random::Stream::new(1, "noise").uniform(i as u64))
        .collect();
    let own = Aaa::new(&x, &noisy, 0.0, 40).unwrap();
    assert!(own.removed() > 0);
    assert!(
        own.poles_between(-1.0, 1.0).is_empty(),
        "{:?}",
        own.poles_between(-1.0, 1.0)
    );
    assert!((0..999).all(|i| {
        let x = f64::from(i) / 500.3 - 0.998;
        (own.form().at(x).unwrap() - x.exp()).abs() < 1e-11
    }));
}

#[test]
fn constants_few_samples_and_several_outputs() {
    assert_eq!(of(|_| 3.0, 50).form().at(0.3).unwrap(), 3.0);
    assert_eq!(of(|_| 0.0, 50).form().at(0.3).unwrap(), 0.0);
    let two = Aaa::new(&[0.0, 1.0], &[1.0, 3.0], Aaa::TOLERANCE, 100).unwrap();
    assert_eq!(
        (two.form().at(0.0).unwrap(), two.form().at(1.0).unwrap()),
        (1.0, 3.0)
    );
    let x = grid(200);
    let both: Vec<f64> = x.iter().flat_map(|x| [x.exp(), 1.0 / (2.0 - x)]).collect();
    let own = Aaa::new(&x, &both, Aaa::TOLERANCE, 100).unwrap();
    let at = own.form().evaluate(0.777);
    assert!(
        (at[0] - 0.777_f64.exp()).abs() < 1e-10 && (at[1] - 1.0 / 1.223).abs() < 1e-10,
        "{at:?}"
    );
    let far: Vec<f64> = x.iter().map(|x| 1e6 + 1e-3 * x).collect();
    let own = Aaa::new(
        &far,
        &x.iter().map(|x| x.exp()).collect::<Vec<_>>(),
        Aaa::TOLERANCE,
        100,
    )
    .unwrap();
    assert!(own.error() < 1e-6);
    assert!(Aaa::new(&[0.0, f64::NAN], &[0.0; 2], 0.1, 5).is_err());
    assert!(Aaa::new(&[0.0, 1.0], &[0.0; 3], 0.1, 5).is_err());
    assert!(Aaa::new(&[0.0, 1.0], &[0.0, f64::NAN], 0.1, 5).is_err());
}
