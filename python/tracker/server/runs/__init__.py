"""What lists of runs and pages of a run are asked for: found, nested, grouped, told in detail."""
