"""The smallest or fastest mix of formats inside a quality budget."""
