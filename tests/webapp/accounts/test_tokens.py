from tests import factories


def test_a_token_opens_nothing(client, app):
    user = factories.make_user("admin")
    token = user.get_auth_token()
    assert client.get(f"/nl/staff?auth_token={token}").status_code == 302
    assert client.get("/nl/staff", headers={"Authentication-Token": token}).status_code == 302
