//! Floor 2, what is asked of the engines: workload files, read strictly into
//! a [`Workload`]. Imports floors 0 and 1.

mod spec;

pub use spec::{IdScheme, Population, ReadMix, TimeShape, Workload, WriteMix};
