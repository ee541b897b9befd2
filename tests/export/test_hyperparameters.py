"""Values inside of code that become parameters: which are found, likely, chosen, and lifted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.session import executed
from tracker.errors import InvalidValue
from tracker.export.cells import choose
from tracker.export.offers import Offered, Selection, offers
from tracker.export.program import Program, write_program


def offered(*cells: str, selection: Selection | None = None) -> Offered:
    return offers(cells, [None] * len(cells), selection)


def variables(*cells: str, mode: str = "all") -> dict[str, object]:
    found = offered(*cells, selection=Selection("all" if mode == "all" else "auto"))
    return {each.variable: each.default for each in found.parameters}


def program(*cells: str, selection: Selection | None = None) -> Program:
    return write_program(choose(executed(*cells))[0], selection)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("model = RandomForest(n_estimators=20)", {"model.n_estimators": 20}),
        ("RandomForest(n_estimators=20).fit(X)", {"RandomForest.n_estimators": 20}),
        ("model = Ridge(alpha=0.5).fit(X, y)", {"model.alpha": 0.5}),
        ("m = make_pipeline(Scaler(), SVC(C=2.0))", {"SVC.C": 2.0}),
        ("a, b = train_test_split(X, test_size=0.2)", {"train_test_split.test_size": 0.2}),
        ("m = xgb.train({'eta': 0.3}, d)", {}),
        (
            "params = {'eta': 0.1, 'tree': {'depth': 3}}",
            {"params.eta": 0.1, "params.tree.depth": 3},
        ),
        ("params = dict(eta=0.1)", {"params.eta": 0.1}),
        ("params['eta'] = 0.2", {"params.eta": 0.2}),
        ("config.lr = 0.2", {"config.lr": 0.2}),
        ("m = Model(params={'eta': 0.3})", {"m.params.eta": 0.3}),
        ("np.random.seed(7)", {"seed": 7}),
        ("rng = np.random.default_rng(7)", {"seed": 7}),
        ("for epoch in range(20):\n    step(lr=0.5)", {"epochs": 20, "step.lr": 0.5}),
        ("for epoch in tqdm(range(20)):\n    pass", {"epochs": 20}),
        ("for epoch in range(1, 20):\n    pass", {}),
        (
            "class Config:\n    width = 64\n    rate: float = 1",
            {"Config.width": 64, "Config.rate": 1},
        ),
        ("def train(alpha, l1=0.5):\n    pass\ntrain(0.1)", {"train.l1": 0.5, "train.alpha": 0.1}),
        ("class Net:\n    def __init__(self, size):\n        pass\nnet = Net(8)", {"Net.size": 8}),
        ("parser.add_argument('--batch-size', '-b', default=32)", {"batch_size": 32}),
        ("m = MLP(hidden_layer_sizes=(50, 20))", {"m.hidden_layer_sizes": (50, 20)}),
        ("m = Tree(max_depth=None)", {"m.max_depth": None}),
        ("plt.plot(x, alpha=0.5, lw=2)", {}),
        ("ax.scatter(x, y, s=3)", {}),
        ("df.plot(kind='bar')", {}),
        ("tracker.log_metric('loss', 0.5, step=1)", {}),
        ("print('x', end='')", {}),
        ("m = f(f'{g(n=1)}')", {}),
        ("self.model = SVC(C=1)", {"model.C": 1}),
    ],
)
def test_values_are_found_where_people_vary_them(cell: str, expected: dict[str, object]) -> None:
    assert variables(cell) == expected


@pytest.mark.parametrize(
    "cell",
    ["df = pd.read_csv('x.csv', sep=';', header=0)", "m = f(verbose=2, n_jobs=4)", "g(index=3)"],
)
def test_what_changes_no_result_is_offered_only_when_asked_for(cell: str) -> None:
    assert variables(cell, mode="auto") == {}
    assert variables(cell) != {}


def test_the_likely_ones_come_first() -> None:
    cell = (
        "m = Model(n_jobs=2, random_state=3, learning_rate=0.1, odd=5, test_size=0.2)\nn_iter = 0"
    )
    names = [each.variable for each in offered(cell).candidates]
    assert names == ["m.learning_rate", "m.test_size", "m.random_state", "m.odd", "m.n_jobs"]


def test_counters_paths_and_samples_are_told_apart() -> None:
    found = offered(
        "n_iter = 0\nbest_score = float('-inf')\ncount = 0\nk = 5\ndata = 'in/x.csv'\n"
        "X, y_train = [1, 2], (0, 1)"
    )
    assert [(each.name, each.kind) for each in found.parameters] == [
        ("k", "value"),
        ("data", "path"),
    ]


def test_a_notebook_without_values_has_no_parameters() -> None:
    assert offered("import x\nmodel = x.Model()\nmodel.fit()").parameters == []


def test_a_name_is_enough_and_the_end_of_one_too() -> None:
    cell = "model = Forest(n_estimators=20, odd=3)\nalpha = 1"
    for name in ("model.odd", "model_odd", "odd"):
        chosen = offered(cell, selection=Selection("none", (name,)))
        assert [each.variable for each in chosen.parameters] == ["model.odd"]
    with pytest.raises(InvalidValue, match=r"Did you mean 'model.n_estimators'"):
        offered(cell, selection=Selection("none", ("model.n_estimator",)))
    with pytest.raises(InvalidValue, match="no literal that could"):
        offered("x = f()", selection=Selection("none", ("alpha",)))


def test_descriptions_come_from_comments_helps_and_docstrings() -> None:
    found = offered(
        "rate = 0.1  # how fast",
        "parser.add_argument('--depth', default=3, help='how\\n deep')",
        "def a(x=1):\n    '''A.\n\n    :param x: by field\n    '''",
        "def b(lr=1):\n    '''B.\n\n    Args:\n        lr (float): by Google\n    '''",
        "def c(eta=1):\n    '''C.\n\n    Parameters\n    ----------\n    eta : float\n"
        "        by numpy\n    '''",
        "m = M(\n    C=1.0,  # how hard\n)",
        selection=Selection("all"),
    )
    assert {each.variable: each.help for each in found.parameters} == {
        "rate": "how fast",
        "depth": "how deep",
        "a.x": "by field",
        "b.lr": "by Google",
        "c.eta": "by numpy",
        "m.C": "how hard",
    }


def test_chosen_values_are_lifted_and_everything_else_stays() -> None:
    code = program(
        "model = Forest(n_estimators=20, odd=[3])  # a forest\nprint(model, 20)",
        selection=Selection("none", ("model.n_estimators",)),
    )
    assert code.blocks[0].code == (
        "model = Forest(n_estimators=args.model_n_estimators, odd=[3])  # a forest\n"
        "print(model, 20)"
    )


def test_a_dict_of_which_entries_are_chosen_is_no_parameter_itself() -> None:
    code = program("%%track run\nparams = {'eta': 0.1, 'odd': 2}\nfit(**params);")
    assert [each.name for each in code.parameters] == ["params_eta"]
    assert "params={\"params\": {'eta': args.params_eta, 'odd': 2}}" in code.blocks[0].code
    whole = program("params = {'odd': 2}")
    assert [each.name for each in whole.parameters] == ["params"]


def test_names_that_are_taken_give_way() -> None:
    cells = ("epochs = 3", "for epoch in range(20):\n    pass", "m = A(alpha=1)", "m = B(alpha=2)")
    names = {each.name: each.default for each in offered(*cells).parameters}
    assert names == {"epochs": 3, "epochs_value": 20, "m_alpha": 1, "m_alpha_2": 2}
    assert offered("p.add_argument('--lambda', default=1.0)").parameters[0].name == "lambda_value"


names = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
literals = st.one_of(st.integers(0, 10**9), st.floats(0, 1e9), st.booleans(), st.text("ab'\"é\\"))


@given(st.dictionaries(names, literals, min_size=1, max_size=5))
def test_any_keyword_is_lifted_token_for_token(given: dict[str, object]) -> None:
    call = ", ".join(f"kw_{name}={value!r}" for name, value in given.items())
    code = program(f"thing = Make({call})", selection=Selection("all"))
    lifted = ", ".join(f"kw_{name}=args.thing_kw_{name}" for name in given)
    assert code.blocks[0].code == f"thing = Make({lifted})"
    assert [each.default for each in code.parameters] == list(given.values())


@pytest.mark.parametrize(
    "definition",
    [
        "def train_model(odd):\n    pass\ntrain_model(4)",
        "def go(odd):\n    model.fit(odd)\ngo(4)",
        "def go(odd=4):\n    tracker.log_metric('m', odd)",
    ],
)
def test_arguments_of_the_users_own_training_functions_are_parameters(definition: str) -> None:
    assert list(variables(definition, mode="auto").values()) == [4]
    assert variables("def show(odd):\n    print(odd)\nshow(4)", mode="auto") == {}
