"""One scenario from the loaded file to its result: the Mesa model, its runner, tally and summary."""
