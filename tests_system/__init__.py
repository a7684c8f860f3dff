"""Tests that need whole processes: what is killed must be resumable."""
