"""Small faults, put into the code one at a time: which of them would no fast test notice?"""
