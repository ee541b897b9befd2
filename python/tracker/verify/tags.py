"""Names of the tags that a proof leaves on both runs."""

VERDICT = "tracker.reproduction.verdict"
"""`reproduced exactly`, `within tolerance` or `differs`."""
DETAIL = "tracker.reproduction.detail"
"""What was compared and found equal; or the first difference."""
CAUSE = "tracker.reproduction.cause"
"""Why they differ, as far as can be told."""
TOLERANCE = "tracker.reproduction.tolerance"
"""How far metrics may be apart, relative to their size, where they were not equal."""
RUN = "tracker.reproduction.run"
"""On the original run: the id of the run that reproduced it."""
OF = "tracker.reproduction.of"
"""On the run that reproduced it: the original's id."""

LONGEST = 2000
"""Characters of a tag."""
