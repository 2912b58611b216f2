"""An identity provider as a process of its own: `oidc-provider-mock`, made to insist on PKCE.

    python -m tests.access.identity_server PORT '{"sub": "1", "preferred_username": "wang.fang"}' …

Its codes, its nonces, its keys and the check of the verifier (authlib) are none of our own work.
"""

import json
import sys
from typing import Any

import flask
import oidc_provider_mock
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc7636 import CodeChallenge
from oidc_provider_mock import _app as provider
from werkzeug.serving import make_server

CHALLENGES: dict[str, str] = {}


class Challenge(CodeChallenge):  # type: ignore[misc]  # it has no types
    """PKCE is required, and only with S256."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def get_authorization_code_challenge(self, authorization_code: Any) -> str | None:
        return CHALLENGES.get(authorization_code.code)

    def get_authorization_code_challenge_method(self, _: Any) -> str:
        return "S256"


def main(port: int, users: list[str]) -> None:
    """Serve until killed."""
    register = AuthorizationServer.register_grant
    save = provider.AuthorizationCodeGrant.save_authorization_code

    def register_with_pkce(self: Any, grant: Any, extensions: Any = None) -> Any:
        more = [Challenge(required=True)] if grant is provider.AuthorizationCodeGrant else []
        return register(self, grant, [*(extensions or []), *more])

    def save_with_challenge(self: Any, code: str, request: Any) -> None:
        CHALLENGES[code] = flask.request.args["code_challenge"]
        save(self, code, request)

    # public clients too: what their verifier proves is all they have
    methods = ["client_secret_basic", "client_secret_post", "none"]
    provider.AuthorizationCodeGrant.TOKEN_ENDPOINT_AUTH_METHODS = methods
    AuthorizationServer.register_grant = register_with_pkce
    provider.AuthorizationCodeGrant.save_authorization_code = save_with_challenge
    people = [
        oidc_provider_mock.User(sub=claims.pop("sub"), claims=claims)
        for claims in map(json.loads, users)
    ]
    app = oidc_provider_mock.app(require_nonce=True, user_claims=people)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
