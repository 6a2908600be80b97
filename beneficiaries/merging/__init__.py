"""Two files of one person made one, and parted again: what they say otherwise (`questions`), all that hangs on one
passed to the other (`moving`), the decision (`uniting`) and its undoing (`parting`). Never by itself: somebody asks.
"""
