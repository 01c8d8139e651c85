mod collections;
mod graphml;
mod npz;
mod tables;

use proptest::prelude::*;

use super::*;
use crate::Error;
use crate::model::Features;

fn read(text: &str) -> Result<(Graph, GraphFormat)> {
    of_bytes(text.as_bytes())
}

fn of_bytes(bytes: &[u8]) -> Result<(Graph, GraphFormat)> {
    graph_bytes(
        "g",
        bytes,
        &GraphOptions::default(),
        &Run::new(0).with_memory(64 << 20),
    )
}

fn directed(bytes: &[u8]) -> Graph {
    let options = GraphOptions {
        directed: true,
        ..GraphOptions::default()
    };
    graph_bytes("g", bytes, &options, &Run::new(0)).unwrap().0
}

fn notes(graph: &Graph) -> String {
    graph.nodes.notes.join("; ")
}

/// Known classes by name, `-` where there is none.
fn classes(graph: &Graph) -> Vec<String> {
    let target = graph.nodes.target.as_ref().unwrap();
    let class = |value: &f64| target.classes.get(*value as usize).filter(|_| !value.is_nan());
    target
        .values
        .iter()
        .map(|value| class(value).map_or("-".into(), Clone::clone))
        .collect()
}

fn good(text: &str) -> Graph {
    read(text).unwrap().0
}

fn fault(text: &str) -> String {
    let error = read(text).unwrap_err();
    assert!(error.hint().is_some(), "{error}");
    error.to_string()
}

fn names(graph: &Graph) -> Vec<String> {
    let Features::Table(table) = &graph.nodes.features else {
        unreachable!()
    };
    let column = table.column("node").unwrap();
    (0..graph.nodes.rows()).map(|i| column.text(i).unwrap()).collect()
}

fn row(graph: &Graph, i: usize) -> Vec<(usize, f64)> {
    graph.edges.row(i).collect()
}

#[test]
fn edges_lead_both_ways_and_add_up() {
    let graph = good("# a triangle\na b\nb,c,2\nc a\n% or so\nb a 0.5\nc c 3\n");
    assert_eq!(names(&graph), ["a", "b", "c"]);
    assert_eq!(row(&graph, 0), [(1, 1.5), (2, 1.0)]);
    assert_eq!(row(&graph, 2), [(0, 1.0), (1, 2.0), (2, 3.0)]);
    let notes = graph.nodes.notes.join("; ");
    assert!(
        notes.contains("1 edge from a node to itself") && notes.contains("weights are added"),
        "{notes}"
    );
    for (text, word) in [
        ("a\n", "line 1"),
        ("a b x\n", "line 1"),
        ("a b\n\nc d inf\n", "line 3"),
        ("", "no node"),
        ("# none\n", "no node"),
    ] {
        assert!(fault(text).contains(word), "{text:?}: {}", fault(text));
    }
}

#[test]
fn heads_and_dictionaries_of_edge_lists() {
    for head in ["source,target,weight", "From\tTo", "u v weight", "x y w"] {
        let edges = if head.contains("rom") {
            "1 2\n"
        } else {
            "1 2 0.5\n"
        };
        assert_eq!(names(&good(&format!("{head}\n{edges}"))), ["1", "2"], "{head}");
    }
    let graph = good("0 1 {}\n1 2 {'weight': 2.5}\n");
    assert_eq!(row(&graph, 1), [(0, 1.0), (2, 2.5)]);
    // Two nodes may be called so.
    assert_eq!(names(&good("a b\nb c\n")), ["a", "b", "c"]);
    let further = good("1 2 1 17\n2 3 1 18\n");
    assert!(
        further.nodes.notes[0].contains("2 lines have more"),
        "{:?}",
        further.nodes.notes
    );
}

/// Two quotes within quotes are one: names were cut at the first.
#[test]
fn names_in_quotes() {
    let graph = good("source,target\n\"say \"\"hi\"\"\",\"a, b\"\n\"\"\"\",plain\n");
    assert_eq!(names(&graph), ["say \"hi\"", "a, b", "\"", "plain"]);
    assert_eq!(
        names(&good(
            "\"a b\" c\n\"open d\n c e\n".replace("\"open d\n", "").as_str()
        )),
        ["a b", "c", "e"]
    );
}

