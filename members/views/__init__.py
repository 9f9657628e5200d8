"""The door and what stands behind it: sign-in, second factors, and each person's own page of security."""
