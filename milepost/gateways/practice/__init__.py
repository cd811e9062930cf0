"""
The practice gateway: a provider to try Milepost with, where no money moves.

A process of its own that speaks enough of Stripe's HTTP API for the official SDK, so that the same
code runs against it and against Stripe. Standard library only: it starts in a blink, anywhere.
Nothing in Milepost imports its insides; `launch` starts it.
"""