/// Words above numbers were an edge of their own, and no flag said otherwise; a decimal comma made two nodes of a weight.
#[test]
fn first_lines_and_decimal_commas() {
    let graph = good("person,friend\n1,2\n2,3\n");
    assert_eq!((graph.nodes.rows(), graph.edge_count()), (3, 2));
    assert!(
        notes(&graph).contains("the first line names the columns"),
        "{}",
        notes(&graph)
    );
    assert_eq!(good("ann,bob\nbob,carl\n").nodes.rows(), 3);
    let with = |text: &str, header: bool| {
        let options = GraphOptions {
            header: Some(header),
            ..GraphOptions::default()
        };
        graph_bytes("g", text.as_bytes(), &options, &Run::new(0))
            .unwrap()
            .0
    };
    assert_eq!(
        with("person,friend,weight\nann,bob,2\n", true).edges.value(),
        [2.0, 2.0]
    );
    assert_eq!(with("person friend\nann bob\n", true).edge_count(), 1);
    assert_eq!(with("source,target\n1,2\n", false).nodes.rows(), 4);
    let graph = good("a b 1,5\nb c 2,25\n");
    assert_eq!(
        (names(&graph), row(&graph, 1)),
        (
            vec!["a".into(), "b".into(), "c".into()],
            vec![(0, 1.5), (2, 2.25)]
        )
    );
    assert!(notes(&graph).contains("decimal comma"), "{}", notes(&graph));
    assert_eq!(names(&good("ann lee, bob ray\n")), ["ann lee", "bob ray"]);
}

/// An edge of weight 0 made neighbours of its nodes, and one component of two.
#[test]
fn edges_of_no_weight_join_nothing() {
    let graph = good("a b 0\nb c 2\nc d 0\n");
    assert_eq!((graph.edge_count(), graph.nodes.rows()), (1, 4));
    assert_eq!((row(&graph, 0), row(&graph, 1)), (vec![], vec![(2, 2.0)]));
    assert!(
        notes(&graph).contains("2 edges of weight 0 left out"),
        "{}",
        notes(&graph)
    );
    let matrix = good("%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n2 1 0\n");
    assert_eq!(matrix.edge_count(), 0);
}

#[test]
fn gml_has_names_classes_and_weights() {
    let text = "Creator \"x\" # y\ngraph [ directed 1\n node [ id 7 label \"a &quot;b&quot;\" value 1 size 2.5 ]\n node\n [\n id 9 name \"c\" value 0 ]\n \
                node [ id -3 value 1 graphics [ x 1 fill \"#FF]\" ] ] node [ id 4 value 0 ]\n edge [ source 7 target 9 value 4 ] edge [ source 9 target -3 ] ]";
    let (graph, format) = read(text).unwrap();
    assert_eq!(
        (format, names(&graph)),
        (
            GraphFormat::Gml,
            vec!["a \"b\"".to_owned(), "c".into(), "-3".into(), "4".into()]
        )
    );
    assert_eq!(row(&graph, 1), [(0, 4.0), (2, 1.0)]);
    assert_eq!(graph.nodes.target.as_ref().unwrap().values, [1.0, 0.0, 1.0, 0.0]);
    let notes = graph.nodes.notes.join("; ");
    assert!(
        ["--directed", "`value` of the edges", "`value` of the nodes"]
            .iter()
            .all(|word| notes.contains(word)),
        "{notes}"
    );
    let own = GraphOptions {
        labels: Some("size".into()),
        ..GraphOptions::default()
    };
    let (graph, _) = graph_bytes("g", text.as_bytes(), &own, &Run::new(0)).unwrap();
    assert_eq!(graph.nodes.target.unwrap().name, "size");
    let none = GraphOptions {
        labels: Some("colour".into()),
        ..GraphOptions::default()
    };
    assert!(matches!(
        graph_bytes("g", text.as_bytes(), &none, &Run::new(0)),
        Err(Error::UnknownColumn { .. })
    ));
}

#[test]
fn broken_gml_says_where() {
    for (text, word) in [
        ("graph [ node [ id 1 ]", "no end"),
        ("graph [ node [ label \"a\" ] ]", "no `id`"),
        ("graph [ node [ id 1 ] node [ id 1 ] ]", "two nodes"),
        ("graph [ node [ id 1 ] edge [ source 1 target 2 ] ]", "no node"),
        ("graph [ node [ id 1 ] edge [ source 1 ] ]", "no `target`"),
        (
            "graph [ node [ id 1 ] edge [ source 1 target 1 weight nan ] ]",
            "no value",
        ),
        (
            "graph [ node [ id 1 ] edge [ source 1 target 1 weight 1e999 ] ]",
            "no finite",
        ),
        ("graph [ ? ]", "`?`"),
        ("graph [ node [ id \"1 ] ]", "no end"),
        ("graph [ ]", "no node"),
        ("Creator \"x\"", "no list `graph`"),
    ] {
        assert!(fault(text).contains(word), "{text}: {}", fault(text));
    }
    let deep = format!("graph {}", "[ a ".repeat(100_000));
    assert!(fault(&deep).contains("within each other"));
}

