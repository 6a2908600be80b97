"""What ill-meaning, unlucky or simply foreign people type: sixty texts, each of which must stay a text."""

PAYLOADS = [
    # Markup that runs
    "<script>alert(1)</script>", "</title><script>alert(1)</script>", '"><script>alert(1)</script>',
    "<ScRiPt>alert(1)</sCrIpT>", "<img src=x onerror=alert(1)>", '" onmouseover="alert(1)',
    "' autofocus onfocus=alert(1) x='",
    "<svg onload=alert(1)>", "<svg><script href=data:,alert(1) /></svg>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<details open ontoggle=alert(1)>", "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "JaVaScRiPt&colon;alert(1)", "data:text/html,<script>alert(1)</script>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "</textarea><script>alert(1)</script>", "</select><img src=x onerror=alert(1)>", "--><script>alert(1)</script><!--",
    "<div hx-get=/compte/ hx-trigger=load>", "<form action=//evil.example><input name=x>", "<base href=//evil.example>",
    "<style>@import '//evil.example'</style>", "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    # Templates and formats
    "{{ settings.SECRET_KEY }}", "{% load x %}", "{% include 'base.html' %}", "{{ 7|add:7 }}", "${7*7}", "#{7*7}",
    "<%= 7*7 %>",
    "%s %d %(name)s", "{0.__class__}", "\\u003cscript\\u003e",
    # Queries and commands
    "' OR '1'='1", "'; DROP TABLE accounts_user; --", '" UNION SELECT password FROM accounts_user --', "\\'; --",
    "$(touch /tmp/x)", "; cat /etc/passwd", "../../../../etc/passwd", "%00%0d%0aSet-Cookie: x=1",
    # Formulas
    "=1+1", "=HYPERLINK(\"http://evil.example\",\"x\")", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "\t=1+1", "＝1+1",
    # Characters
    "nul\x00inside", "\ud800", "\u202etxet desrever", "zero\u200bwidth\u200d\ufeff", "e\u0301\u0327\u0301" * 20,
    "👩‍👩‍👧‍👦 été", "\ufffd\uffff", "ligne\r\nlocation: x", "x" * 5000,
]  # fmt: skip
