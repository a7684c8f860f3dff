"""One file per matching rule; the package ``matching`` imports, that is registers, them."""
