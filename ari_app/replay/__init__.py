"""A call's flight log afterwards: replayed, as a timeline, as a picture."""
