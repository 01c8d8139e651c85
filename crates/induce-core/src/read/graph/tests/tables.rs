//! Tables of edges and of nodes.

use std::path::PathBuf;

use super::*;
use crate::table::{Column, Table};
use crate::write;

pub(super) struct Folder(tempfile::TempDir);

impl Folder {
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            std::fs::write(folder.path(name), text).unwrap();
        }
        folder
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn read(&self, name: &str, options: &GraphOptions) -> Result<(Graph, GraphFormat)> {
        graph(&self.path(name), options, &Run::new(0))
    }

    pub(super) fn good(&self, name: &str) -> Graph {
        self.read(name, &GraphOptions::default()).unwrap().0
    }

    pub(super) fn fault(&self, name: &str, options: &GraphOptions) -> String {
        let error = self.read(name, options).unwrap_err();
        assert!(error.hint().is_some(), "{error}");
        error.to_string()
    }
}

const EDGES: (&str, &str) = ("a.edges.csv", "src,dst,weight,year\n007,b,2,1990\nb,c,1,1991\n");
const NODES: (&str, &str) = (
    "a.nodes.csv",
    "age,id,label,split\n1.5,c,x,test\n2.5,b,y,val\n3.5,007,x,train\n4.5,alone,y,none\n",
);
const FEATURES: (&str, &str) = ("a.features.svm", "0 0:1\n0 2:5\n0\n0 1:1\n");

#[test]
fn files_that_belong_together_are_read_together() {
    let folder = Folder::with(&[EDGES, NODES, FEATURES]);
    for name in ["a.edges.csv", "a.nodes.csv", ""] {
        let path = folder.path(name);
        assert_eq!(
            graph_format(&path, &Run::new(0)).unwrap(),
            Some(GraphFormat::Tables),
            "{name}"
        );
        let graph = folder.good(name);
        assert_eq!(names(&graph), ["c", "b", "007", "alone"]);
        assert_eq!(row(&graph, 1), [(0, 1.0), (2, 2.0)]);
        assert_eq!(row(&graph, 3), []);
        assert_eq!(classes(&graph), ["x", "y", "x", "y"]);
        let split = graph.split.as_ref().unwrap();
        assert_eq!(
            (&split.train[..], &split.valid[..], &split.test[..]),
            (&[2][..], &[1][..], &[0][..])
        );
        assert_eq!(
            graph.features.as_ref().unwrap().row(1).collect::<Vec<_>>(),
            [(2, 5.0)]
        );
        let said = notes(&graph);
        for word in [
            "--nodes none",
            "left out of the edges: `year`",
            "--target",
            "`split` of the nodes divides",
        ] {
            assert!(said.contains(word), "{word}: {said}");
        }
    }
    let alone = GraphOptions {
        nodes: NodeFiles::Nowhere,
        ..GraphOptions::default()
    };
    let (graph, format) = folder.read("a.edges.csv", &alone).unwrap();
    assert_eq!(
        (format, graph.nodes.rows(), graph.split),
        (GraphFormat::Edges, 3, None)
    );
}

#[test]
fn targets_are_those_that_are_asked_for() {
    let folder = Folder::with(&[EDGES, NODES]);
    let of = |target: Option<&str>, labels: Option<&str>| {
        let options = GraphOptions {
            target: target.map(Into::into),
            labels: labels.map(Into::into),
            ..GraphOptions::default()
        };
        folder
            .read("a.edges.csv", &options)
            .unwrap()
            .0
            .nodes
            .target
            .unwrap()
    };
    use crate::metrics::Task;
    assert_eq!(
        (of(Some("age"), None).task, of(Some("age"), None).values[0]),
        (Task::Regression, 1.5)
    );
    assert_eq!(of(Some("label"), None).task, Task::Classification);
    assert_eq!(of(None, Some("label")).task, Task::Clustering);
    assert_eq!(of(None, None).task, Task::Classification);
    let unknown = GraphOptions {
        target: Some("height".into()),
        ..GraphOptions::default()
    };
    assert!(matches!(
        folder.read("a.edges.csv", &unknown),
        Err(Error::UnknownColumn { .. })
    ));
}

