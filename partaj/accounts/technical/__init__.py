"""The technical administration: three tables to look at when something at the door goes wrong. Nothing is written here.

Accounts, youths and decisions are not in it: the pages of the product show them, under `visible_to`.
"""
