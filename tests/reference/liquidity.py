"""What one tick has to give (F8)."""

import math


class Offer:
    """What is left of one tick for buyers and for sellers.

    Attributes
    ----------
    size, left : dict of side to steps
        What it quotes, whole; what can still be had.
    """

    def __init__(self, tick, config):
        _, _, _, bid_size, ask_size, volume = tick
        share = [size * config.participation_ppm // 10**6 for size in (bid_size, ask_size, volume)]
        self.size = {1: ask_size, -1: bid_size} if bid_size or ask_size else {1: volume, -1: volume}
        self.together = False
        if config.liquidity == "unlimited":
            self.left = {1: math.inf, -1: math.inf}
        elif config.liquidity == "quoted":
            self.together = not (bid_size or ask_size)
            self.left = {1: share[2], -1: share[2]} if self.together else {1: share[1], -1: share[0]}
        else:
            raise ValueError(f"liquidity {config.liquidity!r} is not unlimited or quoted")

    def take(self, side, quantity):
        """An order of that side takes so much."""
        for taker in (1, -1) if self.together else (side,):
            self.left[taker] -= quantity
