"""Signing in by ProConnect (OpenID Connect), off unless the environment configures it.

It opens no account: somebody comes in whose account an administrator opened, is active, and bears the address that the
provider vouches for. `provider` asks, `tokens` verifies, `admission` decides who comes in, `leaving` signs out there
too, `views` are the two addresses.
"""
