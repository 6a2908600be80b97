"""Lists received, from the file to the youths' files: what
`beneficiaries.lists` judged is kept, decided, written, undone.

`receiving` takes a file in, `reading` makes its lines, `deciding` what a person decides of one, `writing` opens the
files, `confirming` and `undoing` do it as a whole. Each is one transaction: a crash leaves all of it or nothing.
"""
