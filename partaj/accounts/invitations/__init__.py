"""The letter by which a new account chooses its password: one use, one day, one address."""