/// Words that name no part were passed over in silence; attributes may be left out, and where there are none that is said.
#[test]
fn parts_and_attributes_by_name() {
    let strange = (
        "a.nodes.csv",
        "age,id,label,split\n1.5,c,x,test\n2.5,b,y,trian\n3.5,007,x,train\n4.5,alone,y,trian\n",
    );
    let folder = Folder::with(&[EDGES, strange]);
    let graph = folder.good("a.edges.csv");
    assert!(
        notes(&graph).contains("in no part are those of `trian` (2)"),
        "{}",
        notes(&graph)
    );
    let without = |name: &str| GraphOptions {
        drop: vec![name.into()],
        ..GraphOptions::default()
    };
    let (graph, _) = folder.read("a.edges.csv", &without("age")).unwrap();
    assert_eq!(graph.nodes.table().unwrap().names(), ["node"]);
    assert!(folder.fault("a.edges.csv", &without("size")).contains("size"));
    let bare = Folder::with(&[EDGES]);
    let said = bare.fault("a.edges.csv", &without("age"));
    assert!(said.contains("nothing but edges is known of the nodes"), "{said}");
}

#[test]
fn other_formats_and_places_of_tables() {
    let folder = Folder::with(&[
        ("list.txt", "0 1\n1 2\n"),
        (
            "what.jsonl",
            "{\"id\": 2, \"kind\": \"u\"}\n{\"id\": 0, \"kind\": \"v\"}\n{\"id\": 1, \"kind\": \"u\"}\n",
        ),
        ("more.tsv", "node\tage\n0\t5\n1\t6\n2\t7\n"),
        ("x.svm", "1 1:1\n0 1:2\n-1 3:1\n"),
    ]);
    let with = |files: &[&str]| GraphOptions {
        nodes: NodeFiles::These(files.iter().map(|name| folder.path(name)).collect()),
        ..GraphOptions::default()
    };
    let (graph, _) = folder
        .read("list.txt", &with(&["what.jsonl", "more.tsv"]))
        .unwrap();
    assert_eq!(
        (names(&graph), row(&graph, 2)),
        (
            vec!["2".into(), "0".into(), "1".to_owned()],
            vec![(0, 1.0), (1, 1.0)]
        )
    );
    let Features::Table(table) = &graph.nodes.features else {
        unreachable!()
    };
    assert_eq!(
        table.column("age").unwrap().text(0).unwrap(),
        "7",
        "joined by name"
    );
    let (graph, _) = folder.read("list.txt", &with(&["x.svm"])).unwrap();
    assert_eq!(
        (names(&graph)[2].as_str(), classes(&graph)),
        ("2", vec!["1".into(), "0".into(), "-".to_owned()])
    );
    let table = Table::new(vec![
        Column::from_whole("to", vec![5, 6]),
        Column::from_whole("from", vec![6, 7]),
        Column::from_f64("w", vec![1.0, 0.25]),
    ]);
    write::write(&folder.path("e.parquet"), &table.unwrap(), Format::Parquet).unwrap();
    let graph = folder.good("e.parquet");
    assert_eq!(
        (names(&graph), row(&graph, 0)),
        (
            vec!["6".into(), "5".into(), "7".to_owned()],
            vec![(1, 1.0), (2, 0.25)]
        )
    );
}

#[test]
fn tables_that_do_not_fit_say_why() {
    let folder = Folder::with(&[
        EDGES,
        ("few.csv", "id,label\n007,x\nb,y\n"),
        ("twice.csv", "id\nb\nc\nb\n"),
        ("short.svm", "0 1:1\n"),
        ("b.nodes.csv", "id,label\n1,x\n"),
    ]);
    let with = |name: &str| GraphOptions {
        nodes: NodeFiles::These(vec![folder.path(name)]),
        ..GraphOptions::default()
    };
    let fault = |name: &str| folder.fault("a.edges.csv", &with(name));
    assert!(
        fault("few.csv").contains("in line 3 is at the node `c`"),
        "{}",
        fault("few.csv")
    );
    assert!(
        fault("twice.csv").contains("rows 1 and 3 are both of `b`"),
        "{}",
        fault("twice.csv")
    );
    assert!(
        fault("short.svm").contains("the node `007`"),
        "{}",
        fault("short.svm")
    );
    let none = GraphOptions::default();
    assert!(folder.fault("b.nodes.csv", &none).contains("no list of edges"));
    std::fs::write(folder.path("c.edges.csv"), "1,2\n").unwrap();
    assert!(folder.fault("", &none).contains("several lists of edges"));
    let empty = Folder::with(&[]);
    assert!(empty.fault("", &none).contains("no list of edges"));
}
