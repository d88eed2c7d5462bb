"""People: citizens and staff, what each may do and where, how they sign in, and for how long.

roles      who may do what; which administrations are kept apart
reach      where: a set of divisions
staff      the accounts of a tenant; rosters: the same as a spreadsheet
sign_in    password, second factor, phone and code; handover: one-time printed codes
sessions   one row a session: revocable, counted, idle and absolute limits
citizens   whoever comes in through the province's sign-in
"""
