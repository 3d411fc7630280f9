"""Engines of the settings put to work by command: warmed, measured, and judged by the budgets of a turn."""
