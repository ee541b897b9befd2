"""What ran, as plain facts: cells, parameters in their source, outputs, the environment.

Nothing here knows IPython or a store: the notebook's face feeds it, and exports read from it.
"""
