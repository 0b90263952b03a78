"""Addresses that carry their own permission: who holds one may read that one file until it expires.

Label Studio's page and an `<img>` cannot send our session or token, so pictures and heatmaps are handed out this way.
"""

import time

from django.conf import settings
from django.core import signing

from heedful.core.errors import NotFound

SALT = "heedful.media"


def media_url(address: str, *, download_as: str = "") -> str:
    """An absolute URL that serves the artifact at `address` for one to two times MEDIA_URL_SECONDS.

    It stays the same within a period, so that a page that is drawn again finds its pictures in the browser's cache.
    """
    period = settings.MEDIA_URL_SECONDS
    expires = (int(time.time()) // period + 2) * period
    token = signing.Signer(salt=SALT).sign_object([address, expires, download_as], compress=True)
    return f"{settings.HEEDFUL_PUBLIC_URL.rstrip('/')}/media/{token}"


def media_address(token: str) -> tuple[str, str]:
    """The artifact's address, and the name to download it as, behind a signed token.

    Raises NotFound when the token is forged or has expired.
    """
    try:
        address, expires, download_as = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature as error:
        raise NotFound("This link is not valid.") from error
    if expires < time.time():
        raise NotFound("This link has expired. Reload the page for a fresh one.")
    return address, download_as
