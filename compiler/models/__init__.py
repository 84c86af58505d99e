"""Networks to measure: architectures, seeded weights, and their QDQ models."""
