/**
 * An aggregate as three pure functions. `decide` answers a command with the events that follow
 * from it, or throws an `AppError`; `evolve` folds one event into the state and never throws;
 * time and ids arrive inside the command.
 */
export interface Decider<State, Command, Event> {
  readonly initialState: () => State;
  readonly decide: (state: State, command: Command) => readonly Event[];
  readonly evolve: (state: State, event: Event) => State;
}

/** Folds events into a state, from the initial one unless another is given. */
// oxlint-disable-next-line max-params -- the order of Array.prototype.reduce, with the state last as it may be left out
export function fold<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  events: Iterable<Event>,
  from: State = decider.initialState(),
): State {
  let state = from;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
