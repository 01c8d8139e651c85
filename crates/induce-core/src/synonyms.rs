//! What other tools call the same things: not accepted, but answered with our word.

/// Names of other tools beside ours, of models, settings and their values.
const SYNONYMS: &[(&str, &[&str])] = &[
    // Models.
    ("xgboost", &["boost", "xgboost-json"]),
    ("xgb", &["boost"]),
    ("lightgbm", &["boost"]),
    ("light-gbm", &["boost"]),
    ("cat-boost", &["boost"]),
    ("lgbm", &["boost", "lightgbm"]),
    ("catboost", &["boost"]),
    ("gbm", &["boost"]),
    ("gbdt", &["boost"]),
    ("gradient-boosting", &["boost"]),
    ("hist-gradient-boosting", &["boost"]),
    ("random-forest", &["forest"]),
    ("randomforest", &["forest"]),
    ("neural-network", &["mlp"]),
    ("nn", &["mlp"]),
    ("dnn", &["mlp"]),
    ("bnn", &["bayes-mlp"]),
    ("convnet", &["cnn"]),
    ("rf", &["forest"]),
    ("extratrees", &["extra-trees"]),
    ("decision-tree", &["tree"]),
    ("cart", &["tree"]),
    ("ols", &["linear"]),
    ("linear-regression", &["linear"]),
    ("logistic-regression", &["logistic"]),
    ("logit", &["logistic"]),
    ("elasticnet", &["elastic-net"]),
    ("ada-boost", &["adaboost"]),
    ("poisson", &["glm"]),
    ("poisson-regression", &["glm"]),
    ("gamma-regression", &["glm"]),
    ("tweedie-regression", &["glm"]),
    ("ransac-regression", &["ransac"]),
    ("robust", &["ransac"]),
    ("spectral-clustering", &["spectral"]),
    ("bayesian-gaussian-mixture", &["bayes-gmm"]),
    ("dpgmm", &["bayes-gmm"]),
    ("variational-gmm", &["bayes-gmm"]),
    ("latent-dirichlet-allocation", &["lda"]),
    ("topic-model", &["lda"]),
    ("bayesian-ridge", &["bayes-linear"]),
    ("bayesian-linear-regression", &["bayes-linear"]),
    ("bayesian-logistic-regression", &["bayes-logistic"]),
    ("normalized-cuts", &["spectral"]),
    ("label-spreading", &["label-propagation"]),
    ("graphsage", &["gcn"]),
    ("sage", &["gcn"]),
    ("gat", &["gcn"]),
    ("gcnconv", &["gcn"]),
    ("cheb", &["chebnet"]),
    ("chebconv", &["chebnet"]),
    ("gae", &["vgae"]),
    ("node2vec", &["vgae"]),
    ("link-prediction", &["vgae"]),
    ("llama2", &["llama"]),
    ("gpt2", &["gpt"]),
    ("gpt-2", &["gpt"]),
    ("transformer", &["gpt"]),
    ("svd", &["mf", "pca"]),
    ("svd++", &["mf"]),
    ("svdpp", &["mf"]),
    ("nmf", &["mf"]),
    ("pmf", &["mf"]),
    ("als", &["mf"]),
    ("bpmf", &["mf"]),
    ("surprise", &["mf"]),
    ("implicit", &["mf"]),
    ("lightfm", &["mf", "gcmc"]),
    ("matrix-factorization", &["mf"]),
    ("collaborative-filtering", &["mf"]),
    ("recommender", &["mf"]),
    ("recommendation", &["mf"]),
    ("gc-mc", &["gcmc"]),
    ("igmc", &["gcmc"]),
    // Formats.
    ("ubj", &["xgboost-ubj"]),
    ("huggingface", &["hugging-face"]),
    ("hf", &["hugging-face"]),
    ("transformers", &["hugging-face"]),
    ("llama.cpp", &["gguf"]),
    ("llama2.c", &["llama2c"]),
    ("safetensors", &["induce"]),
    // Settings.
    ("n_estimators", &["rounds", "trees", "members"]),
    ("num_trees", &["trees", "rounds"]),
    ("num_iterations", &["rounds", "max_iterations"]),
    ("num_boost_round", &["rounds"]),
    ("nrounds", &["rounds"]),
    ("iterations", &["rounds", "max_iterations"]),
    ("n_factors", &["factors"]),
    ("latent_dim", &["factors", "embedding"]),
    ("no_components", &["factors"]),
    ("n_epochs", &["max_iterations", "epochs"]),
    ("num_basis_functions", &["bases"]),
    ("user_col", &["user"]),
    ("item_col", &["item"]),
    ("max_iter", &["rounds", "max_iterations", "steps"]),
    ("num_leaves", &["max_leaves"]),
    ("max_leaf_nodes", &["max_leaves"]),
    ("max_features", &["colsample_node", "colsample"]),
    ("mtry", &["colsample_node"]),
    ("feature_fraction", &["colsample"]),
    ("colsample_bytree", &["colsample"]),
    ("colsample_bylevel", &["colsample_level"]),
    ("colsample_bynode", &["colsample_node"]),
    ("bagging_fraction", &["subsample"]),
    ("max_samples", &["subsample"]),
    ("eta", &["learning_rate"]),
    ("lr", &["learning_rate"]),
    ("shrinkage", &["learning_rate"]),
    ("reg_lambda", &["lambda"]),
    ("lambda_l2", &["lambda"]),
    ("l2_regularization", &["lambda"]),
    ("l2_leaf_reg", &["lambda"]),
    ("reg_alpha", &["alpha"]),
    ("alpha", &["lambda"]),
    ("regularization", &["lambda"]),
    ("weight_decay", &["lambda"]),
    ("lambda_l1", &["alpha"]),
    ("min_split_loss", &["gamma"]),
    ("min_gain_to_split", &["gamma"]),
    ("min_data_in_leaf", &["min_samples_leaf"]),
    ("min_node_size", &["min_samples_leaf"]),
    ("ccp_alpha", &["pruning"]),
    ("max_bin", &["bins"]),
    ("max_bins", &["bins"]),
    ("early_stopping_rounds", &["early_stopping"]),
    ("n_iter_no_change", &["early_stopping", "patience"]),
    ("tol", &["tolerance"]),
    ("C", &["lambda"]),
    ("penalty", &["prior"]),
    ("loss", &["objective", "family"]),
    ("depth", &["max_depth"]),
    ("base_estimator", &["base"]),
    ("estimator", &["base"]),
    ("residual_threshold", &["threshold"]),
    ("max_trials", &["trials"]),
    ("n_layer", &["layers"]),
    ("num_hidden_layers", &["layers"]),
    ("n_head", &["heads"]),
    ("num_attention_heads", &["heads"]),
    ("num_key_value_heads", &["kv_heads"]),
    ("n_embd", &["embedding_width"]),
    ("d_model", &["embedding_width"]),
    ("hidden_size", &["embedding_width", "width"]),
    ("intermediate_size", &["feed_forward_width"]),
    ("block_size", &["context"]),
    ("context_length", &["context"]),
    ("bptt", &["context"]),
    ("batch_size", &["batch"]),
    ("max_iters", &["steps"]),
    ("epochs", &["steps"]),
    ("grad_clip", &["clip_norm"]),
    ("vocabulary_size", &["vocab_size"]),
    // Values.
    ("logloss", &["logistic", "bernoulli"]),
    ("log_loss", &["logistic", "bernoulli"]),
    ("binary", &["logistic", "bernoulli"]),
    ("binary:logistic", &["logistic"]),
    ("cross_entropy", &["softmax", "logistic"]),
    ("multiclass", &["softmax", "multinomial"]),
    ("multi:softprob", &["softmax"]),
    ("multi:softmax", &["softmax"]),
    ("mse", &["squared"]),
    ("rmse", &["squared"]),
    ("l2", &["squared", "gaussian"]),
    ("squared_error", &["squared"]),
    ("reg:squarederror", &["squared"]),
    ("mae", &["absolute"]),
    ("absolute_error", &["absolute"]),
    ("l1", &["absolute", "laplace"]),
    ("pinball", &["quantile"]),
    ("rank:ndcg", &["lambdarank"]),
    ("normal", &["gaussian"]),
    ("binomial", &["bernoulli"]),
    ("ridge", &["gaussian"]),
    ("lasso", &["laplace"]),
    ("elasticnet", &["elastic-net"]),
    ("lossguide", &["leafwise"]),
    ("best-first", &["leafwise"]),
    ("levelwise", &["depthwise"]),
    ("symmetric", &["depthwise"]),
    ("exact_greedy", &["exact"]),
    ("hist", &["histogram"]),
    ("approx", &["histogram"]),
    ("log_entropy", &["entropy"]),
    ("adam", &["adamw"]),
    ("bytes", &["bpe"]),
    ("characters", &["char"]),
    ("words", &["word"]),
    ("classifier", &["classification"]),
    ("regressor", &["regression"]),
];

