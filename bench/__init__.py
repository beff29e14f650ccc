"""Speed and scale: a night measured against a bare script over the same files, in one run."""
