//! Finding where a grid differs from the server's, by halving ranges of record ids, and taking what is there.
//!
//! Both sides compute digests from their own rows. A range is halved until it is small, then its records are taken
//! whole. Own changes lie apart in the log and are untouched by this.

use super::run::Run;
use super::{Stage, Unfinished};
use crate::ids::{GridCode, RecordId};
use crate::wire::Exchange;
use crate::wire::v1::Digests;

/// Ranges with at most so many records on either side are taken whole.
const WHOLE_MAX: u64 = 64;
/// Most ranges in one question.
const RANGES_MAX: usize = 64;
/// Most questions for one grid; halving 128 bits cannot take more rounds.
const ROUNDS_MAX: usize = 160;

type Range = (RecordId, Option<RecordId>);

const ALL: Range = (RecordId([0; 16]), None);

impl<E: Exchange> Run<'_, E> {
    pub(super) async fn repair(&mut self) -> Result<(), Unfinished> {
        let Some((grid, count)) = self.diverged.pop_front() else { return Ok(()) };
        let mut differing = vec![(ALL, count)];
        for _ in 0..ROUNDS_MAX {
            if differing.is_empty() {
                break;
            }
            let now = differing.split_off(differing.len().saturating_sub(RANGES_MAX / 2));
            differing.extend(self.halve(&grid, now).await?);
        }
        let whole = self.question(&grid, vec![ALL], Vec::new()).await?.ranges;
        let ours = self.store.lock().digest(&grid, ALL.0, ALL.1)?;
        if whole.first() != Some(&(ours.count, ours.sum)) {
            self.report.divergences_open += 1;
        }
        self.tell(Stage::Repairing, self.report.divergences - self.diverged.len() as u64, None);
        Ok(())
    }

    /// Takes small ranges whole and answers the halves of the others that differ, with the server's count of each.
    async fn halve(
        &mut self,
        grid: &GridCode,
        ranges: Vec<(Range, u64)>,
    ) -> Result<Vec<(Range, u64)>, Unfinished> {
        let (mut halves, mut small) = (Vec::new(), Vec::new());
        for (range, theirs) in ranges {
            let ours = self.store.lock().records_in(grid, range.0, range.1)?;
            match split(range, &ours) {
                Some(at) if theirs.max(ours.len() as u64) > WHOLE_MAX => {
                    halves.extend([(range.0, Some(at)), (at, range.1)]);
                }
                _ => small.push(range),
            }
        }
        let asked = [halves.as_slice(), &small].concat();
        let answer = self.question(grid, asked, small.clone()).await?;
        let states: Vec<Vec<u8>> = answer.states.into_iter().map(|state| state.0).collect();
        let mut store = self.store.lock();
        for ((from, to), (count, _)) in small.into_iter().zip(answer.ranges.iter().skip(halves.len())) {
            store.repair(grid, from, to, &states, *count)?;
        }
        let mut differing = Vec::new();
        for (range, theirs) in halves.into_iter().zip(answer.ranges) {
            let ours = store.digest(grid, range.0, range.1)?;
            if (ours.count, ours.sum) != theirs {
                differing.push((range, theirs.0));
            }
        }
        Ok(differing)
    }

    async fn question(
        &mut self,
        grid: &GridCode,
        ranges: Vec<Range>,
        records: Vec<Range>,
    ) -> Result<crate::wire::v1::DigestsReply, Unfinished> {
        let digests = Digests { session: self.session, grid: grid.clone(), ranges, records };
        let exchange = self.exchange;
        self.ask(|| exchange.digests(digests.clone())).await
    }
}

/// Where to halve a range: at the middle one of the own records, else at the middle of the numbers.
fn split((from, to): Range, ours: &[RecordId]) -> Option<RecordId> {
    if let Some(middle) = ours.get(ours.len() / 2).filter(|middle| **middle > from) {
        return Some(*middle);
    }
    let low = u128::from_be_bytes(from.0);
    let high = to.map_or(u128::MAX, |to| u128::from_be_bytes(to.0));
    let middle = low + (high - low) / 2;
    (middle > low).then(|| RecordId(middle.to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_always_ends() {
        let mut range = ALL;
        let mut rounds = 0;
        while let Some(at) = split(range, &[]) {
            assert!(at > range.0 && range.1.is_none_or(|to| at < to));
            range.1 = Some(at);
            rounds += 1;
        }
        assert!(rounds < ROUNDS_MAX);
    }

    #[test]
    fn own_records_are_halved_evenly() {
        let ids: Vec<RecordId> = (0..100u8).map(|n| RecordId([n; 16])).collect();
        assert_eq!(split(ALL, &ids), Some(ids[50]));
        assert_eq!(
            split((ids[7], Some(ids[8])), &ids[7..8]).map(|at| at > ids[7] && at < ids[8]),
            Some(true)
        );
    }
}
