//! Tests of a member's state.

use super::*;

#[test]
fn a_member_is_three_words_and_engagement_fits_a_line() {
    assert_eq!(size_of::<Member>(), 24);
    assert!(size_of::<Engagement>() <= 64);
}

#[test]
fn every_allocation_of_a_member_costs_the_allocator_something() {
    let mut member = Member::default();
    let mut updates = 0;
    let mut update = |kind, times: u64| {
        for _ in 0..times {
            updates += 1;
            member.apply(
                &MemberUpdate {
                    member: 1,
                    stamp: Stamp::new(updates, Segment::Other, false, kind),
                    actor: 2,
                    content: 3,
                },
                32,
            );
        }
        (member.heap_bytes(), member.heap_overhead())
    };
    assert_eq!(update(Kind::ProfileView, 1), ((0, 0), 0));
    let engaged = allocator_overhead(Member::ENGAGED_BYTES as u64);
    assert_eq!(update(Kind::MarkRead, 1).1, engaged);
    let ((used, slack), overhead) = update(Kind::PostLike, 1);
    let inbox = used + slack - Member::ENGAGED_BYTES as u64;
    assert!(inbox >= InboxEntry::BYTES);
    assert_eq!(overhead, engaged + allocator_overhead(inbox));
    let (_, overhead) = update(Kind::ProfileView, 300);
    let high = allocator_overhead(Member::HIGH_BYTES as u64);
    assert_eq!(overhead, engaged + allocator_overhead(inbox) + high);
}
