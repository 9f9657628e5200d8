"""What is measured: one module each, with a function `measure` that returns a Figure."""
