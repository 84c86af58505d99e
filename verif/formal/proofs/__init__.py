"""One file for each subject of the proofs; ``registry`` lists them."""
