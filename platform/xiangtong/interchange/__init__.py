"""Forms from elsewhere and for elsewhere: import with a report, plain JSON Schema, signed packages between cities.

report      what was kept, changed and refused, each with a sentence
node        a schema while it is read: every keyword is accounted for
questions   one question of the source becomes one of ours
containers  groups, rows, and the questions that branches declare
containing  what a list must contain
switches    conditions and their branches
importing   a whole form, its steps, its applicant and a sample of it
exporting   plain JSON Schema without a word of ours
package     a signed form that another city can take
"""
