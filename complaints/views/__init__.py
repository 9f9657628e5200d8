"""Views read a request, make one call down and draw a page."""
