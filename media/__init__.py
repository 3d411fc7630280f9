"""What is heard and said: RTP, voice activity, turns, recognition, speech, and a player that knows what was heard."""

from media.native.loading import use

use()
