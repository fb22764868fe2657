"""Jobs: one crawl of one page, from its arguments to its outcome."""
