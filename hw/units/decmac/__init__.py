"""XDecmac: multiply four activations, which share a word, by the weight whose N:M index comes next."""
