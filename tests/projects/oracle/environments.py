"""Where an MLproject says its environment is defined."""

from __future__ import annotations

from typing import Final

from tests.projects.oracle.case import Case, Difference, refused

_RUN: Final = "entry_points: {main: {command: python train.py}}\n"
_INVALID: Final = "Project configuration (MLproject file) was invalid: "
_BRACKETS: Final = "the same, but for a bracket and a quote that MLflow's example has too many"

ENVIRONMENTS: Final = [
    Case("conda_env", f"conda_env: conda.yml\n{_RUN}", files={"conda.yml": ""}),
    Case(
        "conda_env by way of another folder",
        f"conda_env: envs/../conda.yaml\n{_RUN}",
        files={"conda.yaml": "", "envs/x": ""},
    ),
    Case("python_env", f"python_env: env/py.yaml\n{_RUN}", files={"env/py.yaml": ""}),
    Case("no key, python_env.yaml there", _RUN, files={"python_env.yaml": "", "conda.yaml": ""}),
    Case("no key, conda.yaml there", _RUN, files={"conda.yaml": ""}),
    Case("conda_env of null", f"conda_env: ~\n{_RUN}", files={"conda.yaml": ""}),
    Case("conda_env of null, nothing there", f"conda_env:\n{_RUN}"),
    Case(
        "requirements.txt alone",
        _RUN,
        files={"requirements.txt": "numpy"},
        differs={
            "environment": Difference(
                ("requirements", "<project>/requirements.txt"),
                "MLflow makes an empty environment, in which the script then finds nothing",
            )
        },
    ),
    Case(
        "docker_env",
        """
name: docker-example
docker_env:
  image: mlflow-docker-example
  volumes: ["/local/path:/container/mount/path", "a:b:ro"]
  environment: [["NEW_ENV_VAR", "new_var_value"], "VAR_TO_COPY_FROM_HOST_ENVIRONMENT"]
entry_points:
  main:
    parameters: {alpha: float}
    command: "python train.py --alpha {alpha}"
""",
        {"alpha": 1},
    ),
    Case("docker_env of null", f"docker_env:\n{_RUN}"),
    Case("docker_env without an image", f"docker_env: {{volumes: [a]}}\n{_RUN}"),
    Case(
        "docker volumes that are no list",
        f"docker_env: {{image: i, volumes: a}}\n{_RUN}",
        differs=refused(f"{_INVALID}Docker volumes must be a list of strings", _BRACKETS),
    ),
    Case(
        "docker volumes of numbers",
        f"docker_env: {{image: i, volumes: [1]}}\n{_RUN}",
        differs=refused(f"{_INVALID}Docker volumes must be a list of strings", _BRACKETS),
    ),
    Case(
        "docker environment that is no list",
        f"docker_env: {{image: i, environment: {{A: b}}}}\n{_RUN}",
        differs=refused(f"{_INVALID}environment must be a list", _BRACKETS),
    ),
    Case(
        "docker environment with half a pair",
        f"docker_env: {{image: i, environment: [[A]]}}\n{_RUN}",
        differs={
            "error": Difference(
                f"{_INVALID}environment must be a list",
                "MLflow crashes on it later, when it starts the container",
            )
        },
    ),
    Case(
        "docker_env that is text",
        f"docker_env: image\n{_RUN}",
        differs=refused(
            f"{_INVALID}docker_env must say",
            "MLflow says AttributeError: 'str' object has no attribute 'get'",
        ),
    ),
    Case(
        "two environments",
        f"conda_env: conda.yaml\npython_env: python_env.yaml\n{_RUN}",
        differs=refused(
            "Project cannot contain multiple environment fields: python_env, conda_env in",
            "MLflow prints a set, in an order that changes",
        ),
    ),
    Case(
        "two environments, one null",
        f"conda_env: ~\ndocker_env: {{image: i}}\n{_RUN}",
        differs=refused(
            "Project cannot contain multiple environment fields: docker_env, conda_env in",
            "MLflow prints a set, in an order that changes",
        ),
    ),
    Case("conda_env that is not there", f"conda_env: conda.yaml\n{_RUN}"),
    Case("python_env that is not there", f"python_env: python_env.yaml\n{_RUN}"),
    Case(
        "python_env that is a folder",
        f"python_env: env\n{_RUN}",
        files={"env/x": ""},
        differs={
            "error": Difference(
                f"{_INVALID}python_env must name a file",
                "MLflow crashes on it later, when it reads the folder",
            )
        },
    ),
    Case(
        "python_env written out in place",
        f"python_env: {{python: '3.10'}}\n{_RUN}",
        differs=refused(
            f"{_INVALID}python_env must name a file",
            "MLflow says TypeError: join() argument must be str",
        ),
    ),
    Case(
        "a job for Databricks",
        "name: job\ndatabricks_spark_job: {python_file: job.py}\n",
        differs={
            "error": Difference(
                "Could not find main among entry points []",
                "such jobs are not run here; MLflow has no entry point for them and crashes",
            )
        },
    ),
]
