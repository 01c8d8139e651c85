//! NPZ files as NumPy, SciPy and the benchmarks of graph networks write them.

use std::io::{Cursor, Write};

use proptest::prelude::*;

use super::*;
use crate::read::are_images;

/// An array: its name, its type, its shape and its bytes.
type Own<'a> = (&'a str, &'a str, &'a str, Vec<u8>);

pub(super) fn archive(arrays: &[Own]) -> Vec<u8> {
    let mut zip = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, kind, shape, bytes) in arrays {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        zip.start_file(format!("{name}.npy"), ::zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(b"\x93NUMPY\x01\0").unwrap();
        zip.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
        zip.write_all(header.as_bytes()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn ints(all: &[i32]) -> Vec<u8> {
    all.iter().flat_map(|own| own.to_le_bytes()).collect()
}

pub(super) fn longs(all: &[i64]) -> Vec<u8> {
    all.iter().flat_map(|own| own.to_le_bytes()).collect()
}

pub(super) fn doubles(all: &[f64]) -> Vec<u8> {
    all.iter().flat_map(|own| own.to_le_bytes()).collect()
}

pub(super) fn of_edges(n: usize, edges: &[(u32, u32, u32)]) -> Vec<u8> {
    let ends: Vec<i32> = edges
        .iter()
        .flat_map(|own| [own.0 as i32, own.1 as i32])
        .collect();
    let weights: Vec<f64> = edges.iter().map(|own| f64::from(own.2)).collect();
    let (m, rows) = (edges.len(), format!("({n}, 0)"));
    archive(&[
        ("edges", "<i4", &format!("({m}, 2)"), ints(&ends)),
        ("edge_weight", "<f8", &format!("({m},)"), doubles(&weights)),
        ("x", "<f8", &rows, Vec::new()),
    ])
}

fn npz(arrays: &[Own]) -> Graph {
    let (graph, format) = of_bytes(&archive(arrays)).unwrap();
    assert_eq!(format, GraphFormat::Npz);
    graph
}

fn refused(arrays: &[Own]) -> String {
    let error = of_bytes(&archive(arrays)).unwrap_err();
    assert!(error.hint().is_some(), "{error}");
    error.to_string()
}

#[test]
fn planetoid_is_read_whole() {
    let graph = npz(&[
        ("edges", "<i4", "(3, 2)", ints(&[0, 1, 1, 2, 2, 1])),
        ("labels", "|i1", "(4,)", vec![0, 1, 1, 255]),
        ("train_idx", "<i4", "(2,)", ints(&[2, 0])),
        ("val_idx", "<i4", "(1,)", ints(&[1])),
        ("test_idx", "<i4", "(1,)", ints(&[2])),
        ("x_indptr", "<i4", "(5,)", ints(&[0, 1, 1, 3, 3])),
        ("x_indices", "<i4", "(3,)", ints(&[4, 0, 2])),
        ("x_data", "<f8", "(3,)", doubles(&[1.0, 2.0, 3.0])),
        ("x_shape", "<i8", "(2,)", longs(&[4, 5])),
        ("year", "<i4", "(4,)", ints(&[1, 2, 3, 4])),
    ]);
    assert_eq!(row(&graph, 1), [(0, 1.0), (2, 1.0)], "an edge both ways is one");
    assert_eq!(classes(&graph), ["0", "1", "1", "-"]);
    let split = graph.split.clone().unwrap();
    assert_eq!(
        (split.train, split.valid, split.test),
        (vec![0, 2], vec![1], vec![2])
    );
    let features = graph.features.as_ref().unwrap();
    assert_eq!(
        (features.columns(), features.row(2).collect::<Vec<_>>()),
        (5, vec![(0, 2.0), (2, 3.0)])
    );
    assert_eq!(names(&graph), ["0", "1", "2", "3"]);
    let said = notes(&graph);
    assert!(
        said.contains("-1 at 1 node") && said.contains("left out: `year` (4)"),
        "{said}"
    );
    assert!(said.contains("1 node to test by that are learnt from"), "{said}");
    assert!(!said.contains("one way"), "{said}");
}

#[test]
fn scipy_keeps_matrices_in_three_ways() {
    let shape = ("shape", "<i8", "(2,)", longs(&[3, 3]));
    let data = ("data", "<f8", "(3,)", doubles(&[5.0, 6.0, 7.0]));
    let format = |own: &str| ("format", "|S3", "()", own.as_bytes().to_vec());
    // [[0, 5, 6], [0, 0, 0], [7, 0, 0]], and its transpose.
    let indptr = ("indptr", "<i4", "(4,)", ints(&[0, 2, 2, 3]));
    let indices = ("indices", "<i4", "(3,)", ints(&[1, 2, 0]));
    let rows = [
        format("csr"),
        shape.clone(),
        data.clone(),
        indptr.clone(),
        indices.clone(),
    ];
    let columns = [format("csc"), shape.clone(), data.clone(), indptr, indices];
    let row_of = ("row", "<i4", "(3,)", ints(&[0, 0, 2]));
    let col = ("col", "<i4", "(3,)", ints(&[1, 2, 0]));
    let coordinates = [format("coo"), shape, data, row_of, col];
    let of = |arrays: &[Own]| directed(&archive(arrays));
    assert_eq!(row(&of(&rows), 0), [(1, 5.0), (2, 6.0)]);
    assert_eq!(of(&rows).edges, of(&coordinates).edges);
    assert_eq!(of(&rows).edges, of(&columns).edges.transposed());
    let graph = npz(&rows);
    assert_eq!(row(&graph, 2), [(0, 6.5)]);
    assert_eq!(row(&graph, 1), [(0, 5.0)]);
    let said = notes(&graph);
    assert!(
        said.contains("1 of 3 edges leads one way") && said.contains("mean of both"),
        "{said}"
    );
    let other = [format("bsr"), rows[1].clone()];
    assert!(refused(&other).contains("`bsr`"));
}

#[test]
fn benchmarks_have_prefixes_and_objects() {
    let graph = npz(&[
        ("adj_data", "<f8", "(2,)", doubles(&[1.0, 1.0])),
        ("adj_indices", "<i4", "(2,)", ints(&[1, 0])),
        ("adj_indptr", "<i4", "(3,)", ints(&[0, 1, 2])),
        ("adj_shape", "<i8", "(2,)", longs(&[2, 2])),
        ("attr_matrix", "<f8", "(2, 2)", doubles(&[1.0, 2.0, 0.0, 4.0])),
        ("labels", "<i4", "(2,)", ints(&[1, 0])),
        ("class_names", "<U1", "(2,)", ints(&[97, 98])),
        ("metadata", "|O", "()", vec![1, 2, 3]),
    ]);
    assert_eq!((row(&graph, 0), graph.edge_count()), (vec![(1, 1.0)], 1));
    assert_eq!(classes(&graph), ["b", "a"]);
    let Features::Table(table) = &graph.nodes.features else {
        unreachable!()
    };
    assert_eq!(table.names(), ["node", "x0", "x1"]);
    assert!(
        notes(&graph).contains("`metadata`, for Python objects"),
        "{}",
        notes(&graph)
    );
}

#[test]
fn geometric_arrays_have_masks() {
    let sparse: Vec<f64> = (0..32).map(|k| f64::from(u8::from(k == 9))).collect();
    let graph = npz(&[
        ("edge_index", "<i8", "(2, 4)", longs(&[0, 1, 1, 2, 1, 0, 2, 3])),
        ("edge_weight", "<f8", "(4,)", doubles(&[2.0, 2.0, 1.0, 1.0])),
        ("x", "<f8", "(4, 8)", doubles(&sparse)),
        ("y", "<i8", "(4, 2)", longs(&[1, 0, 0, 1, 0, 0, 1, 0])),
        ("train_mask", "|b1", "(4, 2)", vec![1, 0, 1, 0, 0, 1, 0, 1]),
        ("test_mask", "|b1", "(4,)", vec![0, 0, 0, 1]),
    ]);
    assert_eq!(row(&graph, 1), [(0, 2.0), (2, 1.0)]);
    assert_eq!(classes(&graph), ["0", "1", "-", "0"]);
    assert_eq!(
        graph.features.as_ref().unwrap().row(1).collect::<Vec<_>>(),
        [(1, 1.0)]
    );
    assert_eq!(graph.split.as_ref().unwrap().train, [0, 1]);
    let said = notes(&graph);
    assert!(
        said.contains("2 of 4 edges lead one way") && said.contains("several divisions"),
        "{said}"
    );
}

#[test]
fn what_is_wrong_is_said_with_its_values() {
    let edges = |all: &[i32]| ("edges", "<i4", "(1, 2)", ints(all));
    let labels = ("labels", "<i4", "(2,)", ints(&[0, 1]));
    assert!(refused(&[edges(&[0, -3]), labels.clone()]).contains("node -3"));
    assert!(refused(&[edges(&[0, 2]), labels.clone()]).contains("node 2, and there are 2 nodes"));
    let weight = ("edge_weight", "<f8", "(1,)", doubles(&[f64::NAN]));
    assert!(refused(&[edges(&[0, 1]), weight]).contains("NaN"));
    let long = ("y", "<i4", "(3,)", ints(&[0, 1, 1]));
    let x = ("x", "<f8", "(2, 1)", doubles(&[1.0, 2.0]));
    assert!(refused(&[edges(&[0, 1]), x, long]).contains("3 rows, and there are 2 nodes"));
    let train = ("train_idx", "<i4", "(1,)", ints(&[7]));
    assert!(refused(&[edges(&[0, 1]), labels.clone(), train]).contains("node 7"));
    assert!(refused(&[labels]).contains("no edges"));
    assert!(matches!(
        of_bytes(&archive(&[edges(&[0, i32::MAX])])),
        Err(Error::TooLarge { .. })
    ));

    let matrix = |shape: &[i64], indptr: &[i32], indices: &[i32]| {
        let length = |own: usize| format!("({own},)");
        refused(&[
            ("format", "|S3", "()", b"csr".to_vec()),
            ("shape", "<i8", "(2,)", longs(shape)),
            ("indptr", "<i4", &length(indptr.len()), ints(indptr)),
            ("indices", "<i4", &length(indices.len()), ints(indices)),
        ])
    };
    for (shape, indptr, indices, word) in [
        (&[2, 2][..], &[0, 1, 2][..], &[0, 5][..], "is 5 at 1"),
        (&[2, 2], &[0, 2, 1], &[0, 1], "from 0 to 2"),
        (&[3, 3], &[0, 2, 1, 2], &[0, 1], "falls from 2 to 1"),
        (&[2, 2], &[1, 1, 2], &[0, 1], "from 0 to 2"),
        (&[4_000_000_000, 4_000_000_000], &[0, 1], &[0], "has 2 numbers"),
        (&[2, 3], &[0, 1, 1], &[2], "2 rows and 3 columns"),
        (&[-2, 2], &[0, 1, 1], &[1], "two numbers"),
        (&[0, 0], &[], &[], "has 1 number"),
    ] {
        let said = matrix(shape, indptr, indices);
        assert!(
            said.contains(word) || (word == "has 1 number" && said.contains("0 to 0")),
            "{shape:?}: {said}"
        );
    }
}

/// A table or images in an NPZ file are none of a graph.
/// Weights of another number were left out, and edges counted alike.
#[test]
fn every_edge_has_a_weight_or_none() {
    let said = refused(&[
        ("edge_index", "<i4", "(2, 3)", ints(&[0, 1, 2, 1, 2, 0])),
        ("edge_weight", "<f8", "(2,)", doubles(&[1.0, 2.0])),
    ]);
    assert!(
        said.contains("2 edges have a weight, and there are 3 edges"),
        "{said}"
    );
}

#[test]
fn only_the_arrays_of_a_graph_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let told = |arrays: &[Own]| {
        let path = folder.path().join("a.npz");
        std::fs::write(&path, archive(arrays)).unwrap();
        (graph_format(&path, &Run::new(0)).unwrap(), are_images(&path))
    };
    let x = ("x", "<f8", "(2, 1)", doubles(&[1.0, 2.0]));
    let y = ("y", "<i4", "(2,)", ints(&[0, 1]));
    assert_eq!(told(&[x.clone(), y]).0, None);
    assert_eq!(told(&[("images", "|u1", "(1, 2, 2)", vec![0; 4])]), (None, true));
    assert_eq!(
        told(&[("edges", "<f8", "(1, 2)", doubles(&[1.0, 2.0])), x]).0,
        None
    );
    assert_eq!(
        told(&[("edges", "<i4", "(1, 2)", ints(&[1, 2]))]).0,
        Some(GraphFormat::Npz)
    );
}

#[test]
fn a_file_may_end_anywhere() {
    let whole = of_edges(3, &[(0, 1, 1), (1, 2, 4)]);
    for end in 0..whole.len() {
        if let Err(error) = of_bytes(&whole[..end]) {
            assert!(error.hint().is_some(), "{end}: {error}");
        }
    }
}

#[test]
fn citations_are_read() {
    for (name, nodes, edges, classes, features) in [
        ("cora", 2708, 5278, 7, Some(1433)),
        ("citeseer", 3327, 4552, 6, Some(3703)),
        ("pubmed", 19717, 44324, 3, None),
    ] {
        let Some(path) = shared(&format!("citation/{name}.npz")) else {
            return;
        };
        let run = Run::new(0);
        assert_eq!(graph_format(&path, &run).unwrap(), Some(GraphFormat::Npz));
        let (own, _) = graph(&path, &GraphOptions::default(), &run).unwrap();
        let split = own.split.as_ref().unwrap();
        assert_eq!((own.nodes.rows(), own.edge_count()), (nodes, edges), "{name}");
        assert_eq!(
            (
                own.nodes.target.as_ref().unwrap().classes.len(),
                split.train.len()
            ),
            (classes, 20 * classes)
        );
        assert_eq!((split.valid.len(), split.test.len()), (500, 1000));
        assert_eq!(own.features.as_ref().map(crate::linalg::Csr::columns), features);
        let Some(path) = shared(&format!("citation/{name}.edges.csv.gz")) else {
            continue;
        };
        // The same as tables.
        let (other, format) = graph(&path, &GraphOptions::default(), &run).unwrap();
        assert_eq!(
            (format, &other.edges, &other.split),
            (GraphFormat::Tables, &own.edges, &own.split)
        );
        let same = |a: &f64, b: &f64| a == b || (a.is_nan() && b.is_nan());
        let (a, b) = (
            own.nodes.target.unwrap().values,
            other.nodes.target.unwrap().values,
        );
        assert!(a.iter().zip(&b).all(|(a, b)| same(a, b)), "{name}");
        assert_eq!(
            own.features.unwrap().value().len(),
            other.features.unwrap().value().len()
        );
    }
}

proptest! {
    /// Bytes of a good file, some of them changed: a graph, or an error with a hint.
    #[test]
    fn no_bytes_are_a_surprise(changes in prop::collection::vec((0_usize..1200, any::<u8>()), 1..8)) {
        let mut bytes = archive(&[
            ("adj_indices", "<i4", "(2,)", ints(&[1, 0])),
            ("adj_indptr", "<i4", "(3,)", ints(&[0, 1, 2])),
            ("adj_shape", "<i8", "(2,)", longs(&[2, 2])),
            ("x", "<f8", "(2, 1)", doubles(&[1.0, 2.0])),
            ("train_mask", "|b1", "(2,)", vec![1, 0]),
        ]);
        let n = bytes.len();
        changes.into_iter().for_each(|(at, byte)| bytes[at % n] = byte);
        if let Err(error) = of_bytes(&bytes) {
            prop_assert!(error.hint().is_some(), "{}", error);
        }
    }

    /// Numbers of a good file changed, so that no checksum stands before them.
    #[test]
    fn no_numbers_are_a_surprise(
        starts in prop::collection::vec(-2_i32..6, 0..5),
        indices in prop::collection::vec(-2_i32..6, 0..5),
        shape in prop::collection::vec(-1_i64..5, 0..3),
        mask in prop::collection::vec(0_u8..3, 0..5),
        format in "csr|csc|coo|dia",
    ) {
        let length = |own: usize| format!("({own},)");
        let (a, b, c, d) = (length(starts.len()), length(indices.len()), length(shape.len()), length(mask.len()));
        let bytes = archive(&[
            ("format", "|S3", "()", format.into_bytes()),
            ("indptr", "<i4", &a, ints(&starts)),
            ("row", "<i4", &a, ints(&starts)),
            ("indices", "<i4", &b, ints(&indices)),
            ("col", "<i4", &b, ints(&indices)),
            ("shape", "<i8", &c, longs(&shape)),
            ("train_mask", "|b1", &d, mask.clone()),
            ("test_idx", "|u1", &d, mask),
        ]);
        if let Err(error) = of_bytes(&bytes) {
            prop_assert!(error.hint().is_some(), "{}", error);
        }
    }
}
