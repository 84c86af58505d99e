"""RTL of the core, the XDecimate unit and what surrounds them, in Amaranth."""
