"""What `uuid` asks its C library for: there is none, so `uuid` makes identifiers by itself."""

has_uuid_generate_time_safe = 0
has_stable_extractable_node = 0
