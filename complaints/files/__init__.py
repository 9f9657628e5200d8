"""Files that people send us: taken by what they are, cleaned, checked, and kept as sealed objects."""
