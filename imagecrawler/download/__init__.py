"""Candidates to bytes, through Scrapy's engine."""
