//! Files that belong together: edges, nodes, features.

use std::path::{Path, PathBuf};

use super::nodes::{GraphOptions, NodeFiles};
use crate::{Error, Result};

/// What a file is about, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Edges,
    Nodes,
    Features,
    Graphs,
}

/// Words in names of files.
const WORDS: [(&str, Role); 9] = [
    ("edges", Role::Edges),
    ("edgelist", Role::Edges),
    ("edge_list", Role::Edges),
    ("links", Role::Edges),
    ("nodes", Role::Nodes),
    ("vertices", Role::Nodes),
    ("features", Role::Features),
    ("feats", Role::Features),
    ("graphs", Role::Graphs),
];

/// The files of a graph.
pub(super) struct Files {
    /// That of the edges.
    pub(super) edges: PathBuf,
    /// Those with a row for each node.
    pub(super) nodes: Vec<PathBuf>,
    /// What was found, in sentences.
    pub(super) notes: Vec<String>,
}

/// The role that a name has, and what is around the word, but for the endings: names that belong together have it in common.
fn role(path: &Path) -> Option<(Role, String)> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    let bounded = |at: usize, word: &str| {
        let (before, after) = (&name[..at], &name[at + word.len()..]);
        let open = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        open(before.chars().next_back()) && open(after.chars().next())
    };
    WORDS.iter().find_map(|(word, role)| {
        let at = name.rfind(word).filter(|&at| bounded(at, word))?;
        let after = name[at + word.len()..].split('.').next().unwrap_or_default();
        Some((*role, format!("{}*{after}", &name[..at])))
    })
}

/// Whether a file is called after graphs.
pub(super) fn is_of_graphs(path: &Path) -> bool {
    role(path).is_some_and(|own| own.0 == Role::Graphs)
}

/// Whether a folder holds edges, or a file is called after edges or nodes and has the other beside it.
pub(super) fn are_together(path: &Path) -> bool {
    if path.is_dir() {
        return listed(path)
            .iter()
            .any(|own| role(own).is_some_and(|own| own.0 == Role::Edges));
    }
    let Some((own, stem)) = role(path) else {
        return false;
    };
    let other = |wanted| !siblings(path, wanted, &stem).is_empty();
    match own {
        Role::Edges => other(Role::Nodes) || other(Role::Features),
        Role::Nodes | Role::Features | Role::Graphs => other(Role::Edges),
    }
}

/// The files of the graph at `path`: a folder, a file of edges, or one of nodes.
///
/// # Errors
/// If a folder has no file of edges, or several; if a file is called after nodes and there are no edges beside it.
pub(super) fn files(path: &Path, options: &GraphOptions) -> Result<Files> {
    let mut notes = Vec::new();
    if path.is_dir() {
        let edges = only(path, &of_role(&listed(path), Role::Edges, None))?;
        let (_, stem) = role(&edges).unwrap_or((Role::Edges, String::new()));
        return Ok(Files {
            nodes: nodes(&edges, &stem, options, &mut notes),
            edges,
            notes,
        });
    }
    let Some((own, stem)) = role(path).filter(|_| path != Path::new("-")) else {
        return Ok(Files {
            edges: path.to_owned(),
            nodes: given(options),
            notes,
        });
    };
    let edges = match own {
        Role::Edges => path.to_owned(),
        _ if options.nodes != NodeFiles::Beside => path.to_owned(),
        _ => {
            let edges = siblings(path, Role::Edges, &stem);
            let edges = edges.first().ok_or_else(|| {
                Error::data(
                    format!("`{}` is called after nodes, and no list of edges is beside it", path.display()),
                    "give the file of the edges, with `--nodes FILE` for this one; `--nodes none` reads it as edges",
                )
            })?;
            notes.push(format!(
                "edges are read from `{}`, which lies beside it",
                name(edges)
            ));
            edges.clone()
        }
    };
    Ok(Files {
        nodes: nodes(&edges, &stem, options, &mut notes),
        edges,
        notes,
    })
}

fn given(options: &GraphOptions) -> Vec<PathBuf> {
    match &options.nodes {
        NodeFiles::These(all) => all.clone(),
        NodeFiles::Beside | NodeFiles::Nowhere => Vec::new(),
    }
}

/// Those that are asked for, or that lie beside the edges.
fn nodes(edges: &Path, stem: &str, options: &GraphOptions, notes: &mut Vec<String>) -> Vec<PathBuf> {
    if options.nodes != NodeFiles::Beside {
        return given(options);
    }
    let found: Vec<PathBuf> = [Role::Nodes, Role::Features, Role::Graphs]
        .into_iter()
        .filter_map(|wanted| siblings(edges, wanted, stem).into_iter().next())
        .collect();
    if !found.is_empty() {
        let all: Vec<String> = found.iter().map(|own| format!("`{}`", name(own))).collect();
        notes.push(format!(
            "nodes are read from {}, beside the edges (--nodes none leaves them out)",
            all.join(" and ")
        ));
    }
    found
}

fn siblings(path: &Path, wanted: Role, stem: &str) -> Vec<PathBuf> {
    let folder = path
        .parent()
        .filter(|own| !own.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    of_role(&listed(folder), wanted, Some(stem))
}

fn of_role(files: &[PathBuf], wanted: Role, stem: Option<&str>) -> Vec<PathBuf> {
    let fits = |own: &&PathBuf| {
        role(own).is_some_and(|(role, around)| role == wanted && stem.is_none_or(|stem| around == stem))
    };
    files.iter().filter(fits).cloned().collect()
}

/// Files of a folder, by their names; none if it cannot be read.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries
        .map(|own| own.path())
        .filter(|own| own.is_file())
        .collect();
    all.sort();
    all
}

fn only(folder: &Path, found: &[PathBuf]) -> Result<PathBuf> {
    let names: Vec<String> = found.iter().map(|own| format!("`{}`", name(own))).collect();
    let (what, hint) = match found {
        [one] => return Ok(one.clone()),
        [] => (
            "holds no list of edges".to_owned(),
            "call it `edges.csv`, and `nodes.csv` and `features.svm` what is known of the nodes",
        ),
        _ => (
            format!("holds several lists of edges: {}", names.join(", ")),
            "give the file of one of them",
        ),
    };
    Err(Error::data(
        format!("the folder `{}` {what}", folder.display()),
        hint,
    ))
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("data")
}
