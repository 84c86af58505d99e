"""The regressions on simulated RTL that ``xdecimate test`` runs: one bench a block, cases by name."""
