"""Two records of one customer: which value wins, which row moves, what can be taken back."""
