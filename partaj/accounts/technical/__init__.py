"""The technical administration: tables to look at when something at the door goes wrong. Nothing is written here, but
through the pages that an upper floor adds to a table of its own (a list imported: `beneficiaries.technical`).

Accounts, youths and decisions are not in it: the pages of the product show them, under `visible_to`.
"""
