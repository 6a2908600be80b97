"""An OpenID Connect provider of our own, on this machine: it answers as ProConnect does, or as a forger would."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "partaj", "secret-du-client"


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Made once for each name: it is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """What it signs follows from `claims`, `key`… which each test bends to its story."""

    def __init__(self, url: str, algorithm: str = "RS256") -> None:
        self.url, self.algorithm = url, algorithm
        self.key: Any = rsa_key("ours") if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
        self.forger = rsa_key("forger's")
        self.email: Any = "personne@partaj.example"
        self.userinfo: dict[str, Any] = {}  # laid over the claims of the userinfo
        self.identity: dict[str, Any] = {}  # laid over the claims of the id_token
        self.signed_by: dict[str, Any] = {}  # « userinfo » or « id_token »: another key
        self.content_type = "application/jwt"
        self.config: dict[str, Any] = {}
        self.asked: dict[str, str] = {}  # the parameters of the authorization
        self.down = False
        self.elsewhere = ""  # the page that answers « look over there » instead

    @property
    def discovery(self) -> dict[str, Any]:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo",
                "jwks_uri": "jwks", "end_session_endpoint": "session/end"}  # fmt: skip
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in ends.items()} | self.config

    def jwks(self) -> dict[str, Any]:
        public = jwt.get_algorithm_by_name(self.algorithm).to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "1", "use": "sig", "alg": self.algorithm}]}

    def sign(self, name: str, claims: dict[str, Any]) -> str:
        if name in self.signed_by:
            return jwt.encode(claims, self.signed_by[name][0], self.signed_by[name][1], headers={"kid": "1"})
        return jwt.encode(claims, self.key, self.algorithm, headers={"kid": "1"})

    def authorize(self, location: str) -> str:
        """What the browser does there: returns the address at which it comes back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return f"{urlsplit(self.asked['redirect_uri']).path}?code=the-code&state={self.asked['state']}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The code, for who proves to have asked for it (PKCE) and to be the client."""
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        right = {"code": "the-code", "client_id": CLIENT, "client_secret": SECRET}
        if right.items() - form.items() or challenge != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        identity = {"iss": self.url, "aud": CLIENT, "sub": "sub-1", "iat": now, "exp": now + 60,
                    "nonce": self.asked["nonce"]} | self.identity  # fmt: skip
        return 200, {"access_token": "an-access", "token_type": "Bearer", "id_token": self.sign("id_token", identity)}

    def answer(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "sub": "sub-1", "iat": now, "exp": now + 60, "email": self.email}
        return self.sign("userinfo", claims | self.userinfo)


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        pages = {"/.well-known/openid-configuration": self.provider.discovery, "/jwks": self.provider.jwks()}
        pages["/jwks-moved"] = pages["/jwks"]
        if self.provider.down:
            self.reply(503, {})
        elif self.path == self.provider.elsewhere:
            self.send_response(302)
            self.send_header("Location", f"{self.provider.url}{self.path}-moved")
            self.end_headers()
        elif self.path.removesuffix("-moved") == "/userinfo" and self.headers["Authorization"] == "Bearer an-access":
            self.reply(200, self.provider.answer(), self.provider.content_type)
        else:
            self.reply(200 if self.path in pages else 404, pages.get(self.path, {}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.reply(*self.provider.token({name: values[0] for name, values in parse_qs(body).items()}))

    def reply(self, status: int, body: Any, content_type: str = "application/json") -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(algorithm: str = "RS256") -> Iterator[Provider]:
    handler = type("Handler", (_Handler,), {})
    server = HTTPServer(("127.0.0.1", 0), handler)
    provider = handler.provider = Provider(f"http://127.0.0.1:{server.server_port}", algorithm)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
