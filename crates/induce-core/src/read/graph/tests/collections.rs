//! Several graphs in one file or folder, and classes of whole graphs.

use super::npz::{archive, doubles, longs};
use super::tables::Folder;
use super::*;

const EDGES: (&str, &str) = ("edges.csv", "source,target\na,b\nb,c\nd,e\n");
const NODES: (&str, &str) = (
    "nodes.csv",
    "graph,node,kind\n01,a,C\n01,b,O\n01,c,C\n2,d,N\n2,e,C\n",
);
const GRAPHS: (&str, &str) = (
    "graphs.csv",
    "graph,label,split,size\n2,no,test,2\n01,yes,train,3\n",
);

#[test]
fn tables_of_edges_nodes_and_graphs_are_joined() {
    let folder = Folder::with(&[EDGES, NODES, GRAPHS]);
    let graph = folder.good("");
    let own = graph.collection.as_ref().unwrap();
    assert_eq!((graph.nodes.rows(), graph.examples().rows()), (5, 2));
    assert_eq!(own.of, [1, 1, 1, 0, 0], "graphs are in the order of their table");
    assert_eq!(
        own.graphs
            .table()
            .unwrap()
            .column("graph")
            .unwrap()
            .text(1)
            .unwrap(),
        "01"
    );
    let target = own.graphs.target.as_ref().unwrap();
    assert_eq!(
        (target.classes.join(" "), &target.values[..]),
        ("no yes".into(), &[0.0, 1.0][..])
    );
    assert_eq!(graph.split.as_ref().unwrap().test, [0]);
    assert!(graph.nodes.target.is_none());
    assert_eq!(graph.nodes.table().unwrap().names(), ["node", "kind"]);
    for word in [
        "`label` of the graphs is taken",
        "`split` of the graphs divides them: 1 graph",
        "`size` of the graphs",
        "graphs.csv",
    ] {
        assert!(notes(&graph).contains(word), "{word}: {}", notes(&graph));
    }
}

/// What is asked of nodes is learnt of nodes; without a table of graphs they are known by their names alone.
#[test]
fn what_is_asked_says_whose_classes_are_learnt() {
    let folder = Folder::with(&[EDGES, NODES, GRAPHS]);
    let asked = |target: &str| GraphOptions {
        target: Some(target.into()),
        ..GraphOptions::default()
    };
    let of_nodes = folder.read("", &asked("kind")).unwrap().0;
    assert!(of_nodes.collection.is_none() && of_nodes.split.is_none());
    assert_eq!(of_nodes.nodes.target.as_ref().unwrap().classes, ["C", "N", "O"]);
    let names = of_nodes.nodes.table().unwrap().names();
    assert_eq!(names, ["node"], "the number of a graph is no feature");
    let of_graphs = folder.read("", &asked("label")).unwrap().0;
    assert!(of_graphs.collection.is_some());
    std::fs::remove_file(folder.path("graphs.csv")).unwrap();
    let plain = folder.good("");
    let own = plain.collection.unwrap();
    assert_eq!((own.of, own.graphs.target.is_none()), (vec![0, 0, 0, 1, 1], true));
}

#[test]
fn collections_that_do_not_fit_say_why() {
    let none = GraphOptions::default();
    let fault = |files: &[(&str, &str)]| Folder::with(files).fault("", &none);
    let across = ("edges.csv", "source,target\na,b\nc,d\n");
    assert!(fault(&[across, NODES, GRAPHS]).contains("an edge joins `c` and `d`"));
    let few = ("graphs.csv", "graph,label\n2,no\n3,yes\n");
    assert!(fault(&[EDGES, NODES, few]).contains("in graph `01`, which the table of graphs has not"));
    let lost = ("nodes.csv", "graph,node\n01,a\n01,b\n,c\n2,d\n2,e\n");
    assert!(fault(&[EDGES, lost, GRAPHS]).contains("node `c` is in no graph"));
}

/// A file that is called after graphs is a table of them, whatever its column of names is called; each has one row.
#[test]
fn tables_called_after_graphs_are_of_graphs() {
    let by_id = ("graphs.csv", "label,id\nno,2\nyes,01\n");
    let graph = Folder::with(&[EDGES, NODES, by_id]).good("");
    assert_eq!(graph.collection.unwrap().of, [1, 1, 1, 0, 0]);
    let twice = ("graphs.csv", "graph,label\n2,no\n01,yes\n2,yes\n");
    let said = Folder::with(&[EDGES, NODES, twice]).fault("", &GraphOptions::default());
    assert!(said.contains("rows 1 and 3 are both of `2`"), "{said}");
}

