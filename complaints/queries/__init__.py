"""What is asked about complaints. Nothing here changes a row."""
