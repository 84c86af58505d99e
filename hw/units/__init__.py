"""Extension units of the core: a package each, with one record of all that the core must know of the unit."""
