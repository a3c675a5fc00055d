//! The eight segments of members.

/// What a member is to the anonymous aggregates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(u8)]
pub enum Segment {
    /// Hires for others.
    Recruiter = 0,
    /// Sells.
    Sales,
    /// Hires for their own team.
    HiringManager,
    /// Builds.
    Engineer,
    /// Studies.
    Student,
    /// Founded a company.
    Founder,
    /// Teaches.
    Educator,
    /// None of these.
    Other,
}

impl Segment {
    /// How many there are.
    pub const COUNT: usize = 8;
    /// Every segment, in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Recruiter,
        Self::Sales,
        Self::HiringManager,
        Self::Engineer,
        Self::Student,
        Self::Founder,
        Self::Educator,
        Self::Other,
    ];

    /// The segment in the lowest three bits of `bits`.
    #[inline(always)]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self::ALL[(bits & 7) as usize]
    }

    /// Its name in workload files, streams and snapshots.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::Sales => "sales",
            Self::HiringManager => "hiring_manager",
            Self::Engineer => "engineer",
            Self::Student => "student",
            Self::Founder => "founder",
            Self::Educator => "educator",
            Self::Other => "other",
        }
    }

    /// The segment of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|segment| segment.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_agree() {
        for (number, segment) in Segment::ALL.into_iter().enumerate() {
            assert_eq!(segment as usize, number);
            assert_eq!(Segment::from_bits(number as u64), segment);
            assert_eq!(Segment::from_name(segment.name()), Some(segment));
        }
    }
}
