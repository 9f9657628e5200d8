"""The desk: the queue, one case, and a page for each act on it."""
