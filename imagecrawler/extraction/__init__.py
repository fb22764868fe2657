"""From a rendered page to the pictures it names. Pure: no network, no browser.

A rule reads one syntax and yields :class:`~imagecrawler.extraction.found.Found` records; the
rules and their order are in ``rules.py``. ``merge.py`` joins the records into candidates.
"""

from imagecrawler.extraction.extract import extract
from imagecrawler.extraction.fingerprint import fingerprint
from imagecrawler.extraction.loading import is_evident, needs_images
from imagecrawler.extraction.stand_in import stand_in

__all__ = ["extract", "fingerprint", "is_evident", "needs_images", "stand_in"]
