"""Text to phones, offline: splitting, normalization and pronunciation, one module a language."""
