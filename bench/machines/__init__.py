"""How well machines are told from people: calls made of recordings, heard through the real parts on a virtual clock."""
