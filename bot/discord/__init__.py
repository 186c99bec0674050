"""The Discord bot: what people see of Footnote there."""
