export { createLocalEventBus } from './local-event-bus.ts';
