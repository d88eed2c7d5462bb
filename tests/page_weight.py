"""What a page costs somebody who sees it for the first time: itself and everything it asks for, as sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from werkzeug.datastructures import Headers

#: Gives the headers and the body of an address, exactly as they were sent.
Fetch = Callable[[str], tuple[Headers, bytes]]
_ASKED_FOR = re.compile(r'(?:src|data-plan-url)="([^"]+)"|<link [^>]*href="([^"]+)"|<use href="([^"#]+)#')


def weigh(fetch: Fetch, decode: Callable[[Headers, bytes], bytes], address: str) -> Mapping[str, int]:
    """Give the bytes of each address that a browser fetches to show the page at ``address``."""
    headers, body = fetch(address)
    weights = {address: len(body)}
    for found in _ASKED_FOR.finditer(decode(headers, body).decode()):
        asked = next(one for one in found.groups() if one).replace("&amp;", "&")
        if asked not in weights:
            weights[asked] = len(fetch(asked)[1])
    return weights
