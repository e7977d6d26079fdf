"""Figures show what was measured, can be read on a slide, and need no pyplot."""

from __future__ import annotations

import inspect
import re
from io import BytesIO
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from autograd.view import animation
from nn import MLP, SGD, Layer, data, figures, fit, measure, palette, plot_style, plots

SLIDE = 13.33  # inches across
NOTEBOOKS = Path(__file__).parent.parent / "notebooks"


@pytest.fixture(scope="module", params=figures.FIGURES)
def figure(request):
    """Each figure of the README as it is drawn on a light page."""
    with plots.style():
        made = figures.FIGURES[request.param]()
        made.draw_without_rendering()
    return made


def texts_of(figure):
    """All that can be read: titles, labels, legends, notes, and the ticks within the limits."""
    found = list(figure.texts)
    for ax in figure.axes:
        found += [ax.title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
        found += ax.get_legend().get_texts() if ax.get_legend() else []
        for k, axis in enumerate((ax.xaxis, ax.yaxis)):
            low, high = sorted(axis.get_view_interval())
            found += [t for t in axis.get_ticklabels() if low <= t.get_position()[k] <= high]
    return [t for t in found if t.get_visible() and t.get_text().strip()]


# ── reading them ────────────────────────────────────────────────────────────


def test_text_is_large_enough_on_a_slide(figure):
    scale = SLIDE / figure.get_figwidth()
    assert min(t.get_fontsize() for t in texts_of(figure)) * scale >= 12


def test_nothing_written_is_cut_off_or_written_over(figure):
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts_of(figure)]
    left, bottom, right, top = figure.bbox.padded(2).extents  # 2 pixels of 1000 are no harm
    assert len(boxes) > 5
    for text, box in boxes:
        assert left <= box.x0 < box.x1 <= right, text
        assert bottom <= box.y0 < box.y1 <= top, text
    for (a, box), (b, other) in combinations(boxes, 2):
        width = min(box.x1, other.x1) - max(box.x0, other.x0)
        height = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert width <= 1 or height <= 1, f"{a!r} and {b!r} overlap"


def test_named_lines_are_at_least_two_points_wide(figure):
    for ax in figure.axes:
        named = [line for line in ax.get_lines() if not line.get_label().startswith("_")]
        assert all(line.get_linewidth() >= 2 for line in named)


def luminance(colour):
    return sum(
        share * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)
        for share, v in zip((0.2126, 0.7152, 0.0722), to_rgb(colour), strict=True)
    )


def contrast(a, b):
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", [palette.LIGHT, palette.DARK])
def test_ink_and_colours_stand_out_from_the_paper(page):
    assert contrast(page.ink, page.paper) > 7
    assert contrast(page.quiet, page.paper) > 4.5
    assert all(contrast(colour, page.paper) > 3 for colour in page.colours[:6])
    assert len(set(page.colours)) == len(plot_style.MARKERS) == len(plot_style.DASHES) == 8


def test_a_figure_follows_its_page_even_after_the_style_has_ended():
    with plots.style(dark=True):
        ax = Figure().add_subplot()
    plots.variances({"kaiming": [measure.LayerVariance(1.0, 1.0)]}, ax=ax)
    assert ax.get_lines()[0].get_color() == palette.DARK.colours[0]
    assert to_hex(ax.get_facecolor()) == palette.DARK.paper
    assert to_hex(ax.get_legend().get_texts()[0].get_color()) == palette.DARK.ink


# ── what they show ──────────────────────────────────────────────────────────


def test_a_curve_shows_the_numbers_of_the_table():
    left, right = plots.activation_and_slope("gelu", span=2.0)
    curve = measure.activation_curve("gelu", np.linspace(-2.0, 2.0, 401))
    assert left.get_lines()[-2].get_ydata().tolist() == curve.h.tolist()
    assert right.get_lines()[-2].get_ydata().tolist() == curve.slope.tolist()
    assert left.get_title() == "GELU: σ(z)"


def test_a_jump_is_not_joined_and_a_dot_says_whose_zero_is():
    left, right = plots.activation_and_slope("step")
    curve, dot = left.get_lines()[-2:]
    assert np.isnan(curve.get_ydata()).sum() == 1
    assert (dot.get_xdata().tolist(), dot.get_ydata().tolist()) == ([0.0], [1.0])
    assert not np.isnan(right.get_lines()[-2].get_ydata()).any()


