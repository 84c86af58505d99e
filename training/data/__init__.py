"""Images to train with and to measure accuracy on."""
