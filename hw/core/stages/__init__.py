"""The wiring of the core, stage by stage: each function drives one stage's signals of a ``Pipeline``."""
