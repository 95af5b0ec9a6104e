"""The formats that weights and activations are stored and computed in."""
