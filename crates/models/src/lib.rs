//! Nothing: `tests/models` holds models of what is subtle about threads.
