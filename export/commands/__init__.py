"""The sub-commands of the compiler, one module each."""
