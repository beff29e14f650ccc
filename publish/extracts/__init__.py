"""Standard extracts: what a district downloads."""
