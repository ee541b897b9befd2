"""A server that speaks MLflow's REST API, as a store. What is logged waits in an outbox on this
machine until the server has it: `outbox` keeps it, `delivery` sends it, `store` asks."""
