"""Figures, images and tables."""

# mypy: ignore-errors
# A user's script, without types.

import matplotlib
import mlflow
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from PIL import Image

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # after the backend is chosen

figure, axes = plt.subplots(figsize=(3, 2))
axes.plot([1, 2, 3], [3, 1, 2])
picture = np.linspace(0, 1, 64).reshape(8, 8)

with mlflow.start_run(run_name="figures") as run:
    mlflow.log_figure(figure, "plots/line.png")
    mlflow.log_figure(figure, "plots/fine.png", save_kwargs={"dpi": 200})
    mlflow.log_figure(go.Figure(go.Bar(y=[1, 2]), layout={"uirevision": 1}), "plots/bar.html")
    mlflow.log_image(picture, "images/float.png")
    mlflow.log_image((picture * 255).astype(np.uint8), "images/bytes.png")
    mlflow.log_image(picture > 0.5, "images/bool.png")
    mlflow.log_image(np.dstack([picture] * 3), "images/colour.png")
    mlflow.log_image(Image.new("RGB", (5, 4), "red"), "images/pil.png")
    mlflow.log_image(picture, key="series", step=3, timestamp=1000)
    mlflow.log_table({"question": ["a?", "b?"], "score": [0.25, 1.0]}, "table.json")
    mlflow.log_table(pd.DataFrame({"question": ["c?"], "score": [0.5]}), "table.json")
    mlflow.log_table({"x": [1, 2]}, "deep/table.parquet")
    try:
        mlflow.log_figure(figure, "plots/line.unknown")
    except ValueError:
        mlflow.log_metric("refused", 1.0)

table = mlflow.load_table("table.json", run_ids=[run.info.run_id])
wide = mlflow.load_table("deep/table.parquet", extra_columns=["status"])
with mlflow.start_run(run_name="read back"):
    mlflow.log_params({"table": table.to_dict("list"), "wide": wide.to_dict("list")})
