"""The SQL Gateway of a session, where there is one: sessions, statements and their rows.

A gateway is a process of its own (`bin/sql-gateway.sh`), with its own REST API beside that of the JobManager.
"""
