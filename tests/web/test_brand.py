"""The institution's colour reaches the stylesheet and the icon."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import RecordingBroker, make_settings
from webapp import create_app
from webapp.config import SettingsError, read_settings
from webapp.web.brand import readable_on


def client_with(brand: str) -> FlaskClient:
    return create_app(make_settings("sqlite:///unused.db", brand=brand), broker=RecordingBroker()).test_client()


def test_stylesheet_sets_the_brand_of_the_settings() -> None:
    response = client_with("#1b3a6b").get("/brand.css")
    assert response.text == ":root { --brand: #1b3a6b; }\n"
    assert response.mimetype == "text/css"


def test_icon_wears_the_brand_of_the_settings() -> None:
    response = client_with("#1f5a3c").get("/icon.svg")
    assert 'fill="#1f5a3c"' in response.text
    assert response.mimetype == "image/svg+xml"


@pytest.mark.parametrize("address", ["/brand.css", "/icon.svg"])
def test_brand_is_kept_by_browsers_and_confirmed_without_a_body(address: str) -> None:
    client = client_with("#8f1329")
    first = client.get(address)
    assert first.cache_control.public
    assert first.cache_control.max_age
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_brand_is_another_resource_once_the_colour_changes() -> None:
    etags = {client_with(brand).get("/brand.css").headers["ETag"] for brand in ("#8f1329", "#1b3a6b")}
    assert len(etags) == 2


@pytest.mark.parametrize("given", ["red", "#fff", "#8f13zz", "#8f1329; } body { display: none", ""])
def test_settings_refuse_what_is_not_a_colour(given: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"LIAISON_BRAND": given})
    assert "LIAISON_BRAND" in refused.value.faults


@pytest.mark.parametrize(
    ("brand", "ink"),
    [
        ("#8f1329", "#ffffff"),
        ("#1b3a6b", "#ffffff"),
        ("#111111", "#ffffff"),
        ("#f5c400", "#1f1719"),
        ("#ffffff", "#1f1719"),
    ],
)
def test_icon_is_legible_on_any_brand(brand: str, ink: str) -> None:
    assert readable_on(brand) == ink
