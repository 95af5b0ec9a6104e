"""Graphs as files, and how they are edited."""
