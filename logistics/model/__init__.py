"""A scenario made into what the engines take: network, origins, hazards, random draws."""
