# The modules, lowest first, each with the modules it may include (DEPS, and what those may include)
# and the packages it needs (LINK; PUBLIC_LINK where its headers need them). `tools/tidy` reads this
# table and refuses any other include.
mainstem_module(core  LINK fmt::fmt Threads::Threads)
mainstem_module(event DEPS core LINK fmt::fmt PUBLIC_LINK Boost::headers)
mainstem_module(store DEPS event LINK fmt::fmt)

# Backends: each knows the port, none knows another.
mainstem_module(memory DEPS store LINK fmt::fmt)
mainstem_module(log    DEPS store LINK fmt::fmt xxhash::xxhash)

# Decides new events from past ones: knows the port, no backend.
mainstem_module(command DEPS store LINK fmt::fmt)

# Queries over JSON documents: values and text, no store of documents.
mainstem_module(query DEPS event LINK fmt::fmt)

# Where documents are kept: the port of read models with the reference in memory, and a backend.
mainstem_module(read_model DEPS query LINK fmt::fmt)
mainstem_module(sqlite     DEPS read_model LINK fmt::fmt SQLite::SQLite3)

# Turns events into documents: knows both ports, no backend.
mainstem_module(projection DEPS store read_model LINK fmt::fmt)

# Chooses the backend by the address of a store.
mainstem_module(open DEPS store memory log read_model sqlite LINK fmt::fmt)

mainstem_umbrella(core event store command query read_model projection memory log sqlite open)

# What users test with. It stands beside the umbrella: nobody links it who does not ask for it.
mainstem_module(testing DEPS command read_model LINK fmt::fmt)