#[test]
fn matrix_market_is_symmetric_or_made_so() {
    let (graph, format) =
        read("%%MatrixMarket matrix coordinate real symmetric\n% c\n3 3 2\n2 1 0.5\n3 2 2\n").unwrap();
    assert_eq!(
        (format, row(&graph, 1)),
        (GraphFormat::MatrixMarket, vec![(0, 0.5), (2, 2.0)])
    );
    let general = good("%%MatrixMarket matrix coordinate integer general\n3 3 3\n1 2 3\n2 1 3\n3 1 4\n");
    assert_eq!(row(&general, 0), [(1, 3.0), (2, 4.0)]);
    assert!(
        general.nodes.notes[0].starts_with("1 of 3 edges leads one way only"),
        "{:?}",
        general.nodes.notes
    );
    let pattern = good("%%MatrixMarket matrix coordinate pattern symmetric\n4 4 1\n4 1\n");
    assert_eq!((pattern.nodes.rows(), row(&pattern, 0)), (4, vec![(3, 1.0)]));
}

#[test]
fn claims_of_matrix_market_are_checked() {
    let of = |rest: &str| fault(&format!("%%MatrixMarket matrix {rest}"));
    for (rest, word) in [
        ("array real general\n1 1\n1\n", "no sparse matrix"),
        ("coordinate complex general\n1 1 0\n", "complex"),
        ("coordinate real skew-symmetric\n1 1 0\n", "skew"),
        ("coordinate real general\n2 3 0\n", "columns"),
        ("coordinate real general\n2 2 5\n1 2 1\n", "5 entries"),
        ("coordinate real general\n2 2 1\n1 3 1\n", "from 1 to 2"),
        ("coordinate real general\n2 2 1\n0 1 1\n", "from 1 to 2"),
        ("coordinate real general\n2 2 1\n1 2\n", "no finite weight"),
        ("coordinate pattern general\n2 2 1\n1 2 1\n", "too many"),
        ("coordinate real\n", "five words"),
        ("coordinate real general\n", "nothing follows"),
        (
            "coordinate real general\n9999999999999999999999 1 1\n",
            "three numbers",
        ),
    ] {
        assert!(of(rest).contains(word), "{rest}: {}", of(rest));
    }
    // So many nodes need more memory than there is, whatever the file's length.
    let claim = read("%%MatrixMarket matrix coordinate pattern general\n4000000000 4000000000 1\n1 2\n");
    assert!(matches!(claim, Err(Error::TooLarge { .. })));
}

#[test]
fn metis_has_each_edge_twice() {
    let (graph, format) = read("% a path and a node alone\n4 2\n2\n1 3\n2\n\n").unwrap();
    assert_eq!(
        (format, graph.nodes.rows(), row(&graph, 1)),
        (GraphFormat::Metis, 4, vec![(0, 1.0), (2, 1.0)])
    );
    let weighed = good("3 2 011 1\n5 2 7\n6 1 7 3 8\n9 2 8\n");
    assert_eq!(row(&weighed, 1), [(0, 7.0), (2, 8.0)]);
    for (text, word) in [
        ("2 1\n2\n2\n", "own neighbour"),
        ("3 2\n2 3\n1\n2\n", "does not stand at both"),
        ("2 1\n3\n1\n", "no node"),
    ] {
        assert!(fault(text).contains(word), "{text:?}: {}", fault(text));
    }
    // What a file is called after is read as that, and not as a list of edges where it is broken.
    let of_name = |name: &str| {
        graph_bytes(name, b"4 2\n2\n1 3\n2\n", &GraphOptions::default(), &Run::new(0))
            .map(|own| own.0.nodes.rows())
    };
    let said = of_name("a.metis").unwrap_err().to_string();
    assert!(said.contains("it says 4 nodes, and there are 3 lines"), "{said}");
    assert!(of_name("a.gml").is_err() && of_name("a.mtx.gz").is_err());
    assert!(of_name("a.graph").unwrap_err().to_string().contains("METIS"));
    assert!(of_name("a.txt").unwrap_err().to_string().contains("edge list"));
    // As many numbers as an edge list has; a first line of its kind decides.
    assert_eq!(read("1 2\n2 3\n3 1\n").unwrap().1, GraphFormat::Edges);
}

