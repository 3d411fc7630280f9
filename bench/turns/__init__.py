"""How well turns are taken: scenes made of human recordings, run through the real parts on a virtual clock."""
