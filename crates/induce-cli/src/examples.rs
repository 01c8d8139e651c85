//! Examples of every verb: the end of its `--help` and of its manual page. A test runs them one after the other.

/// What a line does, and the line.
pub type Example = (&'static str, &'static str);

/// The examples of every verb; in this order one finds the files that another wrote.
pub const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "train",
        &[
            (
                "A model of loans, and the page that tells all about it",
                "induce train data/credit.csv --target Status --report credit.html",
            ),
            (
                "Another model with settings of its own, in five folds",
                "induce train data/penguins.csv -t species -m forest --set trees=50 --cv 5",
            ),
            (
                "Clusters, held against classes that are known",
                "induce train data/penguins.csv -m gmm --labels species -o gmm.safetensors",
            ),
            (
                "Two principal components",
                "induce train data/penguins.csv -m pca --drop species -o pca.safetensors",
            ),
            (
                "A language model of a text, for ten seconds",
                "induce train data/sonnets.txt -m gpt --set layers=2 --time 10s -o sonnets.safetensors",
            ),
        ],
    ),
    (
        "evaluate",
        &[
            (
                "How good is it on these rows?",
                "induce evaluate credit.induce.safetensors data/credit.csv",
            ),
            (
                "Exit code 1 if it is not good enough, for a pipeline",
                "induce evaluate credit.induce.safetensors data/credit.csv --require \"roc_auc>=0.8\"",
            ),
        ],
    ),
    (
        "predict",
        &[
            (
                "A table of classes and probabilities, beside a column of the rows",
                "induce predict credit.induce.safetensors data/credit.csv --keep Age --proba -o scores.csv",
            ),
            (
                "Predictions as JSON, on standard output",
                "induce predict penguins.induce.safetensors data/penguins.csv --format json",
            ),
        ],
    ),
    (
        "embed",
        &[(
            "The rows of a table in two principal components",
            "induce embed pca.safetensors data/penguins.csv --keep species -o plane.csv",
        )],
    ),
    (
        "sample",
        &[(
            "Ten rows like those that a mixture learnt from",
            "induce sample gmm.safetensors -n 10",
        )],
    ),
    (
        "show",
        &[
            ("What is in the file?", "induce show credit.induce.safetensors"),
            (
                "One of its trees",
                "induce show credit.induce.safetensors --tree 0",
            ),
        ],
    ),
    (
        "explain",
        &[
            (
                "Which columns matter: permutation importance and gain",
                "induce explain credit.induce.safetensors data/credit.csv",
            ),
            (
                "SHAP values of every row, as a table",
                "induce explain credit.induce.safetensors data/credit.csv --shap shap.csv",
            ),
        ],
    ),
    (
        "report",
        &[(
            "The page of a model on a table",
            "induce report credit.induce.safetensors data/credit.csv -o page.html",
        )],
    ),
    (
        "convert",
        &[
            (
                "For XGBoost",
                "induce convert credit.induce.safetensors --to xgboost-json -o credit.json",
            ),
            (
                "A language model for llama.cpp",
                "induce convert sonnets.safetensors --to gguf -o sonnets.gguf",
            ),
        ],
    ),
    (
        "compare",
        &[
            (
                "Which model is best, and is that certain?",
                "induce compare data/penguins.csv -t species",
            ),
            (
                "Two of them with settings, in three folds",
                "induce compare data/penguins.csv -t species -m tree:max_depth=3,forest:trees=50 --cv 3",
            ),
        ],
    ),
    (
        "tune",
        &[
            (
                "Five minutes of search, then a model with the best settings",
                "induce tune data/credit.csv -t Status -o tuned.safetensors",
            ),
            (
                "The same candidates on every machine",
                "induce tune data/penguins.csv -t species -m tree --trials 8 -o tree.safetensors",
            ),
        ],
    ),
    (
        "bias-variance",
        &[(
            "Is a deeper tree better, or only another error?",
            "induce bias-variance data/penguins.csv -t body_mass_g -m tree:max_depth=2,tree --plot parts.svg",
        )],
    ),
    (
        "info",
        &[
            (
                "Which columns say most of the species?",
                "induce info data/penguins.csv -t species",
            ),
            (
                "And beyond what the bill says already, in bits",
                "induce info data/penguins.csv -t species --given bill_length_mm --unit bits",
            ),
            (
                "Entropies, and what every pair shares",
                "induce info data/penguins.csv --drop year --permutations 0",
            ),
        ],
    ),
    (
        "interpolate",
        &[
            (
                "Between two censuses, and how fast it grew",
                "induce interpolate data/census.csv -x year -y population --at 1941:1949:9 --derivative",
            ),
            (
                "A blend of higher degree, to a file",
                "induce interpolate data/census.csv -x year -y population --order 5 -o years.csv",
            ),
        ],
    ),
    (
        "data",
        &[("What is in a table?", "induce data show data/penguins.csv")],
    ),
    (
        "data show",
        &[
            ("What is in a table?", "induce data show data/diamonds.csv.gz"),
            (
                "Read otherwise: a year as a category",
                "induce data show data/penguins.csv --type year=category",
            ),
        ],
    ),
    (
        "data split",
        &[(
            "A fifth of the rows for later, with the same frequencies of both classes",
            "induce data split data/credit.csv --train learn.csv --test later.csv --stratify Status",
        )],
    ),
    (
        "data convert",
        &[(
            "From CSV to Parquet",
            "induce data convert data/diamonds.csv.gz diamonds.parquet",
        )],
    ),
    (
        "stitch",
        &[
            ("A panorama", "induce stitch left.jpg right.jpg -o both.png"),
            (
                "Only the homography",
                "induce stitch left.jpg right.jpg --format json",
            ),
        ],
    ),
    (
        "generate",
        &[
            (
                "What would come next?",
                "induce generate sonnets.safetensors -p \"Shall I\" -n 40",
            ),
            (
                "Always the likeliest token",
                "induce generate sonnets.safetensors -p \"From fairest\" -n 20 --temperature 0",
            ),
        ],
    ),
    (
        "models",
        &[
            ("What is there?", "induce models"),
            ("What can be set?", "induce models boost"),
        ],
    ),
    (
        "doctor",
        &[("For a report of an error", "induce doctor --format json")],
    ),
    (
        "completions",
        &[
            ("Bash: in ~/.bashrc", "source <(induce completions bash)"),
            ("Zsh: in ~/.zshrc", "source <(induce completions zsh)"),
            (
                "Fish: in ~/.config/fish/config.fish",
                "induce completions fish | source",
            ),
        ],
    ),
    (
        "man",
        &[
            ("The page of a verb", "induce man train"),
            ("All pages, where `man` finds them", "induce man --out man1"),
        ],
    ),
];

/// The examples of a verb, which may be two words.
pub fn of(verb: &str) -> &'static [Example] {
    let own = EXAMPLES.iter().find(|(name, _)| *name == verb);
    own.map_or(&[], |(_, examples)| *examples)
}
