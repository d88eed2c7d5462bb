"""The OpenID provider's addresses and its one page: choose who you are."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from province_sandbox.demo import PEOPLE
from province_sandbox.identity import LOOPBACK, Mistaken, Wish, discovery, person_by_sub
from province_sandbox.web.local import province, require_same_origin

sign_in = Blueprint("sign_in", __name__, url_prefix="/oidc")


@sign_in.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """Discovery."""
    return jsonify(discovery(_issuer()))


@sign_in.get("/jwks.json")
def keys() -> Response:
    """The public keys."""
    return jsonify(province().provider.key_set())


@sign_in.route("/authorize", methods=["GET", "POST"])
def authorize() -> BaseResponse | str | tuple[str, int]:
    """Show the people to choose from; a POST chooses one, by `sub` or by the address's login_hint."""
    address = request.args.get("redirect_uri", "")
    if not province().provider.trusted_address(request.args.get("client_id", ""), address):
        return render_template("said.html", title="不能登录", text="来源地址没有登记。"), 400
    _allow_way_back(address)
    try:
        wish = province().provider.wish(request.args)
    except Mistaken as mistake:
        return _back_with_error(address, mistake)
    return _choose(wish) if request.method == "POST" else _choices(wish)


@sign_in.post("/token")
def token() -> tuple[Response, int] | Response:
    """Exchange a code for tokens."""
    basic = request.authorization
    try:
        answer = province().provider.exchange(
            issuer=_issuer(),
            form=request.form,
            basic=(basic.username or "", basic.password or "") if basic and basic.type == "basic" else None,
        )
    except Mistaken as mistake:
        return _oauth_error(mistake, 401 if mistake.error == "invalid_client" else 400)
    response = jsonify(answer)
    response.headers["Cache-Control"] = "no-store"
    return response


@sign_in.route("/userinfo", methods=["GET", "POST"])
def userinfo() -> tuple[Response, int] | Response:
    """The claims behind a bearer token."""
    bearer = request.authorization
    given = bearer.token if bearer and bearer.type == "bearer" else None
    try:
        return jsonify(province().provider.userinfo(given or ""))
    except Mistaken as mistake:
        return _oauth_error(mistake, 401)


@sign_in.route("/end-session", methods=["GET", "POST"])
def end_session() -> BaseResponse | str:
    """Nothing is kept here between sign-ins, so leaving is only going back."""
    address = request.values.get("post_logout_redirect_uri", "")
    if address and province().provider.may_return_to(address):
        return redirect(Wish(address, request.values.get("state", ""), "", "", "").back())
    return render_template("said.html", title="已退出", text="可以关闭这个页面了。")


def _choices(wish: Wish) -> str:
    people = sorted(PEOPLE, key=lambda person: person.sub != wish.login_hint)
    return render_template("people.html", people=people, hint=wish.login_hint)


def _choose(wish: Wish) -> BaseResponse | tuple[str, int]:
    require_same_origin()
    person = person_by_sub(request.form.get("sub", "") or wish.login_hint)
    if person is None:
        return render_template("said.html", title="没有这个人", text="请返回重新选择。"), 400
    code = province().provider.grant(wish, person)
    return redirect(wish.back(code=code, iss=_issuer()), code=303)


def _back_with_error(address: str, mistake: Mistaken) -> BaseResponse:
    wish = Wish(address, request.args.get("state", ""), "", "", "")
    return redirect(
        wish.back(error=mistake.error, error_description=mistake.description, iss=_issuer()),
        code=303,
    )


def _oauth_error(mistake: Mistaken, status: int) -> tuple[Response, int]:
    body: dict[str, Any] = {"error": mistake.error, "error_description": mistake.description}
    response = make_response(jsonify(body))
    if status == 401:
        response.headers["WWW-Authenticate"] = f'Bearer error="{mistake.error}"'
    return response, status


def _allow_way_back(address: str) -> None:
    """Browsers hold a form's redirects to `form-action` too, so the page must name the way back."""
    url = urlsplit(address)
    g.form_action = f"{url.scheme}://{url.netloc}"


def _issuer() -> str:
    """The configured public address, else the loopback name by which the browser came."""
    root = province().settings.public_url
    if not root and urlsplit("//" + request.host).hostname in LOOPBACK:
        root = request.host_url
    port = request.environ.get("SERVER_PORT", "8090")
    return (root or f"http://127.0.0.1:{port}").rstrip("/") + "/oidc"
