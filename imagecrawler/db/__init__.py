"""PostgreSQL: the server, the connection, the schema and everything that is read or written."""
