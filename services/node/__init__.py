"""The machine every node is, whatever its role.

A batch of commands → one transaction (inbox check, effects, outbox) → answers and messages.
"""
