"""Put the code that a document includes from other files of the folder where the document names them."""
