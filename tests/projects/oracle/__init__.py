"""MLprojects in the spellings that people use, and what the real MLflow makes of each."""
