"""The commands of the quality side."""
