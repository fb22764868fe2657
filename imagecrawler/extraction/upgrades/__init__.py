"""Image servers' addresses: the largest version that one stands for, and which are one picture.

A rule knows one platform and is a pure function of the address; the rules and their order are in
``platforms.py``. Whether the larger version exists is for the download to find out.
"""

from imagecrawler.extraction.upgrades.larger import larger_address, picture_key

__all__ = ["larger_address", "picture_key"]
