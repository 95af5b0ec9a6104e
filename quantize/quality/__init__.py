"""What quantization cost, measured: a pack beside its full-precision twin."""
