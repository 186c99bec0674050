"""Lay out the pages of answers, sources, reports and checks."""
