"""What the tests of all clients share: a server, clients for it, and ways to say what is expected."""
