"""``python -m imagecrawler``."""

from imagecrawler.cli import main

main()
