"""MLprojects: read, fetched, given an environment, run, and their runs recorded.

    sources       a URI -> a folder on this machine that holds the project (`Checkout`)
    spec          that folder -> what its MLproject says (`Project`, `EntryPoint`)
    command       an entry point and parameters -> the command that will run (`Command`)
    trust         what was agreed to before; what to show to whoever is asked
    environments  an environment's definition -> one that is made, cached by its content
    running       all of these -> a run, a child process, its log: a `SubmittedRun`
    backends      where it runs: this machine, Dask, Kubernetes, or an entry point of others
    sweep         many runs of one project over its parameters

`model` holds what they hand to each other. What a project's files say is hostile until checked:
nothing of it is executed, and no file outside its folder is read, before the user agreed.
"""
