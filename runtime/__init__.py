"""Runs a compiled voice. Needs NumPy and one inference engine, never torch."""
