"""MLflow's own database, of any of its schemas: read as it is, never altered."""
