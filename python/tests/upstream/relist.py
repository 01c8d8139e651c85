"""Make `deviations.txt` anew from what fails: `python relist.py [FILES]`, then read the difference.

The reason of a test is what its failure says, by the table below; what the table does not know stands there as it was said,
after "unexplained:", and waits for somebody to mend or to explain it.
"""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from plugin import HERE, deviations

#: Why a test fails whose failure says too little; these come first.
BY_NAME = {
    "test_big_input": "values are read in double precision: 1e40 is a number",
    "test_huge_allocations": "no memory is reserved for leaves that may never grow",
    "test_missing_value_errors": "missing values are taken in sparse matrices too",
    "test_backend_respected": "threads are our own: joblib's backends are not asked",
    "test_inplace_data_preprocessing": "X is never written to, whatever copy_X says",
    "test_enet_copy_X_False_check_input_False": "X is never written to, whatever copy_X says",
    "test_check_input_false": "input is always checked",
    "test_linear_regression_sample_weight_consistency": "condition above 1e5: columns count as dependent, the shortest solution is taken",
    "test_1d_multioutput_enet_and_multitask_enet_cv": "exact to more digits than scikit-learn's, to which they are compared",
    "test_1d_multioutput_lasso_and_multitask_lasso_cv": "exact to more digits than scikit-learn's, to which they are compared",
    "test_logistic_cv": "exact to more digits than scikit-learn's, to which they are compared",
    "test_elasticnet_precompute_gram_weighted_samples": "equal to six digits: centring by the user or by us rounds differently",
    "test_lasso_dual_gap": "a gap of 1e-13 is rounding",
    "test_lassoCV_does_not_set_precompute": "paths are native: no Lasso object is made",
    "test_warm_start_convergence_with_regularizer_decrement": "cycles are extrapolated: a weaker penalty need not take more of them",
    "test_enet_coordinate_descent_raises_convergence": "max_iter limits steps of Newton, not cycles: one is enough here",
    "test_sparse_input_convergence_warning": "max_iter limits steps of Newton, not cycles: one is enough here",
    "test_warm_start_newton_solver": "two steps at once are not two steps from anew where the solver has a memory",
    "test_liblinear_dual_random_state": "nothing is random: two seeds give the same",
    "test_ransac_score": "rows that agree are weighted, not cut off: equal to 1e-17",
    "test_ransac_predict": "rows that agree are weighted, not cut off: equal to 1e-17",
    "test_ransac_min_n_samples": "any estimator's sample is as large as a plane needs, if nothing else is said",
    "test_ridge_shapes_type": "a target of one column keeps its column",
    "test_n_iter": "exact solvers take one step",
    "test_kmeans_verbose": "progress is told in other words",
    "test_verbose": "progress is told in other words",
    "test_minibatch_declared_convergence": "progress is told in other words; moves are smoothed before they are held against tol",
    "test_kmeans_copyx": "other random numbers: the only start ends in another optimum",
    "test_bisecting_kmeans_custom_init_validation": "init is one of its two names: a callable is a ValueError",
    "test_gaussian_mixture_setting_best_params": "a component of a single row has no variance: a ValueError says so",
    "test_lda_empty_docs": "documents without a single word in all of them are refused",
    "test_pca_score": "densities are those of the model, whether its scores are whitened or not",
    "test_pca_score3": "there is at least one component",
    "test_pca_zero_noise_variance_edge_cases": "rows off components that explain everything have no density: a ValueError says so",
    "test_dtype_match": "results are of X's precision whatever the solver is called",
}
#: What a failure says, and why that is so.
REASONS = [
    (r"0\.19 \(DESIRED\)", "other random numbers: the rows of a bag, which the test has by heart, are drawn in another way"),
    (r"e-1\d Max relative", "equal up to the last bits, which the test compares"),
    (r"e-1[67] \(ACTUAL\), 0\.0 \(DESIRED\)", "equal up to the last bits, which the test compares"),
    (r"7500 \(", "equal to seven digits: gradients are summed in fixed point, rounded by the order of the rows' content"),
    (r"^assert 50 < 50", "other trees (leaves of so many rows are told by curvature): the loss of three held-out rows falls on"),
    (r"y should be a 1d array", "several targets at once are not supported: fit one model per target"),
    (r"Expected 2D|dim 3", "arrays of more than two dimensions are refused, as scikit-learn does for all other estimators"),
    (r"warm_start", "warm starts have no effect: a ValueError says so, or the same fit is made again"),
    (r"oob_score|oob_improvement_|oob_scores_|oob_decision_function_|oob_prediction_", "out-of-bag scores are not given"),
    (r"needs an estimator of induce", "members are fitted natively: an estimator of another package is a TypeError"),
    (r"data_type_|estimators_samples_", "members are fitted natively: a class of the test's own is never called"),
    (r"does not support (\w+)=", r"the parameter \1 has its default only: a ValueError says so"),
    (r"criterion == '(\w+)'", r"the criterion \1 is not there: a ValueError says so"),
    (r"loss == '(\w+)'", r"the loss \1 is not there: a ValueError says so"),
    (r"(\w+) is not supported", r"\1 is not supported: a ValueError says so"),
    (r"(min_impurity_decrease|monotonic_cst|max_leaf_nodes)", r"\1 is supported in part only: a ValueError says so"),
    (r"has no attribute '(\w+)'", r"the attribute \1 is scikit-learn's own and not given"),
    (r"unexpected keyword argument '(\w+)'", r"the argument \1 is not taken"),
    (r"Invalid parameter '?(\w+)", r"the parameter \1 is not there"),
    (r"float32", "results are in double precision whatever the type of X"),
    (r"set\(\) == \{|e-1\d\b.*zeros|0000000000000[12]", "equal up to the last bits, which the test compares"),
    (r"Sparse data was passed for y", "sparse targets are refused"),
    (r"Regex pattern did not match", "the error or warning is raised in other words"),
    (r"DID NOT RAISE", "what scikit-learn refuses is taken or ignored"),
    (r"DID NOT WARN", "scikit-learn's warning is not given: the cause does not arise, or the fit report says it"),
    (r"has no len|data_type_|MyBackend|truth value of an array", "the test looks inside scikit-learn's own objects"),
    (r"\(np.float64\(0.01|score = 0.92|0.0108", "other random numbers: a threshold of the test is just missed"),
    (r"score = 0.92", "forests divide values into 255 bins: a threshold of the test is just missed"),
    (r"contains (NaN|infinity)|is NaN", "infinite and missing values are refused with a ValueError where scikit-learn takes them"),
    (r"max_iterations. cannot be 0", "no iteration at all is refused"),
]


