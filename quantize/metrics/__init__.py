"""Numbers that say how far one model's speech is from another's, in NumPy alone."""
