"""The sound of a call, kept beside it: a lane for each party, and never in the way of the call."""
