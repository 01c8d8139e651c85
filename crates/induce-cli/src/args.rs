//! What can be said on the command line.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use induce::core::synonyms;
use induce::deep::language::Precision;
use induce::formats::{self, FORMATS};
use induce::prob::information::Estimator;

/// From a table to a trained model that states its uncertainty.
#[derive(Debug, Parser)]
#[command(name = "induce", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Start with: induce train data.csv --target COLUMN --report report.html")]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
    /// What every verb understands
    #[command(flatten)]
    pub global: Global,
}

/// What every verb understands.
#[derive(Debug, Args, Clone)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Seed of every random choice
    #[arg(long, global = true, default_value_t = 0, env = "INDUCE_SEED")]
    pub seed: u64,
    /// Threads to use; never changes a result [default: all cores]
    #[arg(long, global = true, env = "INDUCE_THREADS")]
    pub threads: Option<usize>,
    /// What standard output looks like
    #[arg(long, global = true, value_enum, default_value_t = Format::Table, env = "INDUCE_FORMAT")]
    pub format: Format,
    /// A TOML file of options: `target = "y"`, `[set] rounds = 100`
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say less
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: the flags that pin every guess
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// No progress bar
    #[arg(long, global = true, env = "INDUCE_NO_PROGRESS", value_parser = clap::builder::FalseyValueParser::new())]
    pub no_progress: bool,
}

/// What standard output looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Table,
    /// One JSON object
    Json,
}

// Each argument names its heading: one named for the whole struct would go on to what follows it in a verb.

/// How to read a table.
#[derive(Debug, Args, Clone, Default)]
pub struct Reading {
    /// Field separator: comma, tab, semicolon, bar or a character [default: told from the content]
    #[arg(help_heading = "Reading", long, value_name = "CHAR")]
    pub delimiter: Option<String>,
    /// The first record holds the column names
    #[arg(help_heading = "Reading", long, conflicts_with = "no_header")]
    pub header: bool,
    /// The first record is data
    #[arg(help_heading = "Reading", long)]
    pub no_header: bool,
    /// A text that means "no value"; replaces the usual ones, may be repeated
    #[arg(help_heading = "Reading", long, value_name = "TEXT")]
    pub missing: Vec<String>,
    /// A column's type: number, boolean, category, date, text, or how it is written: decimal-point, decimal-comma, day-first, month-first; may be repeated
    #[arg(help_heading = "Reading", long = "type", value_name = "COL=KIND")]
    pub types: Vec<String>,
    /// The file format: csv jsonl parquet arrow npy npz libsvm idx, or graph for a list of edges [default: told from the content]
    #[arg(help_heading = "Reading", long, value_name = "FORMAT")]
    pub input: Option<String>,
    /// Keep the direction of a graph's edges, which are else taken both ways
    #[arg(help_heading = "Reading", hide_short_help = true, long)]
    pub directed: bool,
    /// A file with a row for each node of a graph: a table, or features in LIBSVM's format; may be repeated; `none` leaves out what lies beside the edges [default: `a.nodes.csv`, `a.features.svm` beside `a.edges.csv`]
    #[arg(help_heading = "Reading", hide_short_help = true, long, value_name = "FILE")]
    pub nodes: Vec<PathBuf>,
}

