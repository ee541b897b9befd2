"""scikit-learn, recorded by autolog: a regression, classifiers, clusters, a pipeline, a grid."""

# mypy: ignore-errors
# A user's script, without types.

import warnings

import mlflow

warnings.simplefilter("ignore")
mlflow.set_experiment("autolog")
mlflow.autolog(log_models=False, log_datasets=False, silent=True, extra_tags={"by": "autolog"})

from sklearn.cluster import KMeans  # noqa: E402  # after autolog, as people do
from sklearn.datasets import load_diabetes, load_iris  # noqa: E402
from sklearn.linear_model import ElasticNet, LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

x, y = load_diabetes(return_X_y=True, as_frame=True)
flowers, kinds = load_iris(return_X_y=True)


def name(text):
    """Give the run of the last training a name to compare it by."""
    run_id = mlflow.last_active_run().info.run_id
    mlflow.MlflowClient().set_tag(run_id, "mlflow.runName", text)


ElasticNet(alpha=0.1).fit(x, y)
name("regression")
LogisticRegression(max_iter=300).fit(flowers, kinds)
name("three classes")
LogisticRegression().fit(flowers[:100], kinds[:100])
name("two classes")
StandardScaler().fit(x)
KMeans(3, random_state=0).fit(flowers)
name("clusters")
make_pipeline(StandardScaler(), LogisticRegression()).fit(flowers, kinds)
name("pipeline")
ElasticNet().fit(x, y, sample_weight=[1.0] * len(x))
name("weights")
try:
    ElasticNet(alpha="x").fit(x, y)
except ValueError:
    name("broken")
with mlflow.start_run(run_name="mine"):
    ElasticNet().fit(x, y)
mlflow.sklearn.autolog(disable=True)
ElasticNet().fit(x, y)
