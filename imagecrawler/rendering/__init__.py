"""Chromium: its lifecycle, one page from navigation to snapshot, always within a budget."""
