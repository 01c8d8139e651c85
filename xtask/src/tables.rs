//! Real tables, how they are trained on, and what must come out.

/// A table of `../shared/data/tabular`.
pub struct Table {
    /// Its file.
    pub file: &'static str,
    /// What is said to `induce train`, separated by spaces; `@` stands for the folder.
    pub arguments: &'static str,
    /// The least that must be reached.
    pub require: &'static str,
    /// Whether it is part of the quick check.
    pub quick: bool,
    /// Whether its report page is looked at.
    pub page: bool,
}

const fn table(file: &'static str, arguments: &'static str, require: &'static str) -> Table {
    Table {
        file,
        arguments,
        require,
        quick: false,
        page: false,
    }
}

/// Bounds lie below what is reached today (seed 0) by about twice the half-width of the interval.
pub const TABLES: [Table; 10] = [
    Table {
        quick: true,
        page: true,
        ..table("penguins.csv", "--target species", "accuracy>=0.95")
    },
    Table {
        quick: true,
        page: true,
        ..table("mpg.csv", "--target mpg", "r2>=0.6")
    },
    Table {
        quick: true,
        ..table("german_credit.csv", "", "roc_auc>=0.65")
    },
    Table {
        quick: true,
        page: true,
        ..table(
            "california_housing.csv.gz",
            "--target median_house_value --set rounds=100 --set learning_rate=0.2",
            "r2>=0.8",
        )
    },
    Table {
        quick: true,
        ..table(
            "adult/adult-train.csv.gz",
            "--set rounds=60 --set learning_rate=0.2",
            "roc_auc>=0.92",
        )
    },
    table(
        "pmlb/letter.tsv.gz",
        "--task classification --set rounds=100 --set learning_rate=0.2",
        "accuracy>=0.945",
    ),
    table(
        "flights_1m.csv.gz",
        "--target delay --set rounds=50 --set learning_rate=0.2",
        "r2>=0.08",
    ),
    Table {
        quick: true,
        ..table(
            "ijcnn1/ijcnn1.trn.svm.gz",
            "--valid @/ijcnn1/ijcnn1.tst.svm.gz --set rounds=100 --set learning_rate=0.2",
            "roc_auc>=0.993",
        )
    },
    table("adbench/cover.npz", "--set rounds=60", "average_precision>=0.985"),
    table(
        "diamonds.csv.gz",
        "--target price --set rounds=200 --set objective=gamma",
        "r2>=0.97",
    ),
];