def test_the_grid_has_one_panel_per_activation_of_the_lecture():
    axes = plots.activation_grid()
    assert [ax.get_title() for ax in axes][:5] == ["step", "sigmoid", "tanh", "ReLU", "LeakyReLU"]
    assert [ax.axison for ax in plots.activation_grid(plots.LECTURE[:6])] == [True] * 6 + [False] * 4


def test_a_slope_that_is_nothing_is_not_magnified():
    assert plots.activation_and_slope("step")[1].get_ylim() == (-0.05, 1.0)


def test_secants_are_the_difference_quotients_and_the_tangent_their_limit():
    ax = plots.secants(lambda x: x**3, 1.0, [1.0, 0.1])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "f", "h = 1: slope 7", "h = 0.1: slope 3.31", "tangent: slope 3",
    ]  # fmt: skip
    curve = ax.get_lines()[0]
    assert curve.get_ydata() == pytest.approx(curve.get_xdata() ** 3)


@pytest.mark.parametrize(
    ("by", "areas"), [((0.5, 0.0), [6, 1]), ((0.0, 0.5), [6, 1.5]), ((0.5, 0.1), [6, 1, 0.3, 0.05])]
)
def test_the_strips_are_all_that_a_nudged_product_gains(by, areas):
    ax = plots.nudged_product(3.0, 2.0, by)
    drawn = [patch.get_width() * patch.get_height() for patch in ax.patches]
    assert drawn == pytest.approx(areas)
    assert sum(drawn) == pytest.approx((3.0 + by[0]) * (2.0 + by[1]))
    assert len(ax.texts) == len(areas)


def test_few_samples_are_drawn_large():
    def sizes(samples):
        found = plots.decision_boundary(MLP([2, 1]), *samples[:2], resolution=5).collections
        return [float(dots.get_sizes()[0]) for dots in found if isinstance(dots, PathCollection)]

    assert len(sizes(data.AND)) == 2
    assert min(sizes(data.AND)) > max(sizes(data.moons(40)))


def test_half_planes_keep_the_view_and_are_lines_of_the_layer():
    layer, ax = Layer(2, 2, init=1.0), Figure().add_subplot()
    layer.neurons[1].w[1].data = -2.0
    ax.set(xlim=(-1, 3), ylim=(0, 2))
    assert plots.half_planes(layer, ax=ax) is ax
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 3), (0, 2))
    for line, w in zip(ax.get_lines(), ((1, 1), (1, -2)), strict=True):
        assert np.asarray(line.get_data()).T @ w == pytest.approx([0.0, 0.0], abs=1e-12)


def test_runs_are_compared_by_label_with_their_validation_loss():
    def run(lr):
        model = MLP([2, 2, 1], seed=0)
        X, y = data.XOR[:2]
        return fit(model, X, y, loss="logistic", optimizer=SGD(model.parameters(), lr=lr), epochs=3, validation=(X, y))

    runs = {"slow": run(0.01), "fast": run(0.5)}
    ax = plots.loss_curve(runs)
    assert [t.get_text() for t in ax.get_legend().get_texts()] == [
        "slow",
        "slow, validation",
        "fast",
        "fast, validation",
    ]
    validation = ax.get_lines()[-1].get_ydata()
    assert list(validation) == [r.validation_loss for r in runs["fast"]]


def test_one_run_shows_its_accuracy_beside_the_loss():
    model = MLP([2, 2, 1], seed=0)
    ax = plots.loss_curve(fit(model, *data.XOR[:2], loss="logistic", epochs=3))
    assert [a.get_ylabel() for a in ax.figure.axes] == ["loss", "accuracy of the batch (%)"]


def test_the_axis_on_the_right_is_written_as_large_as_the_one_on_the_left():
    run = fit(MLP([2, 2, 1], seed=0), *data.XOR[:2], loss="logistic", epochs=3)
    left, right = plots.loss_curve(run).figure.axes
    assert right.yaxis.label.get_fontsize() == left.yaxis.label.get_fontsize() == plot_style.SIZES["axes.labelsize"]


def test_a_regression_has_no_accuracy_to_show():
    run = fit(MLP([1, 1], seed=0), [[0.0], [1.0]], [0.0, 1.0], loss="mse", epochs=3)
    assert len(plots.loss_curve(run).figure.axes) == 1


def test_smoothing_keeps_the_mean_of_neighbours():
    assert plots._smoothed([1.0, 2.0, 4.0]) == [1.0, 2.0, 4.0]
    assert plots._smoothed([float(i) for i in range(160)])[80] == 80.0
    assert plots._smoothed([0.0, 6.0] * 80)[81] in (2.4, 3.6)  # five neighbours