impl Reading {
    /// Flags that are about graphs, and whether they are given.
    pub fn of_graphs(&self) -> [(&'static str, bool); 2] {
        [("--directed", self.directed), ("--nodes", !self.nodes.is_empty())]
    }
}

/// A table, and how to read it.
#[derive(Debug, Args, Clone)]
pub struct Source {
    /// The table: a file, or - for standard input
    pub data: PathBuf,
    /// Reading
    #[command(flatten)]
    pub reading: Reading,
}

/// A model, and a table to apply it to; last in a verb, for help has columns before reading.
#[derive(Debug, Args)]
pub struct ModelOnTable {
    /// The model file
    pub model: PathBuf,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

impl ModelOnTable {
    /// The files that are read.
    pub fn files(&self) -> [Option<&Path>; 2] {
        [Some(&self.model), Some(&self.source.data)]
    }
}

/// Which columns play which part.
#[derive(Debug, Args, Clone, Default)]
pub struct Columns {
    /// The column to predict [default: `target`, `label`, `class` or `y`, else the last]
    #[arg(help_heading = "Columns", short, long, value_name = "COL")]
    pub target: Option<String>,
    /// The column of known classes that clusters are held against, and never learnt from
    #[arg(help_heading = "Columns", long, value_name = "COL")]
    pub labels: Option<String>,
    /// The column of row weights
    #[arg(help_heading = "Columns", long, value_name = "COL")]
    pub weight: Option<String>,
    /// The column whose equal values belong together: queries to rank, or rows never to be split
    #[arg(help_heading = "Columns", long, value_name = "COL")]
    pub group: Option<String>,
    /// Leave a column out; may be repeated
    #[arg(help_heading = "Columns", long, value_name = "COL")]
    pub drop: Vec<String>,
}

/// Which columns of ratings are users and items, and what is known of them; `-h` is long enough without.
#[derive(Debug, Args, Clone, Default)]
pub struct Ratings {
    /// The column that names the user of a rating [default: `user`, `user_id`, ...]
    #[arg(help_heading = "Columns", hide_short_help = true, long, value_name = "COL")]
    pub user: Option<String>,
    /// The column that names the item of a rating [default: `item`, `movie_id`, ...]
    #[arg(help_heading = "Columns", hide_short_help = true, long, value_name = "COL")]
    pub item: Option<String>,
    /// A table with a row per user, joined onto ratings by its column of that name, or its first
    #[arg(help_heading = "Columns", hide_short_help = true, long, value_name = "FILE")]
    pub users: Option<PathBuf>,
    /// The same of items
    #[arg(help_heading = "Columns", hide_short_help = true, long, value_name = "FILE")]
    pub items: Option<PathBuf>,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Fit a model to a table, judge it, save it
    Train(Box<Train>),
    /// Judge a model on a table or a text
    Evaluate(Evaluate),
    /// Predict the rows of a table
    Predict(Predict),
    /// Write where a model places rows: components, distances, topics
    Embed(Embed),
    /// Draw rows from a model of their density
    Sample(Sample),
    /// Show what a model file holds
    Show(Show),
    /// Say what moves a model's predictions
    Explain(Explain),
    /// Write the report page of a model on a table or a text
    Report(ReportPage),
    /// Write a model in another format
    Convert(Convert),
    /// Judge several models on the same folds
    Compare(Compare),
    /// Search a model's settings, then train with the best
    Tune(Tune),
    /// Divide models' errors into noise, bias and variance
    BiasVariance(BiasVariance),
    /// Rank columns by what they say of a target: mutual information
    Info(Info),
    /// Interpolate between the rows of a table
    Interpolate(Interpolate),
    /// Look at tables, divide them, translate them
    #[command(subcommand)]
    Data(Data),
    /// Make one picture of two that overlap
    Stitch(Stitch),
    /// Write a text with a language model
    Generate(Generate),
    /// List the models and their settings
    Models(Models),
    /// Say what this machine and build can do
    Doctor,
    /// Print a completion script
    Completions(Completions),
    /// Print manual pages, or write all of them
    Man(Man),
}

/// Fit a model to a table or a text, judge it, save it.
#[derive(Debug, Args)]
pub struct Train {
    /// The model
    #[arg(short, long, default_value = "boost")]
    pub model: String,
    /// A setting of the model; may be repeated (`induce models boost` lists them)
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// What to predict: regression, classification or ranking [default: told from the target]
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// Where to write the model [default: DATA's name with .induce.safetensors]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Fraction of the rows to judge the model on, of a text its tail; 0 is none [default: 0.2, of a text 0.1]
    #[arg(long, value_name = "FRACTION", conflicts_with_all = ["valid", "cv"])]
    pub holdout: Option<f64>,
    /// A table, or a text, to judge the model on
    #[arg(long, value_name = "FILE", conflicts_with = "cv")]
    pub valid: Option<PathBuf>,
    /// Judge by cross-validation in K folds, then fit on all rows
    #[arg(long, value_name = "K")]
    pub cv: Option<usize>,
    /// Write the report page
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Log every step as a line of JSON; with `--resume` the log goes on
    #[arg(long, value_name = "FILE.jsonl")]
    pub log: Option<PathBuf>,
    /// Log every step for TensorBoard, in a new file of this folder
    #[arg(long, value_name = "FOLDER")]
    pub tensorboard: Option<PathBuf>,
    /// Stop after this long, keeping the model: 90s, 10m, 2h
    #[arg(long, value_name = "TIME")]
    pub time: Option<String>,
    /// Refuse a fit that needs more memory: 500M, 4G
    #[arg(long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Time between two checkpoints; 0s is every round
    #[arg(long, value_name = "TIME", default_value = "30s")]
    pub checkpoint_every: String,
    /// Go on from the checkpoint of an interrupted run
    #[arg(long)]
    pub resume: bool,
    /// Grow on top of the trees of this boosted model; `--set rounds` then counts them too
    #[arg(long, value_name = "MODEL", conflicts_with = "cv")]
    pub from: Option<PathBuf>,
    /// Cut a text by this tokenizer instead of learning one: `tokenizer.json`
    #[arg(long, value_name = "FILE")]
    pub tokenizer: Option<PathBuf>,
    /// Fail with exit code 1 unless the metric is at least (at most) a value: `roc_auc>=0.8`, `rmse<=3`, `loss<=1.9`
    #[arg(long, value_name = "CONDITION")]
    pub require: Vec<String>,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// Users and items
    #[command(flatten)]
    pub ratings: Ratings,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

/// Judge several models on the same folds.
#[derive(Debug, Args)]
pub struct Compare {
    /// The models, with settings after a colon: `boost,forest:trees=300:max_depth=8` [default: boosting, a forest, a tree and the linear model of the task]
    #[arg(short, long, value_delimiter = ',', value_name = "MODEL,...")]
    pub models: Vec<String>,
    /// What to predict: regression, classification or ranking [default: told from the target]
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// Number of folds
    #[arg(long, value_name = "K", default_value_t = 5)]
    pub cv: usize,
    /// Write a chart: how far every model is behind the best
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

/// Search a model's settings, then train with the best.
#[derive(Debug, Args)]
pub struct Tune {
    /// The model
    #[arg(short, long, default_value = "boost")]
    pub model: String,
    /// A setting that is not to be searched; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// What to predict: regression, classification or ranking [default: told from the target]
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// How long to search: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", default_value = "5m")]
    pub time: String,
    /// Candidates to draw, at most: with this instead of time, the same seed finds the same settings
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub trials: usize,
    /// Where to write the model [default: DATA's name with .induce.safetensors]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Fraction of the rows that the search does not see and the model is judged on; 0 is none
    #[arg(long, value_name = "FRACTION", default_value_t = 0.2)]
    pub holdout: f64,
    /// Write a chart: the value of every trial in its order
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Write a report page of the model that was trained with the best
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

/// Divide models' errors into noise, bias and variance.
#[derive(Debug, Args)]
pub struct BiasVariance {
    /// The models, with settings after a colon: `tree:max_depth=2,forest,boost`
    #[arg(
        short,
        long,
        value_delimiter = ',',
        value_name = "MODEL,...",
        default_value = "tree,forest,boost"
    )]
    pub models: Vec<String>,
    /// What to predict: regression or classification [default: told from the target]
    #[arg(long, value_name = "TASK")]
    pub task: Option<String>,
    /// Training sets to fit every model to
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub resamples: usize,
    /// How training sets are drawn: pairs of disjoint halves, or bootstrap samples
    #[arg(long, value_enum, default_value_t = Resampling::Halves)]
    pub by: Resampling,
    /// Fraction of the rows to judge on
    #[arg(long, value_name = "FRACTION", default_value_t = 0.3)]
    pub holdout: f64,
    /// Write the chart
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

/// How training sets are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Resampling {
    /// Pairs of disjoint halves: independent, half as large
    Halves,
    /// With replacement: full size, much alike
    Bootstrap,
}

/// Rank columns by what they say of a target: mutual information.
#[derive(Debug, Args)]
pub struct Info {
    /// The column that others are to say something of [default: none: entropies, and all pairs]
    #[arg(help_heading = "Columns", short, long, value_name = "COL")]
    pub target: Option<String>,
    /// Only what is said beyond this column; may be repeated
    #[arg(help_heading = "Columns", long, value_name = "COL", requires = "target")]
    pub given: Vec<String>,
    /// Leave a column out; may be repeated
    #[arg(help_heading = "Columns", long, value_name = "COL")]
    pub drop: Vec<String>,
    /// What information is counted in
    #[arg(long, value_enum, default_value_t = Unit::Nats)]
    pub unit: Unit,
    /// Neighbours that estimates of numbers look at: more are steadier and see less detail
    #[arg(long, value_name = "K", default_value_t = 3)]
    pub neighbours: usize,
    /// How entropies of categories are estimated
    #[arg(long, value_name = "NAME", default_value = "miller-madow", value_parser = estimator())]
    pub estimator: String,
    /// Permutations of a test, where there is no formula; 0 leaves the p-values of numbers out
    #[arg(long, value_name = "N", default_value_t = 199)]
    pub permutations: usize,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

/// What information is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// Natural logarithms
    Nats,
    /// Logarithms to base 2
    Bits,
}

/// Reads the name of an estimator of entropies.
fn estimator() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(Estimator::ALL.map(|own| PossibleValue::new(own.name())))
}

/// Interpolate between the rows of a table.
#[derive(Debug, Args)]
pub struct Interpolate {
    /// The column of the nodes
    #[arg(help_heading = "Columns", short = 'x', long = "x", value_name = "COL")]
    pub x: String,
    /// The column of the values
    #[arg(help_heading = "Columns", short = 'y', long = "y", value_name = "COL")]
    pub y: String,
    /// Where: FROM:TO:COUNT, or a table with a column of the nodes' name [default: 101 values from the first to the last node]
    #[arg(long, value_name = "FILE|A:B:N", allow_hyphen_values = true)]
    pub at: Option<String>,
    /// What goes through the points
    #[arg(short = 'm', long = "method", value_enum, value_name = "HOW", default_value_t = Through::FloaterHormann)]
    pub through: Through,
    /// Degree of the polynomials that floater-hormann blends
    #[arg(long, value_name = "D", default_value_t = 3)]
    pub order: usize,
    /// Largest error of aaa at the points, as a part of the largest value
    #[arg(long, value_name = "PART", default_value_t = 1e-11)]
    pub tolerance: f64,
    /// Write the derivative too
    #[arg(long)]
    pub derivative: bool,
    /// Where to write the values: .csv .jsonl .parquet .arrow [default: standard output, CSV]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// The table
    #[command(flatten)]
    pub source: Source,
}

/// What goes through points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Through {
    /// The polynomial: for nodes that crowd at the ends
    Barycentric,
    /// A blend of polynomials of low degree, without poles: for any nodes
    FloaterHormann,
    /// A fitted rational function: for many points, and poles
    Aaa,
}

/// Judge a model on a table or a text.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// Fail with exit code 1 unless the metric is at least (at most) a value
    #[arg(long, value_name = "CONDITION")]
    pub require: Vec<String>,
    /// Samples of the latent variables of each image, for bounds of ln p(x) [default: 50]
    #[arg(long, value_name = "K")]
    pub samples: Option<usize>,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// The model and the table
    #[command(flatten)]
    pub on: ModelOnTable,
}

