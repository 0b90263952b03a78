"""Logging in, by session and by token."""

from django.test import Client

from heedful.accounts.models import ApiToken


def test_a_token_works_until_it_is_deleted(owner, browser, project):
    made = browser.post("/api/tokens", {"name": "script"}, content_type="application/json").json()
    program = Client(headers={"Authorization": f"Bearer {made['token']}"})
    assert program.get("/api/projects").json()[0]["id"] == project.pk
    assert made["token"] not in str(ApiToken.objects.values())
    assert browser.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert program.get("/api/projects").status_code == 401


def test_a_session_must_show_its_csrf_token(owner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    assert client.post("/api/tokens", {"name": "x"}, content_type="application/json").status_code == 403


def test_logging_in_and_out(owner):
    client = Client()
    wrong = client.post("/api/login", {"email": owner.email, "password": "wrong"}, content_type="application/json")
    assert wrong.status_code == 422
    right = {"email": " OWNER@example.com ", "password": "correct horse"}
    assert client.post("/api/login", right, content_type="application/json").status_code == 200
    assert client.get("/api/me").json()["email"] == owner.email
    assert client.post("/api/logout").status_code == 204
    assert client.get("/api/me").status_code == 401


def test_the_documentation_is_for_those_who_are_logged_in(owner, browser):
    assert Client().get("/api/docs").status_code == 302
    assert Client().get("/api/openapi.json").status_code == 302
    assert browser.get("/api/docs").status_code == 200