/// Our word among `known` for what another tool calls `name`.
pub fn ours<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let folded = kebab(name);
    let same = |other: &str| other == name || other == folded || other == name.to_lowercase();
    let ours = SYNONYMS
        .iter()
        .filter(|(other, _)| same(other))
        .flat_map(|(_, ours)| ours.iter());
    ours.filter_map(|word| known.iter().find(|known| known == word))
        .map(String::as_str)
        .next()
        .or_else(|| known.iter().find(|known| **known == folded).map(String::as_str))
}

/// What other tools call our word.
pub fn others(word: &str) -> impl Iterator<Item = &'static str> {
    let own = word.to_owned();
    let names = SYNONYMS
        .iter()
        .filter(move |(_, ours)| ours.contains(&own.as_str()));
    names.map(|(other, _)| *other)
}

/// `RandomForestRegressor` and `random_forest` as `random-forest`: a class of other tools by its idea.
fn kebab(name: &str) -> String {
    let bare = ["CV", "Classifier", "Regressor", "Model"]
        .iter()
        .fold(name, |rest, ending| rest.strip_suffix(ending).unwrap_or(rest));
    let mut words = String::new();
    let mut before = '-';
    for letter in bare.chars() {
        if letter.is_uppercase() && (before.is_lowercase() || before.is_numeric()) {
            words.push('-');
        }
        before = letter;
        match letter {
            ' ' | '_' => words.push('-'),
            _ => words.extend(letter.to_lowercase()),
        }
    }
    words
}

