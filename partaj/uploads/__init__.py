"""The one gate through which a file enters, and the one through which it leaves. No other code touches a sent file.

`gate.accept` judges (size, content, antivirus) and gives back clean bytes; `vault` keeps them under names of its own,
outside the web root, and hands them out as attachments; `fields.SentFileField` is what a form declares.
Who may send or read a file is for the page to say (`visible_to`): this package knows nobody.
"""
