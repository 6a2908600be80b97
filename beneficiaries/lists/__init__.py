"""Lists of youths handed over by a university or a mission locale: read, then judged line by line.

`reading.receive` lets bytes in, `reading.read` makes a `Table` of them, `columns.match` says what each column holds,
`judging.judge` gives every line its one outcome, and tells which lines resemble each other; `duplicates.find_known`
then tells which resemble people of the base, whom the caller has loaded. Nothing here touches the base, and nothing is
decided silently: each decision is returned, and `choices.Choices` overrides it. What cannot be read raises
UploadRefused.
"""
