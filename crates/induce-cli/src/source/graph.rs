//! Graphs: lists of edges, GML, GraphML, Matrix Market, METIS, NPZ, tables of edges and nodes.

use std::path::{Path, PathBuf};

use anyhow::Result;
use induce::Error;
use induce::core::metrics::{Score, Task};
use induce::core::model::{
    Data, DataKind, Fact, Graph, Inputs, Link, Links, Model, Predict as Predictor, Settings,
};
use induce::core::read::{self, GraphFormat, GraphOptions, NodeFiles};
use induce::core::words::{count, counted};
use induce::core::{Column, Table};
use induce::plot::Report;
use serde_json::{Map, Value};

use super::kind::{Input, Page, Source, file_name, refuse_rows};
use super::plain;
use crate::args::{self, Columns, Embed, Predict, Reading, Train};
use crate::beside::{beside, columns};
use crate::predicted;
use crate::require::{self, Condition};
use crate::session::{self, Session};

/// A graph, of whose nodes nothing is held out unless it is asked.
pub struct GraphSource;

/// The model of edges alone.
const PROPAGATION: &str = "label-propagation";

/// What `--input` says of a graph that could be a table too.
const INPUT: &str = "graph";

/// Whether a file holds a graph: said by `--input graph` or a flag of graphs, or told by the content, which a list of edges cannot be.
pub fn is_graph(path: &Path, reading: &Reading, session: &Session) -> Result<bool> {
    if let Some(input) = &reading.input {
        return Ok(input == INPUT);
    }
    if reading.of_graphs().iter().any(|own| own.1) {
        return Ok(true);
    }
    // What comes through a pipe can be read once.
    if path == Path::new("-") {
        return Ok(false);
    }
    Ok(read::graph_format(path, &session.run())?.is_some())
}

/// A remark on a table that may be meant as a list of edges.
pub fn doubt(path: &Path, reading: &Reading, session: &Session) -> Result<()> {
    if reading.input.is_none() && path != Path::new("-") && read::begins_as_edges(path)? {
        session.say(format!(
            "note: `{}` is read as a table of numbers; `--input graph` reads it as a list of edges",
            file_name(path)
        ));
    }
    Ok(())
}

/// What flags say of a graph.
pub fn options(reading: &Reading, columns: &Columns) -> GraphOptions {
    let none = |own: &[PathBuf]| own.iter().any(|path| path == Path::new("none"));
    GraphOptions {
        labels: columns.labels.clone(),
        target: columns.target.clone(),
        drop: columns.drop.clone(),
        header: match (reading.header, reading.no_header) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        },
        directed: reading.directed,
        nodes: match &reading.nodes[..] {
            [] => NodeFiles::Beside,
            all if none(all) => NodeFiles::Nowhere,
            all => NodeFiles::These(all.to_vec()),
        },
    }
}

/// A graph and its format; what was found out is said.
pub fn load(session: &Session, path: &Path, options: &GraphOptions) -> Result<(Graph, GraphFormat)> {
    let (graph, format) = read::graph(path, options, &session.run())?;
    let graphs = graph
        .collection
        .as_ref()
        .map(|own| counted(own.graphs.rows(), "graph") + ", ");
    session.say(format!(
        "read `{}`: {}, {}{}, {}",
        file_name(path),
        format.name(),
        graphs.unwrap_or_default(),
        counted(graph.nodes.rows(), "node"),
        counted(graph.edge_count(), "edge")
    ));
    graph
        .nodes
        .notes
        .iter()
        .for_each(|note| session.say(format!("note: {note}")));
    Ok((graph, format))
}

/// What the file says of its nodes, or of the graphs of a collection, known classes among it.
///
/// # Errors
/// If two columns have one name.
pub fn attributes(graph: &Graph) -> Result<Table> {
    let mut columns = graph.examples().table()?.columns().to_vec();
    if let Some(known) = &graph.examples().target {
        // NaN is no node of the first class.
        let own = |value: &f64| known.classes.get(*value as usize).filter(|_| !value.is_nan());
        let classes: Vec<Option<&str>> = known
            .values
            .iter()
            .map(|value| own(value).map(String::as_str))
            .collect();
        columns.push(match known.classes.is_empty() {
            true => Column::from_f64(known.name.clone(), known.values.clone()),
            false => Column::from_text(known.name.clone(), &classes),
        });
    }
    Ok(Table::new(columns)?)
}

