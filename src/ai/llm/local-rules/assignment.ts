/** One slot and one candidate for it, with how well they suit. */
export interface Pairing<Slot, Candidate> {
  readonly slot: Slot;
  readonly candidate: Candidate;
}

interface AssignmentInput<Slot, Candidate> {
  readonly slots: readonly Slot[];
  readonly candidates: readonly Candidate[];
  readonly suit: (slot: Slot, candidate: Candidate) => number;
  /** A pairing below this is not made. */
  readonly threshold: (slot: Slot) => number;
}

/**
 * Gives each slot at most one candidate and each candidate to at most one slot, best pairings first;
 * among equals the earlier candidate goes to the earlier slot, so that "from 3 to 7" keeps its order.
 */
export function assign<Slot, Candidate>(input: AssignmentInput<Slot, Candidate>): readonly Pairing<Slot, Candidate>[] {
  const scored = input.candidates.flatMap((candidate, order) =>
    input.slots.map((slot, place) => ({ slot, candidate, order, place, suit: input.suit(slot, candidate) })),
  );
  const ranked = scored
    .filter((each) => each.suit >= input.threshold(each.slot))
    .toSorted((left, right) => right.suit - left.suit || left.order - right.order || left.place - right.place);
  const slots = new Set<Slot>();
  const candidates = new Set<Candidate>();
  const made: Pairing<Slot, Candidate>[] = [];
  for (const { slot, candidate } of ranked) {
    if (slots.has(slot) || candidates.has(candidate)) continue;
    slots.add(slot);
    candidates.add(candidate);
    made.push({ slot, candidate });
  }
  return made;
}
