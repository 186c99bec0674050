"""Write elements of HTML as text with blocks."""
