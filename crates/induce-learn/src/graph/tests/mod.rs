mod golden;
mod laws;
mod neighbours;
mod similarity;

use induce_core::linalg::Csr;
use induce_core::random::Stream;

use super::Points;

fn points(n: usize, p: usize, seed: u64) -> Points {
    let stream = Stream::new(seed, "test/points");
    Points::new((0..(n * p) as u64).map(|i| stream.uniform(i)).collect(), p).unwrap()
}

fn undirected(n: usize, edges: &[(u32, u32, f64)]) -> Csr {
    let both = edges.iter().flat_map(|&(i, j, w)| [(i, j, w), (j, i, w)]);
    Csr::from_entries(n, n, both.collect()).unwrap()
}
