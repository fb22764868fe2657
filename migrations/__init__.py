"""The schema's history, applied by ``imagecrawler db upgrade``."""
