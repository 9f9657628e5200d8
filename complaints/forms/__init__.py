"""Forms check what was typed; they never save it."""
