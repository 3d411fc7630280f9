"""Which phrase of a closed list a recogniser's text means, however it spelt it. Pure."""
