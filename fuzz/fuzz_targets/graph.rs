#![no_main]

use induce_core::Run;
use induce_core::read::{GraphOptions, graph_bytes};
use libfuzzer_sys::fuzz_target;

// Edge lists, GML, GraphML, Matrix Market, METIS and NPZ, told by the content: a graph whose edges lead both ways, or an error with a hint.
fuzz_target!(|bytes: &[u8]| {
    let run = Run::new(0).with_threads(1).with_memory(64 << 20);
    match graph_bytes("fuzz", bytes, &GraphOptions::default(), &run) {
        Ok((graph, _)) => {
            assert_eq!(graph.edges.transposed(), graph.edges);
            assert!(graph.edge_count() <= graph.edges.value().len());
        }
        Err(error) => assert!(error.hint().is_some(), "`{error}` has no hint"),
    }
});