#[test]
fn the_graphs_of_newman_are_read() {
    let Some(folder) = shared("graphs") else { return };
    for (name, nodes, edges, classes) in [
        ("karate.gml", 34, 78, 0),
        ("dolphins.gml", 62, 159, 0),
        ("football.gml", 115, 613, 12),
        ("lesmis.gml", 77, 254, 0),
        ("polbooks.gml", 105, 441, 3),
        ("polblogs.gml.gz", 1224, 16715, 2),
    ] {
        let (graph, _) = graph(&folder.join(name), &GraphOptions::default(), &Run::new(0)).unwrap();
        let once = (0..nodes)
            .map(|i| graph.edges.row(i).filter(|(j, _)| *j > i).count())
            .sum::<usize>();
        let known = graph
            .nodes
            .target
            .as_ref()
            .map_or(0, |target| target.classes.len());
        assert_eq!(
            (graph.nodes.rows(), once, known),
            (nodes, edges, classes),
            "{name}"
        );
    }
}

/// A path of the data that are not ours to give away, if they are there.
fn shared(name: &str) -> Option<std::path::PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    path.exists().then_some(path)
}

fn write(format: GraphFormat, n: usize, edges: &[(u32, u32, u32)]) -> Vec<u8> {
    if format == GraphFormat::Npz {
        return npz::of_edges(n, edges);
    }
    let lines = |make: &dyn Fn(&(u32, u32, u32)) -> String| edges.iter().map(make).collect::<String>();
    let text = match format {
        GraphFormat::Edges => {
            let loops: String = (0..n).map(|i| format!("{i} {i} 1\n")).collect();
            loops + &lines(&|(i, j, w)| format!("{i}\t{j}\t{w}\n"))
        }
        GraphFormat::Gml => {
            let nodes: String = (0..n).map(|i| format!(" node [ id {i} ]\n")).collect();
            format!(
                "graph [\n{nodes}{} ]\n",
                lines(&|(i, j, w)| format!(" edge [ source {i} target {j} weight {w} ]\n"))
            )
        }
        GraphFormat::MatrixMarket => {
            let head = format!(
                "%%MatrixMarket matrix coordinate integer symmetric\n{n} {n} {}\n",
                edges.len()
            );
            head + &lines(&|(i, j, w)| format!("{} {} {w}\n", j + 1, i + 1))
        }
        GraphFormat::Metis => {
            let of = |i: u32| {
                let ends = edges.iter().filter_map(move |&(a, b, w)| match i {
                    _ if i == a => Some((b, w)),
                    _ if i == b => Some((a, w)),
                    _ => None,
                });
                ends.map(|(j, w)| format!("{} {w} ", j + 1)).collect::<String>() + "\n"
            };
            format!("{n} {} 1\n", edges.len()) + &(0..n as u32).map(of).collect::<String>()
        }
        _ => {
            let nodes: String = (0..n).map(|i| format!("<node id=\"{i}\"/>\n")).collect();
            let edge = |(i, j, w): &(u32, u32, u32)| {
                format!("<edge source=\"{i}\" target=\"{j}\"><data key=\"w\">{w}</data></edge>\n")
            };
            format!(
                "<?xml version=\"1.0\"?><graphml><key id=\"w\" for=\"edge\" attr.name=\"weight\" attr.type=\"int\"/>\
                 <graph edgedefault=\"undirected\">{nodes}{}</graph></graphml>",
                lines(&edge)
            )
        }
    };
    text.into_bytes()
}

