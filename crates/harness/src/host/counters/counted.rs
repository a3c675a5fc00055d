//! What the processors count.

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Counted {
    Cycles,
    Instructions,
    CacheMisses,
    TlbMisses,
}

impl Counted {
    pub(super) const ALL: [Self; 4] = [
        Self::Cycles,
        Self::Instructions,
        Self::CacheMisses,
        Self::TlbMisses,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cycles => "cycles",
            Self::Instructions => "instructions",
            Self::CacheMisses => "cache misses",
            Self::TlbMisses => "TLB misses",
        }
    }
}
