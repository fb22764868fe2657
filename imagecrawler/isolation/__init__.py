"""Decoding apart from everything else: what a picture does to its decoder ends with a process."""

from imagecrawler.isolation.decoders import Decoders
from imagecrawler.isolation.limits import Limits

__all__ = ["Decoders", "Limits"]
