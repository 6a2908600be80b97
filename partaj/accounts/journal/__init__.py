"""The access journal: who read, searched, changed, exported, printed or was refused what, and when.

`trace` collects what one request shows and writes it before its answer leaves; `changes` writes down what is saved,
in the transaction that saves it; `digests` binds each row to a key; `sealing` binds batches of rows to one another.
No row holds a name, nor anything that was typed: people are numbers, acts are codes.
"""