/// Predict the rows of a table.
#[derive(Debug, Args)]
pub struct Predict {
    /// The model and the table
    #[command(flatten)]
    pub on: ModelOnTable,
    /// Where to write the predictions: .csv .jsonl .parquet .arrow [default: standard output, CSV]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write this column of the table in front of the predictions; may be repeated
    #[arg(long, value_name = "COL")]
    pub keep: Vec<String>,
    /// Write the probability of every class too
    #[arg(long, conflicts_with = "margin")]
    pub proba: bool,
    /// Write quantiles of the target too: `0.05,0.5,0.95`
    #[arg(long, value_name = "P,...", value_delimiter = ',', conflicts_with = "margin")]
    pub quantiles: Vec<f64>,
    /// Write intervals of this coverage too: of the mean (or the probabilities), and of a new observation
    #[arg(long, value_name = "FRACTION", conflicts_with = "margin")]
    pub interval: Option<f64>,
    /// Write the scores before the link instead
    #[arg(long)]
    pub margin: bool,
    /// Write the N best items for each user of the table instead, without those rated in training; or the N likeliest new edges of each node
    #[arg(
        long,
        value_name = "N",
        conflicts_with_all = ["proba", "quantiles", "interval", "margin", "new", "density", "keep"]
    )]
    pub top: Option<usize>,
    /// Let rows that are far from all clusters make new ones
    #[arg(long)]
    pub new: bool,
    /// Write ln p(x) of every row or image too, in nats
    #[arg(long)]
    pub density: bool,
    /// Write the table instead, with something for what is missing of its rows, given the rest of each
    #[arg(
        long,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "mean",
        conflicts_with_all = ["proba", "quantiles", "interval", "margin", "new", "density", "keep"]
    )]
    pub impute: Option<Filling>,
}

