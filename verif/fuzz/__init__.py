"""Random programs in lockstep with the model: campaigns, coverage, shrinking, replay."""
