"""For scrapyd-deploy, which would write one of its own; everything is in pyproject.toml."""

from setuptools import setup

setup()
