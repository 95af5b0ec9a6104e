"""What a voice computes on calibration sentences, and the ranges that follow from it."""
