"""How frames reach Asterisk and come back: one interface, RTP over UDP first."""
