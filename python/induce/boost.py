"""Gradient boosting of trees."""

from __future__ import annotations

__all__: list[str] = []
