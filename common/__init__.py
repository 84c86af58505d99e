"""Modules that all packages share: errors for users, files, tables, and measured results."""
