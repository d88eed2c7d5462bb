"""Cases (办件): submitted once, moved by one table, every move an event in a chain and a fact in the ledger.

submit.py    THE transaction: check, store, claim files, number, event, facts, job
moves.py     the one table of allowed moves
clock.py     due dates in working days, stops, the traffic light
window.py    what staff do; citizen.py what the applicant does after submitting
record.py    how every move is written: event, chain, state, ledger
worklist.py, detail.py, timeline.py, lookup.py   reading
expiry.py    a supplement that did not come in time; reminding.py   messages about it
guests.py    a case opened by another body; erasure.py   destroying its key
cli.py       for operators: is a case as it was written; erase its person; hand it to another township
"""
