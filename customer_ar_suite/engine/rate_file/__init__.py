"""Files of exchange rates: central banks' XML, tables; and what loading one would change."""
