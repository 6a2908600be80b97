"""Something that one holds besides the password: a telephone's codes, a passkey, or a recovery code.

`adapter` and `forms` bend allauth.mfa to our house; `codes` keeps the recovery codes; `gate` lets nobody who sees names
go further without; `views` are the pages of one's own factors, `office` an administrator's.
"""
