"""Shared by the tests of all clients: a server, clients for it, and checks of answers."""
