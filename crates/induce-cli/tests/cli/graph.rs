//! Graphs in every format, and rows of any shape, divided by their spectrum.

use serde_json::Value;

use crate::house::House;

/// Two rings of five nodes that an edge joins, in each format.
fn with_graphs() -> House {
    let house = House::new();
    let ring = |c: usize| (0..5).map(move |i| (5 * c + i, 5 * c + (i + 1) % 5));
    let edges: Vec<(usize, usize)> = (0..2).flat_map(ring).chain([(0, 5)]).collect();
    let lines = |f: &dyn Fn(usize, usize) -> String| edges.iter().map(|&(i, j)| f(i, j)).collect::<String>();
    house.write("list.txt", lines(&|i, j| format!("{i} {j}\n")).as_bytes());
    let nodes: String = (0..10)
        .map(|i| format!("node [ id {i} label \"n{i}\" club \"c{}\" ]\n", i / 5))
        .collect();
    let gml = format!(
        "graph [\n{nodes}{}]\n",
        lines(&|i, j| format!("edge [ source {i} target {j} ]\n"))
    );
    house.write("rings.gml", gml.as_bytes());
    let market = format!(
        "%%MatrixMarket matrix coordinate pattern symmetric\n10 10 11\n{}",
        lines(&|i, j| format!("{} {}\n", i.max(j) + 1, i.min(j) + 1))
    );
    house.write("rings.mtx", market.as_bytes());
    let neighbours = |k: usize| {
        let of = |&(i, j): &(usize, usize)| {
            if i == k {
                Some(j)
            } else if j == k {
                Some(i)
            } else {
                None
            }
        };
        edges
            .iter()
            .filter_map(of)
            .map(|j| format!("{} ", j + 1))
            .collect::<String>()
    };
    let metis = format!(
        "10 11\n{}",
        (0..10).map(|k| neighbours(k) + "\n").collect::<String>()
    );
    house.write("rings.graph", metis.as_bytes());
    house
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_format_is_divided_alike() {
    let house = with_graphs();
    for (file, more) in [
        ("list.txt", "--input graph"),
        ("rings.gml", ""),
        ("rings.mtx", ""),
        ("rings.graph", ""),
    ] {
        house.ok(&format!(
            "train {file} {more} -m spectral --set n_clusters=2 --out m.induce"
        ));
        let done = house.ok(&format!("predict m.induce {file} {more}"));
        let clusters: Vec<&str> = done
            .out
            .lines()
            .skip(1)
            .map(|line| line.rsplit(',').next().unwrap())
            .collect();
        // An edge list names its nodes in the order of its edges.
        assert_eq!(clusters.len(), 10, "{file}: {}", done.out);
        let first = clusters.iter().filter(|cluster| **cluster == clusters[0]).count();
        assert_eq!(first, 5, "{file}: {}", done.out);
    }
}

#[test]
fn known_classes_are_held_against_clusters() {
    let house = with_graphs();
    let done = house.ok("train rings.gml -m spectral --set n_clusters=2 --out m.induce --format json");
    let said = json(&done.out);
    let metrics = said["metrics"].to_string();
    assert!(
        metrics.contains("adjusted_rand") && metrics.contains("normalized_cut"),
        "{metrics}"
    );
    let done = house.ok("evaluate m.induce rings.gml --require adjusted_rand>=0.99");
    assert!(
        done.err
            .contains("`club` of the nodes is taken for known classes"),
        "{}",
        done.err
    );
    house.ok("evaluate m.induce rings.gml --labels club");
    house.ok("show m.induce");
    house.ok("report m.induce rings.gml --out page.html");
    assert!(house.read("page.html").len() > 10_000);
}

#[test]
fn a_graph_is_shown() {
    let house = with_graphs();
    let said = json(&house.ok("data show rings.mtx --format json").out);
    assert_eq!(
        (
            said["nodes"].as_u64(),
            said["edges"].as_u64(),
            said["components"].as_u64()
        ),
        (Some(10), Some(11), Some(1))
    );
    assert_eq!(said["neighbours_most"], 3);
    assert!(said["eigenvalues"].as_array().unwrap()[0].as_f64().unwrap().abs() < 1e-12);
    let plain = house.ok("data show list.txt --input graph");
    assert!(plain.out.contains("clusters by eigengap"), "{}", plain.out);
    // Without the word a list of edges is a table.
    assert!(
        house.ok("data show list.txt").out.contains("column"),
        "it is a table"
    );
}

#[test]
fn graphs_that_are_none_say_why() {
    let house = with_graphs();
    house.write(
        "broken.gml",
        b"graph [ node [ id 1 ] edge [ source 1 target 2 ] ]",
    );
    house.write("negative.txt", b"a b -1\nb c 2\n");
    for (line, word) in [
        ("train broken.gml -m spectral", "which is no node"),
        ("train negative.txt --input graph -m spectral", "at least 0"),
        ("train rings.gml -m spectral --set n_clusters=11", "only 10 nodes"),
        ("train rings.gml -m spectral --labels colour", "colour"),
        ("train rings.gml -m spectral --target x", "--target"),
        ("train rings.gml -m boost", "is a graph (GML), not a table"),
    ] {
        let said = house.fault(line);
        assert!(said.contains(word) && said.contains("hint"), "{line}: {said}");
    }
    house.ok("train rings.gml -m spectral --out m.induce");
    house.write("other.txt", b"x y\n");
    assert!(
        house
            .fault("predict m.induce other.txt --input graph")
            .contains("no edge to a node")
    );
}

#[test]
fn tables_of_nodes_and_directions() {
    let house = with_graphs();
    house.write("a.edges.csv", b"source,target\nx,y\ny,x\ny,z\n");
    house.write(
        "a.nodes.csv",
        b"id,kind,label,split\nz,1,u,test\ny,2,v,train\nx,2,v,train\nw,1,u,none\n",
    );
    let done = house.ok("data show a.edges.csv --format json");
    assert!(
        done.err.contains("`a.nodes.csv`, beside the edges"),
        "{}",
        done.err
    );
    let said = json(&done.out);
    assert_eq!(
        (said["nodes"].as_u64(), said["directed"].as_bool()),
        (Some(4), Some(false))
    );
    assert_eq!(
        (said["known_classes"]["u"].as_u64(), said["labels_known"].as_u64()),
        (Some(2), Some(4))
    );
    assert_eq!(
        (said["train"].as_u64(), said["nodes_without_edges"].as_u64()),
        (Some(2), Some(1))
    );
    assert_eq!(said["homophily"].as_f64(), Some(0.5));
    let said = json(
        &house
            .ok("data show a.edges.csv --directed --nodes a.nodes.csv --format json")
            .out,
    );
    assert_eq!(
        (said["edges"].as_u64(), said["directed"].as_bool()),
        (Some(3), Some(true))
    );
    assert_eq!(
        (said["components"].as_u64(), said["nodes_without_edges"].as_u64()),
        (Some(2), Some(1))
    );
    let said = json(&house.ok("data show a.edges.csv --nodes none --format json").out);
    assert_eq!(said["nodes"].as_u64(), Some(3));
    // It is a table for those who say so.
    assert!(
        house
            .ok("data show a.edges.csv --input csv")
            .out
            .contains("column")
    );
    for line in [
        "train a.nodes.csv -m boost --directed",
        "data convert a.nodes.csv b.csv --nodes none",
    ] {
        let said = house.fault(line);
        assert!(
            said.contains("about graph") && said.contains("hint"),
            "{line}: {said}"
        );
    }
}

#[test]
fn rows_are_divided_and_new_ones_join() {
    let house = House::new();
    house.table("moons.csv", "x,y,kind", 200, |i, a, b| {
        let (angle, up) = (a * std::f64::consts::PI, i % 2 == 0);
        let (x, y) = if up {
            (angle.cos(), angle.sin())
        } else {
            (1.0 - angle.cos(), 0.4 - angle.sin())
        };
        format!("{},{},{}", x + 0.05 * b, y, if up { "up" } else { "down" })
    });
    house.ok("train moons.csv -m spectral --set n_clusters=2 --labels kind --holdout 0 --out m.induce");
    house.ok("evaluate m.induce moons.csv --labels kind --require adjusted_rand>=0.99");
    house.write("new.csv", b"x,y\n0,1.02\n1,-0.6\n");
    let done = house.ok("predict m.induce new.csv --proba");
    let rows: Vec<&str> = done.out.lines().collect();
    assert!(
        rows.len() == 3 && rows[1].split(',').next() != rows[2].split(',').next(),
        "{}",
        done.out
    );
}

/// `--new` and `--density` were passed over for graphs, as if they had been answered.
#[test]
fn what_a_graph_cannot_answer_is_refused() {
    let house = with_graphs();
    house.ok("train rings.gml -m spectral -o m.induce");
    let new = house.fault("predict m.induce rings.gml --new");
    assert!(new.contains("makes no new clusters"), "{new}");
    let density = house.fault("predict m.induce rings.gml --density");
    assert!(density.contains("knows no density"), "{density}");
}

/// `embed` knew tables only, and sent who had divided a graph back to dividing it.
#[test]
fn nodes_are_placed() {
    let house = with_graphs();
    house.ok("train rings.gml -m spectral -o g.induce");
    let placed = house.ok("embed g.induce rings.gml --keep club").out;
    let lines: Vec<&str> = placed.lines().collect();
    assert_eq!(
        (lines[0], lines.len()),
        ("node,club,eigenvector1,eigenvector2", 11)
    );
    assert!(lines[1].starts_with("n0,c0,"), "{}", lines[1]);
}

/// A table whose columns are called so is a list of edges to who made it, and was divided as rows without a word. Edges of weight 0
/// joined nothing, without one too.
#[test]
fn what_may_be_meant_otherwise_is_said() {
    let house = with_graphs();
    house.write("list.csv", b"source,target\n1,2\n2,3\n1,3\n3,4\n");
    let said = house.ok("train list.csv -m spectral -o m.induce").err;
    assert!(
        said.contains("`--input graph` reads it as a list of edges"),
        "{said}"
    );
    let said = house
        .ok("train list.csv --input graph -m spectral -o m.induce")
        .err;
    assert!(!said.contains("read as a table"), "{said}");
    house.write("zero.txt", b"a b 0\nb c 1\nc a 1\n");
    let said = house.ok("data show zero.txt --input graph").err;
    assert!(said.contains("1 edge of weight 0 left out"), "{said}");
    assert!(house.ok("models").out.contains("tables, graphs"));
}

/// Two communities of thirty nodes as tables of edges and nodes; every third node is to test, every fourth has no class.
fn with_communities() -> House {
    let house = House::new();
    let (mut edges, mut nodes) = ("source,target\n".to_owned(), "node,class,split,size\n".to_owned());
    for i in 0..60_usize {
        for step in [1, 2, 5] {
            let j = i / 30 * 30 + (i % 30 + step) % 30;
            edges += &format!("n{i},n{j}\n");
        }
        let class = if i % 4 == 3 { "" } else { ["left", "right"][i / 30] };
        let split = ["train", "valid", "test"][i % 3];
        nodes += &format!("n{i},{class},{split},{}\n", i / 30 * 10 + (i * 7) % 11);
    }
    edges += "n0,n30\n";
    house.write("net.edges.csv", edges.as_bytes());
    house.write("net.nodes.csv", nodes.as_bytes());
    house
}

/// The split of the data is used and said; metrics are those of nodes to choose by and to test; predictions have names.
#[test]
fn classes_of_nodes_are_learnt_as_the_data_are_divided() {
    let house = with_communities();
    for model in ["gcn", "chebnet", "label-propagation"] {
        let done = house.ok(&format!(
            "train net.edges.csv -m {model} -o m.induce --format json"
        ));
        assert!(done.err.contains("as the data say"), "{}", done.err);
        let said = json(&done.out);
        for split in ["valid", "test"] {
            let accuracy = said["metrics"][split]["accuracy"]["value"].as_f64().unwrap();
            assert!(accuracy > 0.8, "{model} {split}: {accuracy}");
        }
        let judged = house.ok("evaluate m.induce net.edges.csv --format json");
        let own = json(&judged.out)["metrics"]["test"]["accuracy"]["value"].clone();
        assert_eq!(own, said["metrics"]["test"]["accuracy"]["value"]);
        let done = house.ok("predict m.induce net.edges.csv --proba --keep size");
        assert!(
            done.out
                .starts_with("node,size,prediction,probability_left,probability_right\n"),
            "{}",
            done.out
        );
        assert_eq!(done.out.lines().count(), 61);
    }
    let done = house.ok("train net.edges.csv -m gcn -o m.induce --report page.html");
    assert!(
        done.err.contains("baselines: `-m label-propagation`: accuracy"),
        "{}",
        done.err
    );
    let page = String::from_utf8(std::fs::read(house.path("page.html")).unwrap()).unwrap();
    for title in ["Graph", "Confusion", "Filters", "Learning curve", "Baselines"] {
        assert!(page.contains(&format!(">{title}<")), "{title}");
    }
}

/// Labels per class are drawn by the seed, and take the place of a split; a fraction does too.
#[test]
fn other_divisions_are_drawn() {
    let house = with_communities();
    let train = |more: &str| house.ok(&format!("train net.edges.csv -m gcn -o m.induce {more}"));
    let done = train("--set labels_per_class=5");
    assert!(
        done.err
            .contains("the split of the data is not used (labels_per_class)"),
        "{}",
        done.err
    );
    assert!(
        done.err
            .contains("split: 10 nodes to learn from, 11 to choose the weights by, 24 to test, drawn")
    );
    let done = train("--holdout 0.4");
    assert!(
        done.err
            .contains("split: the classes of 27 nodes to learn from, of 18 held out"),
        "{}",
        done.err
    );
    assert!(done.out.contains("holdout"));
    // What the data have for tests taught this model: the metrics of those nodes flattered it.
    let done = house.ok("evaluate m.induce net.edges.csv --format json");
    assert!(
        done.err.contains("taught by another split than the data say"),
        "{}",
        done.err
    );
    assert!(
        done.err.contains("every node whose class is known counts"),
        "{}",
        done.err
    );
    house.write("unnamed.nodes.csv", b"node,kind\na,x\nb,y\n");
    house.write("unnamed.edges.csv", b"source,target\na,b\n");
    let said = house.fault("train unnamed.edges.csv -m gcn");
    assert!(said.contains("there are `kind`"), "{said}");
    let done = train("--drop size");
    assert!(
        done.err.contains("class") || done.err.contains("split"),
        "{}",
        done.err
    );
    // Parts without one to test.
    let nodes = String::from_utf8(std::fs::read(house.path("net.nodes.csv")).unwrap()).unwrap();
    house.write("some.nodes.csv", nodes.replace(",test,", ",,").as_bytes());
    house.write(
        "some.edges.csv",
        &std::fs::read(house.path("net.edges.csv")).unwrap(),
    );
    let done = house.ok("train some.edges.csv -m gcn -o m.induce");
    assert!(
        done.err.contains("it names none to test: some are held out"),
        "{}",
        done.err
    );
    house.write("net.nodes.csv", nodes.as_bytes());
    let said = house.fault("train net.edges.csv -m gcn --set labels_per_class=500 -o m.induce");
    assert!(said.contains("none is left to test"), "{}", said);
}

/// What filters of a spectrum cannot use is refused with a hint.
#[test]
fn what_graphs_cannot_be_is_said() {
    let house = with_communities();
    let said = house.fault("train net.edges.csv -m gcn --directed -o m.induce");
    assert!(said.contains("one way") && said.contains("hint:"), "{}", said);
    let said = house.fault("train net.edges.csv -m gcn --set neighbors=3 -o m.induce");
    assert!(said.contains("2 layers"), "{}", said);
    house.ok("train net.edges.csv -m gcn --set neighbors=3,3 -o m.induce");
    let said = house.fault("train net.edges.csv -m gcn --target size2 -o m.induce");
    assert!(said.contains("size2"), "{}", said);
    house.write("other.nodes.csv", b"node,class,size\na,left,1\nb,elsewhere,2\n");
    house.write("other.edges.csv", b"source,target\na,b\n");
    let said = house.fault("evaluate m.induce other.edges.csv");
    assert!(
        said.contains("`elsewhere`") && said.contains("left, right"),
        "{}",
        said
    );
    house.write("lone.txt", b"a b\n");
    let said = house.fault("train lone.txt -m gcn -o m2.induce");
    assert!(said.contains("target") || said.contains("class"), "{}", said);
}

/// What is held out is what is said: edges by `vgae`, whose rows of `train` had those in which test it; another file where one is given, which the
/// part of the data that chooses the weights hid.
#[test]
fn what_judges_is_what_is_said() {
    let house = with_communities();
    let fault = house.fault("train net.edges.csv -m vgae --holdout 0.3");
    assert!(fault.contains("--set test_fraction=0.3"), "{fault}");
    let fault = house.fault("train net.edges.csv -m gcn --holdout 0.3 --set labels_per_class=3");
    assert!(fault.contains("leave one of them out"), "{fault}");
    house.ok("train net.edges.csv -m vgae -o v.induce");
    let done = house.ok("evaluate v.induce net.edges.csv");
    assert!(done.err.contains("every edge counts"), "{}", done.err);
    house.write("lone.txt", b"a b 1\nc a -2\n");
    let fault = house.fault("train lone.txt --input graph -m spectral");
    assert!(fault.contains("between nodes `a` and `c`"), "{fault}");
    for name in ["nodes", "edges"] {
        let text = String::from_utf8(std::fs::read(house.path(&format!("net.{name}.csv"))).unwrap()).unwrap();
        let text = text
            .replace("left", "LEFT")
            .replace("right", "left")
            .replace("LEFT", "right");
        house.write(&format!("flip.{name}.csv"), text.as_bytes());
    }
    let done = house.ok("train net.edges.csv -m gcn --valid flip.edges.csv -o m.induce --format json");
    assert!(
        done.err.contains("`flip.edges.csv` judges the model"),
        "{}",
        done.err
    );
    let metrics = &json(&done.out)["metrics"];
    let accuracy = |split: &str| metrics[split]["accuracy"]["value"].as_f64().unwrap();
    assert!(accuracy("test") < 0.3 && accuracy("valid") > 0.8, "{metrics}");
    let many: String = (0..25).map(|i| format!("a{i} b{i}\n")).collect();
    house.write("many.txt", many.as_bytes());
    let shown = json(&house.ok("data show many.txt --input graph --format json").out);
    assert!(shown["clusters_by_eigengap"].is_null(), "{shown}");
}

/// Likely new edges by node, and where nodes are.
#[test]
fn new_edges_are_said() {
    let house = with_communities();
    let done = house.ok("train net.edges.csv -m vgae -o m.induce --format json");
    assert!(
        json(&done.out)["metrics"]["test"]["roc_auc"]["value"]
            .as_f64()
            .unwrap()
            > 0.6
    );
    let done = house.ok("predict m.induce net.edges.csv --top 2");
    assert!(
        done.out.starts_with("node,other,probability\nn0,"),
        "{}",
        done.out
    );
    assert_eq!(done.out.lines().count(), 121);
    let done = house.ok("embed m.induce net.edges.csv");
    assert!(done.out.starts_with("node,z0,"), "{}", done.out);
    let done = house.ok("evaluate m.induce net.edges.csv --format json");
    assert!(
        json(&done.out)["metrics"]["test"]["average_precision"]["value"]
            .as_f64()
            .unwrap()
            > 0.6
    );
}

/// Rings and stars, forty of them, as tables: nodes with the graph they are in, graphs with their class.
fn shapes() -> House {
    let house = House::new();
    let (mut edges, mut nodes, mut graphs) = (
        "source,target\n".to_owned(),
        "node,graph\n".to_owned(),
        "graph,shape\n".to_owned(),
    );
    let mut first = 0;
    for g in 0..40 {
        let (n, star) = (5 + g / 2 % 8, g % 2 == 1);
        for i in 0..n {
            let j = if star { 0 } else { (i + 1) % n };
            if i != j {
                edges += &format!("{},{}\n", first + i, first + j);
            }
            nodes += &format!("{},g{g}\n", first + i);
        }
        graphs += &format!("g{g},{}\n", if star { "star" } else { "ring" });
        first += n;
    }
    std::fs::create_dir(house.path("shapes")).unwrap();
    house.write("shapes/edges.csv", edges.as_bytes());
    house.write("shapes/nodes.csv", nodes.as_bytes());
    house.write("shapes/graphs.csv", graphs.as_bytes());
    house
}

/// A folder of tables is trained on, judged, predicted graph by graph and drawn.
#[test]
fn whole_graphs_are_classified() {
    let house = shapes();
    let done = house
        .ok("train shapes --target shape -m gin --set epochs=60 --format json --report r.html -o m.induce");
    let said = json(&done.out);
    assert_eq!(said["graphs"], 40, "{}", done.out);
    assert_eq!(
        said["metrics"]["holdout"]["accuracy"]["value"], 1.0,
        "{}",
        done.out
    );
    assert!(done.err.contains("40 graphs"), "{}", done.err);
    assert!(!done.err.contains("label-propagation"), "{}", done.err);
    let done = house.ok("predict m.induce shapes");
    let lines: Vec<&str> = done.out.lines().collect();
    assert!(lines[0].starts_with("graph,"), "{}", lines[0]);
    assert_eq!(lines.len(), 41);
    assert!(
        lines[1].starts_with("g0,ring") && lines[2].starts_with("g1,star"),
        "{}",
        done.out
    );
    let done = house.ok("embed m.induce shapes");
    assert_eq!(done.out.lines().count(), 41);
    let done = house.ok("evaluate m.induce shapes --format json");
    assert_eq!(json(&done.out)["metrics"]["test"]["accuracy"]["value"], 1.0);
    let done = house.ok("data show shapes");
    assert!(done.out.contains("graphs"), "{}", done.out);
    let error = house.fault("train shapes --target shape -m label-propagation");
    assert!(error.contains("40 graphs"), "{error}");
    // What learns no class divides nodes, whatever graph they are in.
    house.ok("train shapes -m spectral --set n_clusters=2 -o s.induce");
    let done = house.ok("predict s.induce shapes");
    assert!(done.out.lines().count() > 200);
}