def run(module):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "failures"
        env = dict(os.environ, PYTHONPATH=str(HERE), INDUCE_UPSTREAM_RAW="1", INDUCE_UPSTREAM_FAILURES=str(path))
        words = ["-q", "-p", "plugin", "-p", "no:cacheprovider", "-W", "ignore", "--pyargs", f"sklearn.{module}"]
        subprocess.run([sys.executable, "-m", "pytest", *words], env=env, cwd=folder, stdout=subprocess.DEVNULL, check=False)
        return json.loads(path.read_text())


def reason_of(test, said):
    said = " ".join(said.split())
    own = BY_NAME.get(test.split("::")[-1].split("[")[0])
    if own:
        return own
    for pattern, reason in REASONS:
        found = re.search(pattern, said)
        if found:
            return found.expand(reason)
    words = " ".join(said.split())[:110].replace("|", "/")
    return f"unexplained: {words}"


def main():
    not_run = [f"{test} | {reason}" for test, reason in deviations() if reason.startswith("not run")]
    skipped = tuple(line.split("*")[0] for line in not_run)
    wanted = sys.argv[1:] or (HERE / "files.txt").read_text().split()
    kept = [(test, reason) for test, reason in deviations() if test.split("::")[0] not in wanted]
    lines = [f"{test} | {reason}" for test, reason in kept if not reason.startswith("not run")]
    for module in wanted:
        found = run(module)
        cases = collections.defaultdict(list)
        for name in found["names"]:
            cases[name.split("[")[0]].append(name)
        for function, names in cases.items():
            failed = [name for name in names if name in found["failures"]]
            if len(names) > 1 and failed == names:
                reasons = collections.Counter(reason_of(name, found["failures"][name]) for name in names)
                lines.append(f"{function}[* | {reasons.most_common(1)[0][0]}")
            else:
                lines += [f"{name} | {reason_of(name, found['failures'][name])}" for name in failed]
        print(module, len(found["failures"]), "of", len(found["names"]))
    lines = [line for line in lines if not line.startswith(skipped)] if skipped else lines
    head = [line for line in (HERE / "deviations.txt").read_text().splitlines() if line.startswith("#")]
    (HERE / "deviations.txt").write_text("\n".join(head + not_run + lines) + "\n")


if __name__ == "__main__":
    main()
