"""The private address by which an agenda reads what somebody has to do; what it shows is an upper floor's affair."""
