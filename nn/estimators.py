"""Networks in scikit-learn's manners: for pipelines, cross-validation and grid search (extra ``train``).

The names of the settings are those of scikit-learn's own ``MLPClassifier``; what trains is ``nn.fit``.

    hidden_layer_sizes: the number of neurons of each hidden layer
    activation:         of the hidden layers: a name from the op table, or a list with one for each
    solver:             the optimizer: "adam", "sgd", "adagrad", "rmsprop", "adamw"
    alpha:              λ of the penalty λ/2 ‖w‖² (see ``fit``)
    batch_size:         samples per step, at most all of them
    learning_rate_init: the learning rate
    max_iter:           epochs
    random_state:       seed of the weights and of the order of the samples; the same, the same network

After ``fit``, ``network_`` is the MLP, and ``loss_curve_`` has the mean loss of each epoch.

>>> from sklearn.pipeline import make_pipeline
>>> from sklearn.preprocessing import StandardScaler
>>> from nn import data
>>> model = make_pipeline(StandardScaler(), MLPClassifier((8,), max_iter=30))
>>> model.fit(*data.iris()[:2]).score(*data.iris()[:2]) > 0.9
True
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from nn.layers import MLP
from nn.optim import SGD, Adagrad, Adam, AdamW, RMSprop
from nn.train import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nn.activations import Activation
    from nn.losses import Loss

    Array = np.ndarray[Any, Any]

__all__ = ["MLPClassifier", "MLPRegressor"]

SOLVERS = {"sgd": SGD, "adagrad": Adagrad, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW}


class _Estimator(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both have in common: their settings, and how they train."""

    def __init__(
        self, hidden_layer_sizes: Sequence[int] = (16,), activation: Activation | Sequence[Activation] = "relu", *,
        solver: str = "adam", alpha: float = 0.0001, batch_size: int = 32, learning_rate_init: float = 0.01,
        max_iter: int = 200, random_state: Any = 0,
    ) -> None:  # fmt: skip
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.random_state = random_state

    def _train(self, X: Array, y: Array, outputs: int, loss: Loss) -> None:
        if self.solver not in SOLVERS:
            raise ValueError(f"solver is one of {', '.join(SOLVERS)}; got {self.solver!r}")
        seed = int(check_random_state(self.random_state).randint(2**31))
        sizes = [X.shape[1], *self.hidden_layer_sizes, outputs]
        self.network_ = MLP(sizes, activation=self.activation, seed=seed)
        optimizer = SOLVERS[self.solver](self.network_.parameters(), lr=self.learning_rate_init)
        run = fit(
            self.network_, X, y, loss=loss, optimizer=optimizer, epochs=self.max_iter,
            batch_size=self.batch_size, seed=seed, l2=self.alpha,
        )  # fmt: skip
        self.n_iter_ = run[-1].epoch
        self.loss_curve_ = [
            float(np.mean([r.loss for r in run if r.epoch == epoch])) for epoch in range(1, self.n_iter_ + 1)
        ]

    def _outputs(self, X: Any) -> Array:
        check_is_fitted(self)
        outputs: Array = self.network_.predict(validate_data(self, X, dtype=float, reset=False))
        return outputs


class MLPClassifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """A network that tells classes apart: logistic loss for two, cross-entropy for more.

    Its settings are listed in ``nn.estimators``. X: n rows of m numbers; y: n classes, numbers or text.

    >>> MLPClassifier((2,), max_iter=50).fit([[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]).predict([[3.0]])
    array(['high'], dtype='<U4')
    """

    def fit(self, X: Any, y: Any) -> MLPClassifier:
        """Train on n samples and their classes, which may be numbers or text. Raises ValueError for data that do not fit."""
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        self.classes_, y = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"the samples are all of one class, {self.classes_[0]!r}: there is nothing to tell apart")
        two = len(self.classes_) == 2
        self._train(X, y, 1 if two else len(self.classes_), "logistic" if two else "cross_entropy")
        return self

    def decision_function(self, X: Any) -> Array:
        """The logits: (n,) for two classes, else (n, classes)."""
        return self._outputs(X)

    def predict_proba(self, X: Any) -> Array:
        """The probability of each class, (n, classes)."""
        logits = self._outputs(X)
        if logits.ndim == 1:
            logits = np.stack([np.zeros_like(logits), logits], axis=1)  # whose softmax is the sigmoid
        e = np.exp(logits - logits.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]

    def predict(self, X: Any) -> Array:
        """The class of each sample."""
        logits = self._outputs(X)
        return self.classes_[logits.argmax(axis=1) if logits.ndim == 2 else (logits > 0).astype(int)]  # type: ignore[no-any-return]


class MLPRegressor(RegressorMixin, _Estimator):  # type: ignore[misc]
    """A network that fits numbers, by squared error.

    Its settings are listed in ``nn.estimators``. X: n rows of m numbers; y: n numbers.

    >>> MLPRegressor((2,), max_iter=50).fit([[0.0], [1.0], [2.0]], [1.0, 2.0, 3.0]).predict([[1.0], [2.0]]).shape
    (2,)
    """

    def fit(self, X: Any, y: Any) -> MLPRegressor:
        """Train on n samples and their numbers. Raises ValueError for data that do not fit."""
        X, y = validate_data(self, X, y, dtype=float, y_numeric=True)
        self._train(X, y, 1, "mse")
        return self

    def predict(self, X: Any) -> Array:
        """The number of each sample."""
        return self._outputs(X)