fn input(session: &Session, path: &Path, options: &GraphOptions) -> Result<Input> {
    let (graph, format) = load(session, path, options)?;
    let data = Data::Graph(graph);
    let mut facts: Vec<Fact> = vec![("format", format.name().into())];
    facts.extend(data.describe());
    Ok(Input {
        reading: Map::new(),
        name: path.display().to_string(),
        data,
        facts,
    })
}

/// Divide the nodes as the data say, unless something else is asked for.
fn divide(session: &Session, graph: &mut Graph, args: &Train, settings: &Settings) -> Result<()> {
    /// Nodes to choose by and to test (Kipf & Welling 2017).
    const OTHERS: [usize; 2] = [500, 1_000];
    let per_class = settings.values["labels_per_class"].as_u64().unwrap_or(0) as usize;
    let given = graph.split.take_if(|_| per_class > 0 || args.holdout.is_some());
    if given.is_some() {
        let flag = if per_class > 0 {
            "labels_per_class"
        } else {
            "--holdout"
        };
        session.say(format!("note: the split of the data is not used ({flag})"));
    }
    if per_class > 0 {
        let [valid, test] = OTHERS;
        let (split, short) = graph.draw_split(per_class, valid, test, &session.run())?;
        short.iter().for_each(|note| session.say(format!("note: {note}")));
        session.say(format!("split: {}, drawn (--seed)", split.said(graph.example())));
        graph.split = Some(split);
    } else if let Some(split) = &graph.split {
        let test = match split.test.is_empty() {
            true => "; it names none to test: some are held out",
            false => "",
        };
        session.say(format!(
            "split: {}, as the data say (--holdout draws another){test}",
            split.said(graph.example())
        ));
    }
    Ok(())
}

/// Whether a model was taught by another division of its data than the data say.
fn divided_anew(model: &dyn Model, card: &Value) -> bool {
    let drawn = model.settings()["labels_per_class"].as_u64().unwrap_or(0) > 0;
    drawn || card["metrics"].get("holdout").is_some()
}

/// The graph with the classes of those nodes only that the data say are for tests.
fn tested(session: &Session, mut graph: Graph, divided_anew: bool) -> Graph {
    if graph.split.take_if(|_| divided_anew).is_some() {
        session.say(
            "note: the model was taught by another split than the data say: theirs is not used, for what it tests by may have taught the model",
        );
    }
    let Some(split) = graph.split.as_ref().filter(|split| !split.test.is_empty()) else {
        session.say(format!(
            "note: every {} whose class is known counts, those that taught the model too, if they are among these: the metrics of `train` do not flatter",
            graph.example()
        ));
        return graph;
    };
    session.say(format!(
        "note: judged by the {} that the data say are for tests",
        counted(split.test.len(), graph.example())
    ));
    graph.knowing(split.test.iter().map(|&i| i as usize).collect::<Vec<_>>())
}

/// For a model that learns no classes of graphs, only nodes.
fn of_nodes(mut input: Input) -> Input {
    if let Data::Graph(graph) = &mut input.data {
        graph.collection = None;
    }
    input
}

/// That `--target` is of a model that learns from it, and `--labels` of one that does not.
fn check_classes(columns: &Columns, settings: &Settings) -> Result<()> {
    let (name, learns) = (settings.entry.info.name, settings.entry.needs_target());
    let (flag, other, column) = match (&columns.target, &columns.labels) {
        (Some(column), _) if !learns => ("--target", "--labels", column),
        (_, Some(column)) if learns => ("--labels", "--target", column),
        _ => return Ok(()),
    };
    let what = match learns {
        true => format!("`{flag} {column}` is held against clusters, and `{name}` learns a target"),
        false => format!("`{flag} {column}` is learnt from, and `{name}` learns from no target"),
    };
    Err(Error::data(what, format!("write `{other} {column}`")).into())
}

/// That what is held out are classes: `vgae` holds out edges, which its settings say, and `labels_per_class` says what is to test.
fn check_holdout(args: &Train, settings: &Settings) -> Result<()> {
    let Some(share) = args.holdout else { return Ok(()) };
    let (name, values) = (settings.entry.info.name, &settings.values);
    if values.get("test_fraction").is_some() {
        return Err(Error::data(
            format!("`--holdout {share}` holds out classes, and `{name}` learns edges"),
            format!("`--set test_fraction={share}` holds out edges"),
        )
        .into());
    }
    match values["labels_per_class"].as_u64().unwrap_or(0) {
        0 => Ok(()),
        n => Err(Error::data(
            format!("`labels_per_class={n}` divides the nodes, and `--holdout {share}` does"),
            "leave one of them out",
        )
        .into()),
    }
}

