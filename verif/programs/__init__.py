"""Programs made of instruction words, for tests of the core: no compiler in between."""