/// The layout of TU Dortmund University.
#[test]
fn tu_collections_are_read() {
    let files = [
        ("DS_A.txt", "1, 2\n2, 1\n2, 3\n3, 2\n4, 5\n5, 4\n"),
        ("DS_graph_indicator.txt", "1\n1\n1\n2\n2\n"),
        ("DS_graph_labels.txt", "1\n-1\n"),
        ("DS_node_labels.txt", "0\n1\n0\n2\n0\n"),
        ("DS_node_attributes.txt", "0.5, 1\n1, 2\n1.5, 3\n2, 4\n2.5, 5\n"),
        ("DS_edge_labels.txt", "0\n0\n0\n0\n1\n1\n"),
        ("README.txt", "words\n"),
    ];
    let folder = Folder::with(&files);
    for name in ["", "DS_A.txt"] {
        let path = folder.path(name);
        assert_eq!(graph_format(&path, &Run::new(0)).unwrap(), Some(GraphFormat::Tu));
        let graph = folder.good(name);
        let own = graph.collection.as_ref().unwrap();
        assert_eq!((&own.of[..], graph.edge_count()), (&[0, 0, 0, 1, 1][..], 3));
        assert_eq!(own.graphs.target.as_ref().unwrap().classes, ["-1", "1"]);
        assert_eq!(graph.nodes.table().unwrap().names(), ["node", "kind", "x0", "x1"]);
        assert_eq!(
            graph
                .nodes
                .table()
                .unwrap()
                .column("kind")
                .unwrap()
                .text(3)
                .unwrap(),
            "2"
        );
        assert!(
            notes(&graph).contains("left out: `DS_edge_labels.txt`"),
            "{}",
            notes(&graph)
        );
    }
    let broken = |name: &str, text: &str| {
        let folder = Folder::with(&files);
        std::fs::write(folder.path(name), text).unwrap();
        folder.fault("", &GraphOptions::default())
    };
    assert!(broken("DS_A.txt", "1, 9\n").contains("line 1: it is no edge of two of 5 nodes"));
    assert!(broken("DS_A.txt", "3, 4\n").contains("an edge joins `3` and `4`"));
    assert!(broken("DS_graph_labels.txt", "1\n").contains("has 1 line, and there are 2 graphs"));
    assert!(broken("DS_graph_indicator.txt", "1\n0\n").contains("line 2"));
    assert!(broken("DS_node_attributes.txt", "1\n2\nx\n1\n1\n").contains("line 3: `x` is no finite number"));
    assert!(
        broken("DS_node_labels.txt", "1\n1\n1, 2\n1\n1\n").contains("line 3: 2 values where others have 1")
    );
}

/// A batch of PyTorch Geometric: arcs, a graph for each node, a class for each graph.
#[test]
fn batches_in_npz_are_collections() {
    let of = |more: &[(&str, &str, &str, Vec<u8>)]| {
        let ends = longs(&[0, 1, 3, 4, 1, 0, 4, 3]);
        let mut all = vec![
            ("edge_index", "<i8", "(2, 4)", ends),
            ("batch", "<i8", "(5,)", longs(&[0, 0, 1, 2, 2])),
            ("x", "<f8", "(5, 1)", doubles(&[1.0, 2.0, 3.0, 4.0, 5.0])),
        ];
        all.extend_from_slice(more);
        of_bytes(&archive(&all)).map(|own| own.0)
    };
    let graph = of(&[
        ("y", "<i8", "(3,)", longs(&[7, 8, 7])),
        ("train_mask", "|b1", "(3,)", vec![1, 1, 0]),
    ])
    .unwrap();
    let own = graph.collection.as_ref().unwrap();
    assert_eq!(
        (&own.of[..], own.graphs.target.as_ref().unwrap().classes.join(" ")),
        (&[0, 0, 1, 2, 2][..], "7 8".into())
    );
    assert_eq!(graph.split.as_ref().unwrap().train, [0, 1]);
    // A class for each node is one of nodes.
    let of_nodes = of(&[("y", "<i8", "(5,)", longs(&[0, 1, 0, 1, 0]))]).unwrap();
    assert!(of_nodes.collection.is_none() && of_nodes.nodes.target.is_some());
    assert_eq!(of(&[]).unwrap().examples().rows(), 3);
    assert!(of(&[("y", "<i8", "(4,)", longs(&[0, 1, 0, 1]))]).is_err());
    let of_batch = |batch: &[i64]| {
        let all = [
            ("edge_index", "<i8", "(2, 0)", longs(&[])),
            ("batch", "<i8", "(3,)", longs(batch)),
        ];
        of_bytes(&archive(&all)).unwrap_err().to_string()
    };
    assert!(of_batch(&[0, 2, 2]).contains("names graph 2, and no node of graph 1"));
    assert!(of_batch(&[0, -1, 0]).contains("node 1 is in graph -1"));
}
