"""Signing in by ProConnect (OpenID Connect), off unless the environment configures it.

It opens no account: somebody comes in whose account an administrator opened, is active, and was linked to this
identity, or is linked to none yet and bears the address that the provider vouches for. `provider` asks, `tokens`
verifies, `admission` decides who comes in, `models` keeps whose identity it is, `office` undoes that, `leaving` signs
out there too, `views` are the two addresses.
"""
