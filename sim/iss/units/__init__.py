"""Models of extension units, a file each: the module that the unit's record names as its model."""
