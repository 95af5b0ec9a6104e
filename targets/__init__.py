"""The devices a voice can be compiled for, and the adapter to each inference engine."""
