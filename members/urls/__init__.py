"""The URLs of the door, and of the pages where administrators look after people."""