/// What takes the place of missing values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Filling {
    /// The expectation, or the most probable category
    Mean,
    /// A draw: as many files as seeds for multiple imputation
    Draw,
}

/// Write where a model places the rows of a table.
#[derive(Debug, Args)]
pub struct Embed {
    /// The model and the table
    #[command(flatten)]
    pub on: ModelOnTable,
    /// Where to write the vectors: .csv .jsonl .parquet .arrow [default: standard output, CSV]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write this column of the table in front of the vectors; may be repeated
    #[arg(long, value_name = "COL")]
    pub keep: Vec<String>,
}

/// Draw rows from a model of their density.
#[derive(Debug, Args)]
pub struct Sample {
    /// The model file
    pub model: PathBuf,
    /// Instead: the first of these beside what the model makes of them
    #[arg(long, value_name = "DATA")]
    pub reconstruct: Option<PathBuf>,
    /// Instead: lines of latent variables between the first of these, two by two, eight steps each
    #[arg(long, value_name = "DATA", conflicts_with = "reconstruct")]
    pub interpolate: Option<PathBuf>,
    /// How many rows or images; with `--reconstruct` how many pairs, with `--interpolate` as many steps as whole lines have
    #[arg(short = 'n', long, value_name = "N", default_value_t = 100)]
    pub rows: usize,
    /// Where to write them: rows to .csv .jsonl .parquet .arrow [default: standard output, CSV], images to .png .jpg
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Show what a model file holds.
#[derive(Debug, Args)]
pub struct Show {
    /// The model file
    pub model: PathBuf,
    /// Print tree number T
    #[arg(long, value_name = "T")]
    pub tree: Option<usize>,
}

/// Say what moves a model's predictions.
#[derive(Debug, Args)]
pub struct Explain {
    /// Write the Shapley values of every row to a table
    #[arg(long, value_name = "FILE")]
    pub shap: Option<PathBuf>,
    /// Write the Shapley interaction values of every row to a table
    #[arg(long, value_name = "FILE")]
    pub interactions: Option<PathBuf>,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// The model and the table
    #[command(flatten)]
    pub on: ModelOnTable,
}

/// Write the report page of a model on a table or a text.
#[derive(Debug, Args)]
pub struct ReportPage {
    /// Where to write the page
    #[arg(short, long, value_name = "FILE.html", default_value = "report.html")]
    pub out: PathBuf,
    /// Columns
    #[command(flatten)]
    pub columns: Columns,
    /// The model and the table
    #[command(flatten)]
    pub on: ModelOnTable,
}

/// Write a model in another format.
#[derive(Debug, Args)]
pub struct Convert {
    /// The model: a file, or a folder of Hugging Face
    pub model: PathBuf,
    /// The format: the first four are of models of tables, the last three of language models [default: by the ending of PATH]
    #[arg(long, value_parser = format())]
    pub to: Option<String>,
    /// Where to write it
    #[arg(short, long, value_name = "PATH")]
    pub out: PathBuf,
    /// How the weights of a language model are kept [default: f32]
    #[arg(long, value_parser = precision())]
    pub precision: Option<Precision>,
    /// The tokenizer, where a language model has none: tokenizer.json, or .bin of llama2.c
    #[arg(long, value_name = "FILE")]
    pub tokenizer: Option<PathBuf>,
}

/// Reads how weights are kept.
fn precision() -> impl TypedValueParser<Value = Precision> {
    let known = Precision::ALL.map(|own| PossibleValue::new(own.name()).help(own.about()));
    PossibleValuesParser::new(known).try_map(|name| Precision::named(&name).ok_or("an unknown precision"))
}

/// Reads the name of a format.
fn format() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(FORMATS.iter().map(|format| {
        PossibleValue::new(format.name)
            .aliases(others(format.name))
            .help(format.about)
    }))
}

