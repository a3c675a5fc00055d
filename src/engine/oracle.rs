//! The oracle: the table of the policy folded by a sequential program, slow
//! and obviously right. It shares no state, update or merge with the engines.
//! Imports `event`, `policy` and the snapshot's lines.
