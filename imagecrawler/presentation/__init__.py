"""A finished PageItem as a person or a program reads it: JSON, terminal, HTML.

Pure: nothing here opens a file or a connection. Every string that came from the page (title,
alt text, URL, error detail) is untrusted and is neutralised where it is written out.
"""