/// What else people call a format.
fn others(format: &str) -> Vec<&'static str> {
    synonyms::others(format)
        .filter(|other| formats::by_name(other).is_none())
        .collect()
}

/// Look at tables, divide them, translate them.
#[derive(Debug, Subcommand)]
pub enum Data {
    /// Show columns, types, missing values, and the flags that pin them
    Show {
        /// The table
        #[command(flatten)]
        source: Source,
    },
    /// Divide a table at random into two files
    Split {
        /// The table
        #[command(flatten)]
        source: Source,
        /// The larger part
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// The smaller part
        #[arg(long, value_name = "FILE")]
        test: PathBuf,
        /// The smaller part, as a fraction of the rows
        #[arg(long, value_name = "FRACTION", default_value_t = 0.2, alias = "share")]
        fraction: f64,
        /// Keep the frequencies of this column's values
        #[arg(long, value_name = "COL")]
        stratify: Option<String>,
        /// Keep rows of equal value in this column together
        #[arg(long, value_name = "COL", conflicts_with = "stratify")]
        group: Option<String>,
    },
    /// Write a table in the format of OUT's ending: .csv .jsonl .parquet .arrow
    Convert {
        /// The table
        #[command(flatten)]
        source: Source,
        /// Where to write it
        #[arg(required_unless_present = "to")]
        out: Option<PathBuf>,
        /// Where to write it, as other verbs say it
        #[arg(
            short = 'o',
            long = "out",
            id = "to",
            value_name = "FILE",
            conflicts_with = "out",
            hide = true
        )]
        to: Option<PathBuf>,
    },
}

