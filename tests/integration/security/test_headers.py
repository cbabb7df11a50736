"""What every answer says to the browser, and what no address says about a person."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.core import signing
from django.test import Client as Browser
from django.urls import reverse

from tests.integration.security.browsing import address, ask, half_signed_in, signed_in
from tests.integration.security.pages import pages
from tests.integration.security.records import PASSWORD, Cases
from tests.integration.security.routes import ROUTES

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def policy_of(header: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in header.split(";") if part.strip())}


def test_every_page_says_what_it_must(cases: Cases) -> None:
    wrong = []
    for page in pages(cases):
        response = page.open().response
        about = f"{page.name} as {page.who}"
        if policy_of(response.get("Content-Security-Policy", "")) != POLICY:
            wrong.append(f"{about}: {response.get('Content-Security-Policy')}")
        wrong += [f"{about}: {name}" for name, value in ALWAYS.items() if response.get(name) != value]
        if "no-store" not in response.get("Cache-Control", ""):
            wrong.append(f"{about}: may be cached")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/desk/clients/x/", "/desk/", "/portal/", "/accounts/login/", "/accounts/2fa/"]
)
def test_refusals_say_it_too(cases: Cases, path: str) -> None:
    response = Browser().get(path)
    assert policy_of(response["Content-Security-Policy"]) == POLICY
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS


def test_a_denied_page_is_not_kept_either(cases: Cases) -> None:
    response = signed_in(cases.world.client.user).get(reverse("desk:today"))
    assert response.status_code == 403
    assert "no-store" in response["Cache-Control"]


def test_no_page_holds_inline_script_or_style_or_a_third_party(cases: Cases) -> None:
    wrong = []
    for page in pages(cases):
        soup = BeautifulSoup(page.open().text, "html.parser")
        about = f"{page.name} as {page.who}"
        wrong += [f"{about}: inline script" for tag in soup.find_all("script") if not tag.get("src")]
        wrong += [f"{about}: inline style" for _ in soup.find_all("style")]
        for tag in soup.find_all(True):
            wrong += [
                f"{about}: {name} on {tag.name}" for name in tag.attrs if name == "style" or name.startswith("on")
            ]
            loads = tag.get("src") or (tag.get("href") if tag.name == "link" else "") or tag.get("action")
            if re.match(r"(https?:)?//", str(loads or "")):
                wrong.append(f"{about}: {loads}")
    assert not wrong, "\n".join(wrong)


def test_no_address_tells_who_it_is_about(cases: Cases) -> None:
    """Addresses end in histories, logs and over shoulders: they hold random keys, never a name, number or e-mail."""
    people = [cases.own.client, cases.other.client, cases.own.family]
    secrets = {text.lower() for person in people for text in (person.first_name, person.last_name)}
    secrets |= {cases.own.client.number.lower(), "example.org", "1990-04-02", "555"}
    telling = re.compile(rf"\b({'|'.join(map(re.escape, secrets))})\b")
    wrong = []
    for page in pages(cases):
        soup = BeautifulSoup(page.open().text, "html.parser")
        for tag in soup.find_all(True):
            for name in ("href", "action", "data-hx-get", "data-hx-post", "src"):
                link = unquote(str(tag.get(name) or "")).lower()
                if link.startswith(("tel:", "sms:", "mailto:")):
                    continue
                if telling.search(link):
                    wrong.append(f"{page.name} as {page.who}: {link}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_cookies_are_for_the_server_alone(cases: Cases) -> None:
    browser = Browser()
    user = cases.world.client.user
    browser.get(reverse("account_login"))
    browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    browser.get(reverse("portal:home"))
    session = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert session["samesite"] == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert browser.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"
    # Nothing about the person travels in a cookie.
    assert all(user.email not in morsel.value for morsel in browser.cookies.values())


def test_sign_in_gives_a_new_session(cases: Cases) -> None:
    """A session made before sign-in (session fixation) is not the one after it."""
    browser = Browser()
    browser.get(reverse("account_login"))
    before = browser.session.session_key
    browser.force_login(cases.world.client.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert browser.session.session_key != before


def test_a_forged_session_key_opens_nothing(cases: Cases) -> None:
    browser = Browser()
    browser.cookies[settings.SESSION_COOKIE_NAME] = signing.dumps({"_auth_user_id": str(cases.world.director.user_id)})
    assert browser.get(reverse("desk:today"))["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"])
def test_other_methods_do_nothing(cases: Cases, method: str) -> None:
    browser, wrong = signed_in(cases.world.director.user), []
    for name, route in ROUTES.items():
        path = address(name, route, cases, "own").partition("?")[0]
        response = browser.generic(method, path, b"secret-body", "text/plain")
        if response.status_code not in {302, 403, 404, 405}:
            wrong.append(f"{method} {name}: {response.status_code}")
        if b"secret-body" in response.content:
            wrong.append(f"{method} {name}: echoes")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "https:evil.example"]
)
def test_sign_in_leads_to_no_other_site(cases: Cases, next_: str) -> None:
    browser = Browser(raise_request_exception=False)
    page = browser.get(reverse("account_login"), {"next": next_})
    assert page.status_code == 200
    data = {"login": cases.world.counselor.user.email, "password": PASSWORD, "next": next_}
    answer = browser.post(f"{reverse('account_login')}?next={next_}", data)
    assert answer.status_code == 302
    assert "evil" not in answer["Location"].partition("?")[0]
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))
    welcome = signed_in(cases.world.client.user).get(reverse("site:welcome"), {"next": next_})
    assert welcome["Location"] == reverse("portal:home")


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "", "a" * 300])
def test_a_foreign_host_name_is_refused(cases: Cases, host: str) -> None:
    """Else a mail asked for under another name would carry a link to it."""
    browser = Browser(raise_request_exception=False)
    for path in ("/", reverse("account_login"), reverse("account_reset_password")):
        assert browser.get(path, headers={"Host": host}).status_code == 400
        assert b"evil" not in browser.get(path, headers={"Host": host}).content


def test_a_forwarded_host_is_not_believed(cases: Cases) -> None:
    response = Browser().get(reverse("account_login"), headers={"X-Forwarded-Host": "evil.example"})
    assert response.status_code == 200
    assert b"evil" not in response.content


BODIES = [
    ("application/json", b'{"id": 1}'),
    ("application/json", b"{"),
    ("text/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nnever ended"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=1"),
    ("application/x-www-form-urlencoded", b"a=%FF%FE&%00=%00"),
    ("", b"\x00\xff"),
]


@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_a_body_of_the_wrong_kind_is_refused_politely(cases: Cases, kind: str, body: bytes) -> None:
    staff, client = signed_in(cases.world.director.user), signed_in(cases.world.client.user)
    wrong = []
    for name, route in ROUTES.items():
        if "POST" in route.methods:
            browser = client if name.startswith("portal") else staff
            response = browser.generic("POST", address(name, route, cases, "own"), body, kind)
            if response.status_code >= 500:
                wrong.append(f"{name}: {response.status_code} {getattr(response, 'exc_info', ('', ''))[1]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ["site:callback", "site:check", "desk:inquiry_new", "portal:check_in"])
def test_too_much_is_refused_with_a_clear_status(cases: Cases, name: str) -> None:
    browser = signed_in(cases.world.client.user if name.startswith("portal") else cases.world.director.user)
    path = reverse(name)
    kind = "application/x-www-form-urlencoded"
    large = browser.post(path, b"note=" + b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1000), content_type=kind)
    many = browser.post(
        path,
        b"&".join(b"field%d=1" % number for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 100)),
        content_type=kind,
    )
    assert [large.status_code, many.status_code] == [400, 400]
    assert b"Traceback" not in large.content + many.content


def test_half_signed_in_people_see_no_page_of_the_desk(cases: Cases) -> None:
    """After CVE-2021-32101: between password and second factor one is nobody."""
    browser = half_signed_in(cases)
    for path in ("/desk/", "/portal/", "/family/", "/desk/clients/", f"/desk/clients/{cases.own.client.pk}/"):
        answer = ask(browser, "GET", path)
        assert answer.status == 302
        assert answer.location.startswith(reverse("account_login"))


def test_a_page_that_is_not_there_tells_nothing(cases: Cases) -> None:
    """No trace, no setting, no list of addresses."""
    response = Browser(raise_request_exception=False).get("/desk/clients/not-a-key/")
    assert response.status_code == 404
    for word in (b"Traceback", b"urlpatterns", b"SECRET", b"Django"):
        assert word not in response.content
