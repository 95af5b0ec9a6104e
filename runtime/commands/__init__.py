"""The sub-commands of the device side, one module each."""