/// Make one picture of two that overlap.
#[derive(Debug, Args)]
pub struct Stitch {
    /// The first picture, JPEG or PNG
    pub a: PathBuf,
    /// The second picture, in whose coordinates the mosaic is
    pub b: PathBuf,
    /// Where to write the mosaic: .png .jpg [default: only the homography is found]
    #[arg(short, long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Distance in pixels at which a pair of key points is as likely right as wrong
    #[arg(long, value_name = "PIXELS", default_value_t = 4.0)]
    pub threshold: f64,
    /// How one picture gives way to the other: band by band of frequency, or feathered (faster, may show double)
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Blending::Bands)]
    pub blend: Blending,
    /// Keep the largest rectangle that the pictures cover; without it what neither shows is transparent (black in a JPEG)
    #[arg(long)]
    pub crop: bool,
    /// Most pixels of a picture
    #[arg(long, value_name = "COUNT", default_value_t = 100_000_000)]
    pub pixels: u64,
}

/// How pictures are blended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Blending {
    /// Band by band of spatial frequency
    Bands,
    /// By the distance to the border
    Feather,
}

/// Write a text with a language model.
#[derive(Debug, Args)]
pub struct Generate {
    /// The model: a file that `induce train TEXT` wrote, a .gguf file, a .bin of llama2.c, or a folder of Hugging Face
    pub model: PathBuf,
    /// What the text begins with; @FILE reads it from a file
    #[arg(short, long, value_name = "TEXT", default_value = "")]
    pub prompt: String,
    /// Most tokens to write
    #[arg(short = 'n', long, value_name = "N", default_value_t = 256)]
    pub tokens: usize,
    /// What logits are divided by; 0 always takes the likeliest token
    #[arg(help_heading = "Sampling", long, value_name = "T", default_value_t = 0.8)]
    pub temperature: f64,
    /// Choose from the K likeliest tokens only; 0 is all
    #[arg(help_heading = "Sampling", long, value_name = "K", default_value_t = 0)]
    pub top_k: usize,
    /// Choose from the fewest tokens that hold this fraction of the probability
    #[arg(help_heading = "Sampling", long, value_name = "P", default_value_t = 0.95)]
    pub top_p: f64,
    /// Choose from tokens at least this times as likely as the likeliest
    #[arg(help_heading = "Sampling", long, value_name = "P", default_value_t = 0.0)]
    pub min_p: f64,
    /// End before this text; may be repeated
    #[arg(help_heading = "Sampling", long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// Draw several tokens at once, from the same distribution: a smaller model with the same tokens, or `lookup`
    #[arg(help_heading = "Speculation", long, value_name = "MODEL")]
    pub draft: Option<PathBuf>,
    /// Most guesses of the draft at once
    #[arg(help_heading = "Speculation", long, value_name = "N", default_value_t = 8)]
    pub guesses: usize,
    /// Round the weights to 8 bits: a quarter of the memory
    #[arg(long)]
    pub eight: bool,
    /// The tokenizer, where the model has none: tokenizer.json, or .bin of llama2.c
    #[arg(long, value_name = "FILE")]
    pub tokenizer: Option<PathBuf>,
}

/// List the models and their settings.
#[derive(Debug, Args)]
pub struct Models {
    /// Only this model, with its settings
    pub name: Option<String>,
}

/// Print manual pages, or write all of them.
#[derive(Debug, Args)]
pub struct Man {
    /// The verb whose page it is [default: that of all verbs]
    pub verb: Vec<String>,
    /// Write the pages of all verbs into this folder
    #[arg(short, long, value_name = "FOLDER", conflicts_with = "verb")]
    pub out: Option<PathBuf>,
}

/// Print a completion script: models, settings and the columns of the table on the line complete too.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}
