"""Backtest: a claim set decided under the rules and under a what-if, and what that changes."""