#[test]
fn directions_are_kept_where_it_is_asked() {
    let both = "graph [ directed 1 node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ] edge [ source 1 target 0 ] ]";
    let one = "graph [ directed 1 node [ id 0 ] node [ id 1 ] edge [ source 1 target 0 weight 3 ] ]";
    let market = "%%MatrixMarket matrix coordinate integer general\n2 2 1\n2 1 3\n";
    for text in [one, market, "0 1 0\n1 0 3\n"] {
        let graph = directed(text.as_bytes());
        assert!(
            graph.directed && graph.edges.row(1).any(|own| own == (0, 3.0)),
            "{text}"
        );
        assert!(graph.edges.row(0).all(|own| own == (1, 0.0)), "{text}");
    }
    assert_eq!(row(&good(both), 0), [(1, 2.0)]);
    assert_eq!(
        (
            row(&directed(both.as_bytes()), 0),
            directed(both.as_bytes()).edge_count()
        ),
        (vec![(1, 1.0)], 2)
    );
    // What leads both ways does so.
    for text in [
        "graph [ node [ id 0 ] node [ id 1 ] edge [ source 0 target 1 ] ]",
        "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n",
        "%%MatrixMarket matrix coordinate pattern general\n2 2 2\n2 1\n1 2\n",
        "2 1\n2\n1\n",
    ] {
        let graph = directed(text.as_bytes());
        assert_eq!(
            (graph.directed, row(&graph, 0), row(&graph, 1)),
            (true, vec![(1, 1.0)], vec![(0, 1.0)]),
            "{text}"
        );
    }
    let unlike = good("%%MatrixMarket matrix coordinate integer general\n2 2 2\n2 1 3\n1 2 1\n");
    assert_eq!(row(&unlike, 0), [(1, 2.0)]);
    assert!(notes(&unlike).contains("the mean of both"), "{}", notes(&unlike));
}

#[test]
fn heads_name_columns_in_any_order() {
    let graph = good("year,dst,src,weight\n1990,b,\"a, the first\",0.5\n1991,c,b,2\n");
    assert_eq!(names(&graph), ["a, the first", "b", "c"]);
    assert_eq!(row(&graph, 1), [(0, 0.5), (2, 2.0)]);
    assert!(
        notes(&graph).contains("left out of the edges: `year`"),
        "{}",
        notes(&graph)
    );
    assert!(fault("src,dst,weight\na,b,\n").contains("line 2"));
    assert!(fault("src,dst\na,\n").contains("one node only"));
    assert_eq!(
        names(&good("New York\tLos Angeles\n")),
        ["New York", "Los Angeles"]
    );
}

proptest! {
    /// Entries of one place are added in their order, wherever they stand.
    #[test]
    fn entries_in_any_order_are_rows(entries in prop::collection::vec((0_u32..5, 0_u32..7, -4_i32..5), 0..40)) {
        let entries: Vec<(u32, u32, f64)> = entries.into_iter().map(|(i, j, x)| (i, j, f64::from(x) * 0.1)).collect();
        let rows = crate::linalg::Csr::from_entries(5, 7, entries.clone()).unwrap();
        for i in 0..5 {
            for j in 0..7 {
                let own: Vec<f64> = entries.iter().filter(|own| (own.0, own.1) == (i, j)).map(|own| own.2).collect();
                let sum = own.iter().copied().reduce(|a, b| a + b);
                prop_assert_eq!(rows.row(i as usize).find(|(k, _)| *k == j as usize).map(|(_, x)| x), sum);
            }
        }
    }

    /// What is written in any format is read as the same edges.
    #[test]
    fn every_format_says_the_same(n in 2_usize..20, all in prop::collection::btree_map((0_u32..20, 0_u32..20), 1_u32..9, 1..40)) {
        let edges: Vec<(u32, u32, u32)> = all
            .into_iter()
            .filter(|((i, j), _)| i < j && (*j as usize) < n)
            .map(|((i, j), w)| (i, j, w))
            .collect();
        for format in [
            GraphFormat::Edges,
            GraphFormat::Gml,
            GraphFormat::MatrixMarket,
            GraphFormat::Metis,
            GraphFormat::GraphMl,
            GraphFormat::Npz,
        ] {
            let (graph, told) = of_bytes(&write(format, n, &edges)).unwrap();
            prop_assert_eq!(told, format);
            prop_assert_eq!(graph.nodes.rows(), n);
            let found: Vec<(u32, u32, u32)> = (0..n)
                .flat_map(|i| row(&graph, i).into_iter().filter(move |(j, _)| *j > i).map(move |(j, w)| (i as u32, j as u32, w as u32)))
                .collect();
            prop_assert_eq!(found, edges.clone());
        }
    }

    /// Whatever it holds: a graph, or an error with a hint.
    #[test]
    fn no_text_is_a_surprise(text in "(graph|node|edge|id|source|target|weight|%%MatrixMarket matrix coordinate |real |general|symmetric|[0-9]{1,3}|1e999|nan|-1|\\[|\\]|\"|#|%|\\{|,|[ \n\té]){0,60}") {
        if let Err(error) = read(&text) {
            prop_assert!(error.hint().is_some(), "{}", error);
        }
    }
}
