"""Pictures without what is not seen of them: places, people, devices, thumbnails, trailers.

A format is one file with a function that gives the parts of a body that stay. The pixels are not
touched and nothing is decoded.
"""

from imagecrawler.imaging.stripping.strip import without_metadata

__all__ = ["without_metadata"]
