"""Reports as tables: figures and totals first, then one table for every way to show it."""
