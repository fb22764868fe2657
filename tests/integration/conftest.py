import asyncio
import sys
from collections.abc import Iterator

import pytest
import twisted.internet
from twisted.internet import asyncioreactor


@pytest.fixture(scope="module")
def reactor() -> Iterator[None]:
    """Scrapy's handlers ask for it, and for no more than that it is there.

    Other tests are of Scrapy without a reactor: it must not stay.
    """
    loop = asyncio.new_event_loop()
    asyncioreactor.install(loop)
    yield
    loop.close()
    del sys.modules["twisted.internet.reactor"]
    del twisted.internet.reactor
