"""What must be hidden before anything is public."""
