"""From what a client sent to what is stored, or to sentences that say what to mend.

``form_data`` builds answers by pointer; ``validate`` decides.
"""
