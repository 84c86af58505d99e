"""The report of a network: its figures as JSON, text, and one page that needs nothing else."""
