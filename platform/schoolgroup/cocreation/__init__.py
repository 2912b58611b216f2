"""PROMISE 2 (价值共创): schools write together."""
