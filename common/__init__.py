"""What every room needs: errors for users, files, tables, and results that were measured."""
