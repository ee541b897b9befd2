"""Recording without being asked: what training libraries do, logged as it happens.

One module per library, each of which may fail alone: a training never ends because its recording
did. `api` has the function that people call.
"""
