"""What is heard and said: RTP frames, voice activity, turns, recognition, speech, and the player that knows what was heard."""
