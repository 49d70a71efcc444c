"""The reference model: what DESIGN 4 says, one input at a time, plain lists and loops, nothing of the engine."""
