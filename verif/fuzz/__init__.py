"""Random programs in co-simulation with the model: campaigns, coverage, shrinking, replay."""
