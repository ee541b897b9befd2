"""MLflow's file layout, `mlruns`: read as any MLflow wrote it, written as MLflow reads it."""
