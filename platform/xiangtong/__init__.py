"""乡通 Xiangtong: township government services. The rooms stand in the order in which data flows.

kernel       the floor: database, errors, clock, ids, crypto, jobs, the embedded PostgreSQL
tenancy      divisions, tenants, places, work calendar, keys, scope, row policies, provisioning
audit        who did what, sealed in batches
identity     citizens, staff, reach, sessions, permissions, limits; the sign-in port
notify       messages to people; the SMS port
attachments  files: quarantined, verified, scanned, claimed, purged; the storage and scanner ports
documents    draft, version, publish; the library with its pins and overlays
search       what is published, found by words
ledger       the facts of every event, and what became of telling the province
dialect      which JSON Schema we accept, compiled once into a plan
fields       one kind of question = one file = one template = one sample
rendering    plan + answers + problems → HTML
validation   answers → what counts, what is stored, what is wrong
forms        the library of declaration forms, materials, publishing checks
interchange  forms from elsewhere and for elsewhere, and signed packages of them
items        service items (事项) and their guides (办事指南)
drafts       a filing in progress: nothing typed is lost
cases        submit, moves, clock, supplements, numbers, erasure (办件)
printing     the official A4 sheet of a case, the blank form, the verification code
push         delivery from the ledger: claim, breaker, parking, replay; the transport port
province     profiles, mapping, signing, transports, reconciliation, sign-in by OpenID Connect
channels     blocks, kits, channel pages, village columns
wiring       the one place that chooses which real part stands behind which port
doors        citizen, console, cityctl, api, callbacks: thin rooms, one an audience
drill        a bad day of the province on a demo, with a verdict at its end
"""
