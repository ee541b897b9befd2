"""Searching runs and experiments, and what the frame looks like."""

# mypy: ignore-errors
# A user's script, without types.

import mlflow
from mlflow.entities import ViewType

for name, runs in (("first", 6), ("second", 2)):
    mlflow.set_experiment(name)
    for number in range(runs):
        with mlflow.start_run(run_name=f"{name} {number}"):
            mlflow.log_params({"n": number, "kind": "even" if number % 2 == 0 else "odd"})
            mlflow.log_metric("loss", 1 / (number + 1))
            mlflow.set_tag("size", "small" if number < 3 else "large")
            if number == 4:
                mlflow.log_metric("rare", 4.0)

answers = {}


def ask(label, **query):
    frame = mlflow.search_runs(**query)
    answers[label] = list(frame["tags.mlflow.runName"]) if len(frame) else []
    return frame


first = mlflow.get_experiment_by_name("first").experiment_id
ask("active", order_by=["params.n ASC"])
ask("by id", experiment_ids=[first], order_by=["metrics.loss DESC"])
ask("by name", experiment_names=["first", "second"], order_by=["tags.mlflow.runName DESC"])
ask("all", search_all_experiments=True, order_by=["tags.mlflow.runName ASC"])
for text in (
    "metrics.loss < 0.5",
    "metrics.loss >= 0.5 and params.kind = 'odd'",
    "params.kind != 'odd' AND tags.size = 'large'",
    "tags.mlflow.runName LIKE 'first%'",
    "tags.size ILIKE 'SMALL'",
    "params.n = '1'",
    "attributes.status = 'FINISHED' and metrics.rare = 4",
    'params."kind" = "even"',
    "metrics.missing > 0",
):
    ask(text, experiment_ids=[first], filter_string=text, order_by=["params.n ASC"])
ask("two", experiment_ids=[first], max_results=2, order_by=["metrics.loss ASC"])

runs = mlflow.search_runs([first], order_by=["params.n ASC"], output_format="list")
frame = mlflow.search_runs([first], order_by=["params.n ASC"])
deleted = runs[0].info.run_id
mlflow.delete_run(deleted)
ask("after deleting", experiment_ids=[first], order_by=["params.n ASC"])
ask("deleted", experiment_ids=[first], run_view_type=ViewType.DELETED_ONLY)
names = [e.name for e in mlflow.search_experiments(order_by=["name ASC"])]
some = [e.name for e in mlflow.search_experiments(filter_string="name LIKE 's%'")]

with mlflow.start_run(run_name="answers"):
    mlflow.log_dict(answers, "answers.json")
    mlflow.log_params({"columns": sorted(frame.columns), "experiments": names, "some": some})
    mlflow.log_param("types", {name: str(frame[name].dtype) for name in sorted(frame.columns)})
    mlflow.log_param("losses", [run.data.metrics["loss"] for run in runs])
    mlflow.log_param("rare", frame["metrics.rare"].tolist())
