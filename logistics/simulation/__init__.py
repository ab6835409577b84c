"""What happens over time: the only folder that knows SimPy."""