impl Source for GraphSource {
    fn check(&self, reading: &Reading, columns: &Columns, others: &[(&'static str, bool)]) -> Result<()> {
        let reading = Reading {
            input: reading.input.clone().filter(|input| input != INPUT),
            directed: false,
            nodes: Vec::new(),
            header: false,
            no_header: false,
            ..reading.clone()
        };
        let columns = Columns {
            labels: None,
            target: None,
            drop: Vec::new(),
            ..columns.clone()
        };
        refuse_rows(DataKind::Graph, &reading, &columns, others)
    }

    fn conditions(&self, texts: &[String]) -> Result<Vec<Condition>> {
        require::of_tasks(texts)
    }

    fn read(&self, session: &Session, args: &Train, settings: &Settings) -> Result<Input> {
        check_classes(&args.columns, settings)?;
        check_holdout(args, settings)?;
        let options = options(&args.source.reading, &args.columns);
        let mut input = input(session, &args.source.data, &options)?;
        if let Data::Graph(graph) = &mut input.data {
            match settings.entry.needs_target() {
                true => divide(session, graph, args, settings)?,
                false => graph.collection = None,
            }
            input.facts.retain(|(name, _)| *name == "format");
            input.facts.extend(input.data.describe());
        }
        Ok(input)
    }

    fn beside(&self, session: &Session, args: &Train, own: &Data, path: &Path) -> Result<Data> {
        let other = load(session, path, &options(&args.source.reading, &args.columns))?.0;
        if own.held_out_name() == "test" {
            session.say(format!(
                "note: `{}` judges the model (--valid): what the data say is for tests is not used",
                file_name(path)
            ));
        }
        let classes = own
            .graph()?
            .examples()
            .target
            .as_ref()
            .map(|target| &target.classes[..]);
        Ok(Data::Graph(match classes {
            Some(classes) => other.known_as(classes)?,
            None => other,
        }))
    }

    /// What is learnt without a target needs nothing held out.
    fn holdout(&self, settings: &Settings) -> f64 {
        if settings.entry.needs_target() { 0.2 } else { 0.0 }
    }

    fn announce(&self, session: &Session, train: &Data, held_out: Option<&Data>) {
        let known = |data: &Data| data.graph().and_then(Graph::known).map_or(0, |own| own.len());
        if let (Some(held_out), "holdout") = (held_out, train.held_out_name()) {
            let chosen = train.choosing().as_ref().map_or(0, known);
            let choosing = match chosen {
                0 => String::new(),
                n => format!(", of {} to choose the weights by", count(n)),
            };
            session.say(format!(
                "split: the classes of {} to learn from{choosing}, of {} held out at random (--holdout, --set labels_per_class=20)",
                counted(known(train) - chosen, train.graph().map_or("node", Graph::example)),
                count(known(held_out))
            ));
        }
    }

    /// What edges say alone, and what features say alone.
    fn rivals(
        &self,
        session: &Session,
        args: &Train,
        settings: &Settings,
        (train, judged): (&Data, &Data),
    ) -> Result<Vec<(String, Vec<Score>)>> {
        let (mut rivals, own) = (Vec::new(), settings.entry.info.name);
        let mut beside = |name: String, rival: Settings| -> Result<()> {
            let mut run = session.run();
            if let Some(time) = &args.time {
                run = run.with_time(session::time_to(time, "learn")?);
            }
            let fitted = rival.fit(train, &mut run)?;
            rivals.push((name, fitted.model.evaluate(judged, &mut run)?.scores));
            Ok(())
        };
        let of_nodes = train.graph()?.collection.is_none();
        if own != PROPAGATION && of_nodes && settings.entry.needs_target() {
            beside(format!("`-m {PROPAGATION}`"), induce::settings(PROPAGATION)?)?;
        }
        let features = train.describe().into_iter().find(|fact| fact.0 == "features");
        let seen = features.is_some_and(|fact| fact.1 != 0);
        if seen
            && settings.values["filter"]
                .as_str()
                .is_some_and(|filter| filter != "identity")
        {
            let mut alone = settings.clone();
            alone.values["filter"] = "identity".into();
            beside("the same without edges (`filter=identity`)".into(), alone)?;
        }
        Ok(rivals)
    }

    fn watches(&self, _: &Settings, _: &Train) -> bool {
        true
    }

    fn given(
        &self,
        session: &Session,
        on: &args::Source,
        columns: &Columns,
        model: &dyn Model,
        card: &Value,
    ) -> Result<Input> {
        self.check(&on.reading, columns, &[])?;
        let mut options = options(&on.reading, columns);
        let Some(known) = model.predictor().filter(|_| model.entry().needs_target()) else {
            if model.linker().is_some() {
                session.say("note: every edge counts, those that taught the model too, if they are among these: the metrics of `test` in training do not flatter");
            }
            return Ok(of_nodes(input(session, &on.data, &options)?));
        };
        if options.target.is_none() {
            options.target.clone_from(&known.schema().target);
        }
        let mut input = input(session, &on.data, &options)?;
        if let Data::Graph(graph) = input.data {
            let graph = graph.known_as(&known.schema().classes)?;
            input.data = Data::Graph(tested(session, graph, divided_anew(model, card)));
        }
        Ok(input)
    }

    /// A row for each node or graph, which is called by its name.
    fn embedding(&self, session: &Session, args: &Embed, model: &dyn Model) -> Result<Option<Vec<Column>>> {
        let Some(transformer) = model.transformer() else {
            return Ok(None);
        };
        let (mut graph, _) = load(
            session,
            &args.on.source.data,
            &options(&args.on.source.reading, &Columns::default()),
        )?;
        graph.collection.take_if(|_| !model.entry().needs_target());
        let placed = transformer.transform(Inputs::Graph(&graph), session.run().threads())?;
        let others = args.keep.iter().filter(|name| *name != graph.example()).cloned();
        let kept: Vec<String> = std::iter::once(graph.example().to_owned())
            .chain(others)
            .collect();
        Ok(Some(beside(&kept, &attributes(&graph)?, columns(&placed))?))
    }

    /// A cluster or a class for each node, or a class for each graph.
    fn predictions(&self, session: &Session, args: &Predict, model: &dyn Predictor) -> Result<Option<Table>> {
        if args.top.is_some() {
            return Err(Error::data(
                format!(
                    "`--top` lists items or edges, and `{}` says classes",
                    model.name()
                ),
                "leave it out; `-m vgae` says which nodes are likely to be joined",
            )
            .into());
        }
        let (mut graph, _) = load(
            session,
            &args.on.source.data,
            &options(&args.on.source.reading, &Columns::default()),
        )?;
        graph.collection.take_if(|_| model.task() == Task::Clustering);
        let table = attributes(&graph)?;
        let mut columns = vec![table.column(graph.example())?.clone()];
        for name in args.keep.iter().filter(|name| *name != graph.example()) {
            columns.push(table.column(name)?.clone());
        }
        let inputs = Inputs::Graph(&graph);
        model
            .remarks(inputs)?
            .into_iter()
            .for_each(|line| session.say(line));
        columns.extend(predicted::columns(args, model, inputs, session.run().threads())?);
        session.say(format!(
            "predicted {}",
            counted(graph.examples().rows(), graph.example())
        ));
        Ok(Some(Table::new(columns)?))
    }

    /// The likeliest new edges of every node.
    fn links(&self, session: &Session, args: &Predict, model: &dyn Links) -> Result<Table> {
        /// Edges of each node, where nobody says how many.
        const TOP: usize = 10;
        if args.top == Some(0) {
            return Err(Error::setting("--top", 0, "there must be at least 1").into());
        }
        let options = options(&args.on.source.reading, &Columns::default());
        let (graph, _) = load(session, &args.on.source.data, &options)?;
        let names = graph.names();
        model.remarks(&graph).iter().for_each(|line| session.say(line));
        let links = model.links(&graph, args.top.unwrap_or(TOP), session.run().threads())?;
        let name = |i: u32| Some(names[i as usize].as_str());
        let column = |title: &str, of: &dyn Fn(&Link) -> u32| {
            Column::from_text(
                title,
                &links.iter().map(|link| name(of(link))).collect::<Vec<_>>(),
            )
        };
        session.say(format!(
            "the likeliest new edges of {} (--top)",
            counted(names.len(), "node")
        ));
        Ok(Table::new(vec![
            column("node", &|link| link.node),
            column("other", &|link| link.other),
            Column::from_f64("probability", links.iter().map(|link| link.probability).collect()),
        ])?)
    }

    fn page(&self, session: &Session, page: &Page) -> Result<Report> {
        plain::page(session, page)
    }
}
