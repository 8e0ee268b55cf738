"""The web: forms beside their routes, one module or package for each audience."""
