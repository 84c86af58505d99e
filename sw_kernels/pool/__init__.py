"""Average- and max-pooling."""
