"""How long one stays signed in, on which devices, and how one leaves.

`limits` ends a session left alone or too old; `devices` says in plain words which sessions somebody has open, and
closes them; `views` are the pages.
"""
