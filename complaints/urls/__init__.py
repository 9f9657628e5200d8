"""Which address leads to which view: one module for each of the portal's rooms."""
