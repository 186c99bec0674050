"""From passages to cited answers, and from answers to people."""
