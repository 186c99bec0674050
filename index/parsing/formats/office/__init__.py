"""Parse documents of office programs: Word, Excel, PowerPoint, OpenDocument, RTF."""
