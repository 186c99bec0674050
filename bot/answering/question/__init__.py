"""Understand what somebody typed before anything is searched: small talk, courtesy, several questions at once."""
