"""What each kind of step does: when the call comes to it, and with each answer.

Every function changes the turn and returns the step to go to, or None when the turn has come to its wait or its end.
"""
