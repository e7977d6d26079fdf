"""The network in scikit-learn's manners."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="comes with the train extra")

from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from nn import MLP, Adam, fit
from nn.estimators import MLPClassifier, MLPRegressor


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator", [MLPClassifier((4,), max_iter=20), MLPRegressor((4,), max_iter=40)], ids=["classifier", "regressor"]
)
def test_scikit_learns_own_checks_pass(estimator):
    results = check_estimator(estimator, on_fail="raise", on_skip=None)
    assert len(results) > 40


def test_it_is_fit_with_the_same_settings():
    X, y = load_iris(return_X_y=True)
    estimator = MLPClassifier((5,), max_iter=3, batch_size=50, alpha=0.01, random_state=4).fit(X, y)
    seed = int(np.random.RandomState(4).randint(2**31))
    model = MLP([4, 5, 3], seed=seed)
    run = fit(
        model,
        X,
        y,
        loss="cross_entropy",
        optimizer=Adam(model.parameters(), lr=0.01),
        epochs=3,
        batch_size=50,
        seed=seed,
        l2=0.01,
    )
    assert [p.data for p in estimator.network_.parameters()] == [p.data for p in model.parameters()]
    assert estimator.loss_curve_[-1] == pytest.approx(np.mean([r.loss for r in run[-3:]]), rel=1e-15)
    outputs = np.array([[f.data for f in model(x)] for x in X])
    np.testing.assert_allclose(estimator.decision_function(X), outputs, rtol=1e-10, atol=1e-12)
    e = np.exp(outputs)
    np.testing.assert_allclose(estimator.predict_proba(X), e / e.sum(axis=1, keepdims=True), rtol=1e-9)


def test_it_works_in_a_pipeline_with_cross_validation_and_grid_search():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    model = make_pipeline(StandardScaler(), MLPClassifier((6,), max_iter=60))
    assert cross_val_score(model, X, names, cv=3).mean() > 0.9
    search = GridSearchCV(model, {"mlpclassifier__hidden_layer_sizes": [(2,), (6,)]}, cv=2).fit(X, names)
    assert set(search.predict(X)) <= set(names)


def test_two_classes_have_one_logit_and_the_probabilities_of_its_sigmoid():
    X, y = load_iris(return_X_y=True)
    X, y = X[:100], y[:100]
    model = MLPClassifier((3,), max_iter=10).fit(X, y)
    logits = model.decision_function(X)
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], 1 / (1 + np.exp(-logits)), rtol=1e-12)
    assert (model.predict(X) == (logits > 0)).all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"solver": "lbfgs"}, "solver is one of sgd, adagrad"),
        ({"activation": "swash"}, "no activation is called 'swash'"),
    ],
)
def test_a_setting_that_does_not_exist_lists_those_that_do(settings, said):
    with pytest.raises(ValueError, match=said):
        MLPClassifier(**settings).fit([[0.0], [1.0]], [0, 1])
