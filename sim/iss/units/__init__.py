"""What extension units do and keep, a file each: the module that the unit's record names as its model."""
