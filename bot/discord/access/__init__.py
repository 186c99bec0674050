"""Decide who may ask about which folders, and who may administrate."""
