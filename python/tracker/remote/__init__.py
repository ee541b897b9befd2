"""Servers that speak MLflow's REST API, as their clients see them: where they are, who we are
there, requests and answers. What is said there is the business of `store.rest` and `artifacts`."""
