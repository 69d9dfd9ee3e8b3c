//! Socket options: one table.
