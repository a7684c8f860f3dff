"""Late payments: how likely, when, and why; and whether saying so beats a naive guess."""