def test_ten_classes_are_drawn_with_eight_styles():
    X = [[float(k % 3), float(k // 3)] for k in range(10)]
    ax = plots.decision_boundary(MLP([2, 10], seed=0), X, list(range(10)), resolution=5)
    assert len(ax.get_legend().get_texts()) == 10


def test_samples_of_an_unknown_class_do_not_vanish():
    with pytest.raises(ValueError, match=r"classes are 0 … 1, one score each; y holds \[-1, 1\]"):
        plots.decision_boundary(MLP([2, 1]), [[0.0, 0.0], [1.0, 1.0]], [-1, 1], resolution=5)


def test_a_picture_shows_its_pixels_row_by_row():
    first, second = plots.images([[0.0, 0.25, 0.5, 1.0, 0.0, 0.0]] * 2, ["a"], width=2)
    assert first.get_images()[0].get_array().tolist() == [[0.0, 0.25], [0.5, 1.0], [0.0, 0.0]]
    assert (first.get_title(), second.get_title()) == ("a", "")


def test_pictures_fill_rows_and_leave_the_rest_empty():
    panels = plots.images([[1.0] * 4] * 7, width=2, columns=5)
    assert [bool(ax.get_images()) for ax in panels] == [True] * 7 + [False] * 3


@pytest.mark.parametrize("X", [[[1.0] * 5], [], [1.0, 2.0]])
def test_numbers_that_are_not_a_picture_are_an_error(X):
    with pytest.raises(ValueError, match="pictures 2 pixels wide are rows of k · 2 numbers; the shape of X is"):
        plots.images(X, width=2)


def test_a_confusion_matrix_writes_every_count_where_it_belongs_and_colours_right_and_wrong():
    ax = plots.confusion([[9, 1], [0, 5]], ["cat", "dog"])
    assert {t.get_position(): t.get_text() for t in ax.texts} == {(0, 0): "9", (1, 0): "1", (1, 1): "5"}
    cells = ax.get_images()[0].get_array()
    assert cells[0, 0, :3].tolist() == cells[1, 1, :3].tolist() != cells[0, 1, :3].tolist()
    assert cells[1, 0, 3] == 0.0  # none: paper
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog"]


def test_a_boundary_needs_a_plane():
    with pytest.raises(ValueError, match=r"X should be n samples of 2 numbers, its shape is \(1, 3\)"):
        plots.decision_boundary(MLP([3, 1]), [[0.0, 0.0, 0.0]], [0])


def test_too_few_axes_are_an_error():
    with pytest.raises(ValueError, match=r"needs 2 axes \(1 × 2\), got 1"):
        plots.activation_and_slope("tanh", axes=[Figure().add_subplot()])


def test_several_axes_are_drawn_on_and_given_back():
    given = Figure().subplots(2, 2)
    drawn = plots.histograms(MLP([2, 3, 1], seed=0), *data.XOR[:2], "logistic", axes=given)
    assert list(drawn) == list(given.ravel())
    assert [ax.get_title().split(":")[0] for ax in drawn][:2] == ["layer 1", "layer 2"]


def test_one_bar_per_layer_and_kind():
    model = MLP([2, 3, 3, 1], activation="relu", init=-1.0)  # never on where x ≥ 0; then always, at 0
    heights = [bar.get_height() for bar in plots.flat_shares(model, [[1.0, 1.0], [2.0, 1.0]]).patches]
    assert heights == [100.0, 100.0, 100.0, 100.0]


# ── on disk ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("format", "start"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_a_figure_can_be_saved_as(format, start):  # noqa: A002
    buffer = BytesIO()
    plots.sawtooth([1, 2])[0].figure.savefig(buffer, format=format)
    assert buffer.getvalue().startswith(start)


@pytest.mark.slow
def test_the_same_figures_are_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "FIGURES", {"activation": figures.FIGURES["activation"]})
    first, second = figures.save_all(tmp_path / "a"), figures.save_all(tmp_path / "b")
    assert [path.name for path in first] == ["activation.svg", "activation-dark.svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert first[0].read_bytes() != first[1].read_bytes()


def test_the_moving_pictures_move_and_are_small(tmp_path, monkeypatch):
    pytest.importorskip("resvg_py", reason="needs resvg: pip install 'chalkgrad[animate]'")
    from PIL import Image

    monkeypatch.setattr(figures, "FRAMES", 2)
    monkeypatch.setattr(animation, "WIDEST", 300)  # pixels take the time
    paths = figures.save_moving(tmp_path)
    assert [path.name for path in paths] == ["backward.gif", "backward-dark.gif", "training.gif", "training-dark.gif"]
    for path, frames in zip(paths, [11, 11, 2, 2], strict=True):
        with Image.open(path) as movie:
            assert movie.n_frames == frames
        assert (NOTEBOOKS / "figures" / path.name).stat().st_size < 200_000


def drawn_in_a_session():
    """What a plot looks like with the settings that Matplotlib has."""
    figure = plots.activation_and_slope("tanh")[0].figure
    ax = figure.axes[0]
    return [
        figure.get_facecolor()[:3],
        figure.dpi,
        ax.get_lines()[-1].get_color(),
        ax.xaxis.label.get_color(),
        ax.title.get_fontsize(),
    ]


@pytest.mark.parametrize("name", figures.STYLES)
def test_a_session_with_the_settings_of_a_style_draws_in_it(name, tmp_path):
    (path,) = (path for path in figures.save_styles(tmp_path) if path.stem == name)
    colours = palette.DARK if name.startswith("dark") else palette.LIGHT
    dpi = 150.0 if name.endswith("projector") else 100.0
    with rc_context(fname=path):
        found = drawn_in_a_session()
    assert found == [to_rgb(colours.paper), dpi, colours.colours[0], colours.ink, plot_style.SIZES["axes.titlesize"]]


@pytest.mark.slow
def test_a_session_is_started_with_a_style_by_one_variable(tmp_path, run_python):
    """As a lecturer does it: MATPLOTLIBRC=…/dark.matplotlibrc jupyter lab"""
    path = next(path for path in figures.save_styles(tmp_path) if path.stem == "dark-projector")
    source = f"from nn import plots\n{inspect.getsource(drawn_in_a_session)}\nprint(drawn_in_a_session())"
    with rc_context(fname=path):
        expected = drawn_in_a_session()
    assert run_python(source, MATPLOTLIBRC=str(path), PYTHONWARNINGS="error").strip() == str(expected)


def test_the_styles_of_the_notebooks_are_these(tmp_path):
    for path in figures.save_styles(tmp_path):
        assert path.read_bytes() == (NOTEBOOKS / "styles" / path.name).read_bytes(), "run python -m nn.figures"


def test_networks_load_without_matplotlib_and_figures_without_pyplot(run_python):
    source = """
import sys, nn
print("matplotlib" in sys.modules)
from nn import plots
plots.activation_and_slope("tanh")[0].figure.savefig("/dev/null", format="svg")
print("matplotlib.pyplot" in sys.modules)
"""
    assert run_python(source).split() == ["False", "False"]


def test_a_figure_says_that_it_is_one():
    figure = plots.activation_and_slope("tanh")[0].figure
    assert re.fullmatch(r"<Figure size \d+x\d+ with 2 Axes>", repr(figure))
    assert repr(figure.axes[0]).startswith("<Axes: ")
    assert str(figure.axes[0]).startswith("Axes(")


@pytest.mark.slow
def test_a_cell_shows_a_figure_once_and_pyplot_saves_it(tmp_path, monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("PYTHONPATH", str(NOTEBOOKS.parent))
    drawn = "plots.loss_curve([Record(1, 1, 0.5, None, 1.0, 0.1), Record(2, 1, 0.25, None, 1.0, 0.1)])"
    pictures = {  # cell → how many pictures it shows
        "from nn import plots; from nn.train import Record": 0,
        drawn: 1,
        f"{drawn}.figure": 1,
        "plots.activation_and_slope('tanh')": 1,
        "%matplotlib inline\nimport matplotlib.pyplot as plt": 0,
        f"{drawn} ": 1,
        f"{drawn}.figure ": 1,
        f"ax = {drawn}": 1,
        "ax.figure": 1,
        "plots.activation_and_slope('tanh') ": 1,
        f"{drawn}\nplt.savefig({str(tmp_path / 'loss.svg')!r})": 1,
        f"{drawn}\nplt.show()": 1,
        f"ax = plots.{drawn[6:-1]}, ax=plt.figure().gca())": 1,
    }
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in pictures])
    nbclient.NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    shown = [[o.get("data", {}) for o in cell.outputs] for cell in notebook.cells]
    assert [sum("image/png" in data for data in outputs) for outputs in shown] == list(pictures.values())
    assert "Axes:" not in str(shown)
    assert "<!-- loss -->" in (tmp_path / "loss.svg").read_text()  # the axis's name


def test_without_matplotlib_the_error_says_what_to_install(run_python):
    source = """
import sys
sys.modules["matplotlib"] = None
try:
    import nn.plots
except ImportError as error:
    print(error)
"""
    assert "pip install 'chalkgrad[train]'" in run_python(source)
