"""What every answer of the site tells the browser, whatever it is: a page, a file, a redirection, a refusal."""

import re
from typing import Any

POLICY = {
    "default-src": {"'none'"}, "script-src": {"'self'"}, "style-src": {"'self'"}, "img-src": {"'self'", "data:"},
    "font-src": {"'self'"}, "connect-src": {"'self'"}, "form-action": {"'self'"}, "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"}, "object-src": {"'none'"},
}  # fmt: skip
OF_WHAT_WAS_SENT: dict[str, set[str]] = {"default-src": {"'none'"}, "frame-ancestors": {"'none'"}, "sandbox": set()}
SAID = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
REFUSED_FEATURES = {"camera", "microphone", "geolocation", "payment", "usb", "display-capture", "clipboard-read"}
NONCE = re.compile(r"'nonce-[A-Za-z0-9+/]{22}=='")


def header_faults(headers: Any, *, static: bool = False) -> list[str]:
    """A line for each header that is missing or weaker than it should be."""
    faults = [f"{name}: {headers.get(name)}" for name, value in SAID.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    directives = {words[0]: set(words[1:]) for part in policy.split(";") if (words := part.split())}
    said = {name: {word for word in words if not NONCE.fullmatch(word)} for name, words in directives.items()}
    # What somebody sent leaves as an attachment, under a policy that lets it do nothing at all.
    attached = headers.get("Content-Disposition", "").startswith("attachment") and said == OF_WHAT_WAS_SENT
    if said != POLICY and not attached:
        faults.append(f"Content-Security-Policy: {policy}")
    features = dict(part.strip().split("=", 1) for part in headers.get("Permissions-Policy", "").split(",") if part)
    if loose := {name for name in REFUSED_FEATURES if features.get(name) != "()"}:
        faults.append(f"Permissions-Policy: {sorted(loose)}")
    kept = headers.get("Cache-Control", "")
    if not static and not {"no-store", "private"} <= {word.strip() for word in kept.split(",")}:
        faults.append(f"Cache-Control: {kept}")
    if told := {"Server", "X-Powered-By", "Via"} & set(headers):
        faults.append(f"too talkative: {sorted(told)}")
    return faults
