"""The whole network in one thread under a seeded scheduler: real nodes, an unreliable world."""
