"""Payment cycles: when something falls due, and which cycle a customer really keeps."""
