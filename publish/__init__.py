"""What leaves the warehouse: generations, releases, extracts, and the door through which people read them."""