/// Methods of the field that are not here: what looks like their names is something else.
const STRANGERS: &[&str] = &[
    "dbscan",
    "gmm",
    "gp",
    "hmm",
    "kmeans",
    "k-means",
    "knn",
    "k-nn",
    "naive-bayes",
    "nb",
    "pca",
    "qda",
    "resnet",
    "svc",
    "svm",
    "svr",
    "tabnet",
    "tsne",
    "umap",
    "vae",
];

/// Whether a name is that of a method that is not here, and so no slip of the pen.
pub fn is_stranger(name: &str) -> bool {
    STRANGERS.contains(&kebab(name).as_str())
}

/// Settings of other tools that have no like here, and what to do instead.
const ADVICE: &[(&[&str], &str)] = &[
    (
        &["scale_pos_weight", "is_unbalance", "auto_class_weights"],
        "weigh classes with `--set class_weight=balanced`, or rows with `--weight COL`",
    ),
    (
        &["tree_method", "tree_learner", "grow_policy"],
        "`boost` has `--set split=histogram|exact` and `--set growth=leafwise|depthwise|symmetric`; leave it out for the default",
    ),
    (
        &["booster", "boosting", "boosting_type"],
        "`--set dart_rate=0.1` is DART, `--set goss_top=0.2` is GOSS, `-m forest` a random forest, `-m linear` a linear model",
    ),
    (
        &["device", "device_type", "gpu_id", "task_type", "predictor"],
        "all is computed by the processor: leave it out; `--threads N` says with how many threads",
    ),
    (
        &["oob_score"],
        "a forest always says its out-of-bag score: leave it out",
    ),
    (
        &["warm_start"],
        "`--from MODEL` goes on from a boosted model, `--resume` from a checkpoint",
    ),
    (
        &["eval_metric", "metric", "metrics", "scoring"],
        "all metrics of the task are shown; `--require \"rmse<=3\"` makes one a condition",
    ),
    (
        &["importance_type"],
        "`induce explain MODEL TABLE` shows importances by permutation and by gain",
    ),
];

/// What to do in place of a setting of another tool.
pub fn advice(name: &str) -> Option<&'static str> {
    let own = ADVICE.iter().find(|(names, _)| names.contains(&name));
    own.map(|(_, advice)| *advice)
}

/// Settings of other tools that are flags of the command line here.
const FLAGS: &[(&str, &str)] = &[
    ("label", "--target COL"),
    ("label_column", "--target COL"),
    ("target_column", "--target COL"),
    ("response", "--target COL"),
    ("y", "--target COL"),
    ("output", "--out FILE"),
    ("output_file", "--out FILE"),
    ("features", "--drop COL, for those that are not"),
    ("ignore", "--drop COL"),
    ("exclude", "--drop COL"),
    ("sep", "--delimiter CHAR"),
    ("separator", "--delimiter CHAR"),
    ("na_values", "--missing TEXT"),
    ("input_format", "--input FORMAT"),
    ("dtype", "--type COL=KIND"),
    ("jobs", "--threads N"),
    ("folds", "--cv K"),
    ("test", "--valid FILE"),
    ("validation", "--valid FILE"),
    ("seed", "--seed N"),
    ("random_state", "--seed N"),
    ("random_seed", "--seed N"),
    ("n_jobs", "--threads N"),
    ("nthread", "--threads N"),
    ("num_threads", "--threads N"),
    ("threads", "--threads N"),
    ("verbose", "--verbose"),
    ("verbosity", "--verbose"),
    ("validation_fraction", "--holdout FRACTION"),
    ("test_size", "--holdout FRACTION"),
    ("cv", "--cv K"),
    ("sample_weight", "--weight COL"),
    ("categorical_feature", "--type COL=category"),
];

/// Our flag for what another tool calls a setting.
pub fn flag(name: &str) -> Option<&'static str> {
    FLAGS
        .iter()
        .find(|(other, _)| *other == name)
        .map(|(_, flag)| *flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_of_other_tools_are_known() {
        let known = [
            "forest",
            "linear",
            "logistic",
            "lasso",
            "elastic-net",
            "extra-trees",
            "boost",
        ]
        .map(String::from);
        let cases = [
            ("RandomForestRegressor", "forest"),
            ("LogisticRegressionCV", "logistic"),
            ("ElasticNetCV", "elastic-net"),
            ("ExtraTreesClassifier", "extra-trees"),
            ("XGBClassifier", "boost"),
            ("LGBMRegressor", "boost"),
            ("HistGradientBoostingClassifier", "boost"),
            ("Lasso", "lasso"),
            ("random_forest", "forest"),
            ("Random Forest", "forest"),
        ];
        for (other, own) in cases {
            assert_eq!(ours(other, &known), Some(own), "{other}");
        }
        assert_eq!(ours("svm", &known), None);
        assert_eq!(flag("random_state"), Some("--seed N"));
    }
}
