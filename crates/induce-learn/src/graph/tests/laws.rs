use induce_core::Run;
use proptest::prelude::*;

use super::super::{Components, Laplacian, Partition, Spectrum};
use super::undirected;

fn edges(n: u32) -> impl Strategy<Value = Vec<(u32, u32, f64)>> {
    let edge = (0..n, 0..n, 0.1_f64..3.0);
    prop::collection::vec(edge, 0..60).prop_map(|all| all.into_iter().filter(|e| e.0 != e.1).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// 0 is an eigenvalue as often as there are components, isolated nodes among them (von Luxburg 2007, propositions 2 and 4).
    #[test]
    fn zero_counts_the_components(edges in edges(30)) {
        let weights = undirected(30, &edges);
        let parts = Components::of(&weights);
        for kind in [Laplacian::Unnormalized, Laplacian::Symmetric, Laplacian::RandomWalk] {
            let spectrum = Spectrum::of(&weights, kind, 30, 0.0, 1e-9, &Run::new(0)).unwrap();
            let zeros = spectrum.values.iter().filter(|value| value.abs() < 1e-10).count();
            prop_assert_eq!(zeros, parts.count);
            prop_assert!(spectrum.values.iter().all(|value| *value > -1e-10));
        }
    }

    /// On what belongs together the vectors of 0 are constant, so that rows of the embedding are.
    #[test]
    fn vectors_of_zero_are_constant_on_components(edges in edges(30)) {
        let weights = undirected(30, &edges);
        let parts = Components::of(&weights);
        for kind in [Laplacian::Unnormalized, Laplacian::RandomWalk] {
            let m = parts.count;
            let spectrum = Spectrum::of(&weights, kind, m, 0.0, 1e-9, &Run::new(0)).unwrap();
            for i in 0..30 {
                let first = parts.label.iter().position(|c| *c == parts.label[i]).unwrap();
                for k in 0..m {
                    let (one, other) = (spectrum.vectors[i * m + k], spectrum.vectors[first * m + k]);
                    prop_assert!((one - other).abs() < 1e-6, "{one} {other}");
                }
            }
        }
    }

    /// Components as parts are cut by nothing; all in one part has modularity 0.
    #[test]
    fn divisions_have_their_bounds(edges in edges(30), label in prop::collection::vec(0_u32..4, 30)) {
        let weights = undirected(30, &edges);
        let own = Partition::of(&weights, &label, 4);
        prop_assert!(own.normalized_cut() <= 4.0 + 1e-12 && own.modularity() <= 1.0);
        let parts = Components::of(&weights);
        prop_assert_eq!(Partition::of(&weights, &parts.label, parts.count).cut(), 0.0);
        prop_assert!(Partition::of(&weights, &[0; 30], 1).modularity().abs() < 1e-12);
    }
}
