"""What "acceptable" means: contract rule -> GX expectation -> finding -> edit report."""
