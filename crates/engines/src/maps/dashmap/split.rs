//! Which events of a batch change a member, and which a content: positions,
//! found without a branch, since the kind of an event is unpredictable. A
//! discarded event costs no more than this.

use notibench_core::event::Event;
use notibench_core::policy::effect_of;

/// Positions in a batch, each list in the order of arrival.
#[derive(Debug, Default)]
pub(super) struct Split {
    members: Vec<u32>,
    contents: Vec<u32>,
    /// How many of each list are of the present batch.
    len: [usize; 2],
}

impl Split {
    /// Looks at a batch, and forgets the one before.
    pub(super) fn look_at(&mut self, batch: &[Event]) {
        if self.members.len().min(self.contents.len()) < batch.len() {
            self.members.resize(batch.len(), 0);
            self.contents.resize(batch.len(), 0);
        }
        let [mut of_members, mut of_contents] = [0, 0];
        for (at, event) in (0..).zip(batch) {
            let effect = effect_of(event);
            self.members[of_members] = at;
            of_members += usize::from(effect.touches_member);
            self.contents[of_contents] = at;
            of_contents += usize::from(effect.touches_content);
        }
        self.len = [of_members, of_contents];
    }

    /// Those that change their recipient.
    pub(super) fn members(&self) -> &[u32] {
        &self.members[..self.len[0]]
    }

    /// Those that change their content.
    pub(super) fn contents(&self) -> &[u32] {
        &self.contents[..self.len[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use notibench_core::testing::stream;

    #[test]
    fn every_event_is_in_the_lists_that_its_effect_says() {
        let events = stream(3, 500);
        let mut split = Split::default();
        // the second is smaller: nothing of the first may show through
        for batch in [&events[..], &events[100..117], &[]] {
            split.look_at(batch);
            let positions = |concerned: fn(&Event) -> bool| {
                let all = (0..).zip(batch).filter(|(_, event)| concerned(event));
                all.map(|(at, _)| at).collect::<Vec<u32>>()
            };
            let members = positions(|event| effect_of(event).touches_member);
            let contents = positions(|event| effect_of(event).touches_content);
            assert_eq!((split.members(), split.contents()), (&*members, &*contents));
        }
    }
}
