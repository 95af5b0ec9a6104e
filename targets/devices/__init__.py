"""One module a device family, each with a `PROFILE`; `catalogue` finds them by their file."""
