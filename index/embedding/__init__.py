"""Split documents into chunks and embed them."""
